"""The system as those who run it see it: figures, maintenance of workers, migrations, files of `ops/`."""
