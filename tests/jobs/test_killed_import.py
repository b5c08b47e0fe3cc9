"""A real worker that is killed in the middle of an import: the next one goes on, and nothing is there twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from sqlalchemy import text

from app.actions.import_run import accept_import, run_import
from app.config import PROJECT_ROOT
from app.embedded import Urls
from tests.actions.importing import context, lines, look_at, table
from tests.actions.scene import Scene

_WORKER = """
import os, sys
from datetime import datetime
from app.actions.import_run import run_import
from app.config import Settings
from app.factory import create_app

with create_app(Settings.from_env(os.environ)).app_context():
    print("ready", flush=True)
    run_import(int(sys.argv[1]), datetime.fromisoformat(sys.argv[2]))
"""
_OURS = ("MOTCUA_", "DATABASE_", "SMTP_", "SMS_", "ZALO_")
ROWS = 40


def test_the_next_worker_goes_on_and_nothing_is_there_twice(scene: Scene, database_urls: Urls, tmp_path: Path) -> None:
    scene.publish("linear")
    import_id = look_at(scene, table(*({} for _ in range(ROWS))))
    with scene.app.app_context():
        accept_import(import_id, None, context(scene))
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    environment = kept | {"DATABASE_URL": database_urls.app, "MOTCUA_DATA": str(tmp_path)}
    worker = subprocess.Popen(
        [sys.executable, "-c", _WORKER, str(import_id), scene.clock().isoformat()],
        env=environment,
        cwd=PROJECT_ROOT,
        stdout=subprocess.PIPE,
    )
    assert worker.stdout is not None
    assert worker.stdout.readline() == b"ready\n"
    done = 0
    while done < 5 and worker.poll() is None:
        done = _dossiers(scene)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    worker.stdout.close()
    broken_off = _dossiers(scene)
    assert broken_off >= 5
    with scene.app.app_context():
        run_import(import_id, scene.clock())
    rows = lines(scene, import_id)
    assert [row.state for row in rows] == ["imported"] * ROWS
    assert len({row.dossier for row in rows}) == ROWS == _dossiers(scene)
    for row in rows[broken_off - 1 : broken_off + 1]:
        scene.sound(str(row.dossier))


def _dossiers(scene: Scene) -> int:
    with scene.reading() as connection:
        number: int = connection.execute(text("SELECT count(*) FROM dossiers")).scalar_one()
    return number
