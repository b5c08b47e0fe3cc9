"""A backup made while everybody works, restored elsewhere: complete up to its moment, sound, silent until it is let go."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import psycopg
import pytest

from app.config import PROJECT_ROOT
from app.embedded import EmbeddedPostgres
from tests.drill.course import IN_A_TOWN, at_a_moment, crew_of, towns, working
from tests.drill.crew import KINDS, Acknowledged, Crew
from tests.drill.parts import OURS, Part
from tests.drill.town import PATIENCE, Town, town
from tests.drill.waiting import until


@dataclass(frozen=True)
class NewPlace:
    """An empty database on a server of its own, and an empty data folder."""

    environment: Mapping[str, str]
    url: str
    data: Path
    folder: Path

    def ask(self, question: str, *values: Any) -> list[Any]:
        with psycopg.connect(self.url, autocommit=True) as connection:
            return connection.execute(question, values).fetchall()


@contextmanager
def new_place() -> Iterator[NewPlace]:
    folder = Path(tempfile.mkdtemp(prefix="motcua-drill-"))
    folder.chmod(0o711)
    try:
        with EmbeddedPostgres(folder / "postgres", say=lambda line: None) as server:
            urls, data = server.urls(), folder / "data"
            environment = {
                "DATABASE_URL": urls.app,
                "DATABASE_OWNER_URL": urls.owner,
                "MOTCUA_DATA": str(data),
                "LOG_LEVEL": "INFO",
                "TICK_SECONDS": "0.3",
            }
            yield NewPlace(environment, urls.owner, data, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def motcua(environment: Mapping[str, str], *arguments: str) -> str:
    """A command that must succeed; what it says."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(OURS)}
    done = subprocess.run(
        [sys.executable, "-m", "app", *arguments],
        env=kept | dict(environment),
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, f"motcua {' '.join(arguments)}: {done.stdout}\n{done.stderr}"
    return done.stdout


def drill(seed: int, number: int) -> None:
    with town() as place:
        crew = crew_of(place)
        for one in range(number):
            with new_place() as there:
                _restored(place, crew, there, Random(f"{seed}/{one}"))  # noqa: S311 - the same course for the same seed


def _restored(place: Town, crew: Crew, there: NewPlace, chance: Random) -> None:
    """One round: a backup, and the life of what was restored from it."""
    kept = place.folder / "kept"
    old = {"DATABASE_URL": place.settings.database_url or "", "MOTCUA_DATA": str(place.settings.data)}
    with working(crew, chance):
        at_a_moment(place, crew, chance.randint(15, 40))
        before = list(crew.acknowledged)
        motcua(old, "backup", str(kept))
        at_a_moment(place, crew, 10)
    assert crew.surprises == []
    possible = {bytes(row.hash) for row in place.ask("SELECT hash FROM history")}
    told = _message_ids(place.settings.data)
    motcua(there.environment, "restore", str(kept))  # knows nothing of the old place
    _everything_of_before_is_there_once(there, before)
    assert {bytes(row[0]) for row in there.ask("SELECT hash FROM history")} <= possible
    last = int(there.ask("SELECT last_delivery FROM restores")[0][0])
    worker = Part("worker", ["worker"], there.environment, there.folder / "worker.log")
    try:
        worker.start()
        until("the worker holds", lambda: "worker_held" in worker.said(100_000), PATIENCE)
        assert _message_ids(there.data) == set()
        motcua(there.environment, "restore", "release")
        until("it is let go", lambda: there.ask("SELECT 1 FROM restores WHERE released_at IS NOT NULL"), PATIENCE)
        until("no timer is due", lambda: there.ask(_DUE) == [(0,)], PATIENCE)
        until("what is new was sent", lambda: there.ask(_UNSENT) == [(0,)], PATIENCE)
    finally:
        worker.kill()
    assert _message_ids(there.data) & told == set()
    late = there.ask("SELECT count(*) FROM deliveries WHERE id <= %s AND state IN ('waiting', 'trying')", last)
    assert late == [(0,)]
    _the_doctor_finds_nothing(there)


_DUE = "SELECT count(*) FROM timers WHERE due_at <= now() AND incident IS NULL AND held_unit IS NULL"
_UNSENT = "SELECT count(*) FROM deliveries WHERE state IN ('waiting', 'trying')"


def _message_ids(data: Path) -> set[bytes]:
    lines = (line for file in (data / "outbox").rglob("*.eml") for line in file.read_bytes().split(b"\r\n"))
    return {line for line in lines if line.startswith(b"Message-ID:")}


def _everything_of_before_is_there_once(there: NewPlace, before: list[Acknowledged]) -> None:
    rows = there.ask(
        "SELECT d.code, h.kind, h.task_id FROM history h JOIN dossiers d ON d.id = h.dossier_id"
        " WHERE h.account_id IS NOT NULL AND h.kind = ANY(%s)",
        ["registered", *KINDS.values()],
    )
    found = Counter(tuple(row) for row in rows)
    # A task may be taken and given back more than once; everything else is done to it once.
    again = ("claimed", "released", "handed_off")
    assert {one: number for one, number in found.items() if number > 1 and one[1] not in again} == {}
    assert Counter((one.code, one.kind, one.task) for one in before) <= found


def _the_doctor_finds_nothing(there: NewPlace) -> None:
    said = motcua(there.environment, "doctor", "--checksums")
    assert [one for line in said.splitlines() if (one := json.loads(line)).get("level") == "fault"] == []


def test_a_backup_made_under_load_is_whole_and_lets_nobody_be_told_twice() -> None:
    drill(1, 1)


@pytest.mark.drill
@pytest.mark.parametrize("seed", towns(100))
def test_many_backups_under_load(seed: int) -> None:
    drill(seed, IN_A_TOWN)
