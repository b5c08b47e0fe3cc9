"""`motcua dossiers import`: a table is looked at, or taken over at once."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from app.cli import motcua
from app.embedded import Urls
from tests.actions.conftest import emptying, guard, scene
from tests.actions.importing import by_old_code, table
from tests.actions.scene import Scene

__all__ = ["emptying", "guard", "scene"]


def test_a_table_is_looked_at_and_then_taken_over(scene: Scene, database_urls: Urls, tmp_path: Path) -> None:
    scene.publish("linear")
    file = tmp_path / "ho-so.csv"
    past = {"received_at": "02/01/2024", "deadline": "31/12/2024", "appointment": "02/01/2025"}
    file.write_bytes(table(past, past | {"procedure": "không có"}))

    def run(*more: str, account: str = "admin") -> Result:
        environment = {"DATABASE_URL": database_urls.app, "MOTCUA_DATA": str(tmp_path / "data")}
        asked = ["dossiers", "import", str(file), "--source", "Một cửa cũ", "--account", account, *more]
        return CliRunner().invoke(motcua, asked, env=environment)

    looked = run("--preview")
    assert looked.exit_code == 0, looked.output
    assert [line.split("\t")[2] for line in looked.output.splitlines()] == ["ready", "refused"]
    assert by_old_code(scene, "CU-1") is None
    done = run()
    assert [line.split("\t")[2] for line in done.output.splitlines()] == ["imported", "skipped"], done.output
    assert by_old_code(scene, "CU-1") is not None
    assert run(account="không-ai").exit_code == 2
