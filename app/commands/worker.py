"""`motcua worker`: timers and deferred jobs in production, any number of them."""

from __future__ import annotations

import click

from app.commands.environment import read_settings, with_running_database
from app.logs import configure_logging


@click.command("worker")
def command() -> None:
    """Tiến trình nền: đồng hồ hẹn và công việc. Cần DATABASE_URL; nhịp: TICK_SECONDS."""
    settings = with_running_database(read_settings())
    configure_logging(settings.log_level, settings.log_format)
    from app.base import create_base  # not before the settings are known to be good
    from app.jobs.worker import run

    run(create_base(settings), settings)
