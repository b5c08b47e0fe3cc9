"""PostgreSQL is restarted, ended at once, killed, or loses a process, while everybody works."""

from __future__ import annotations

import os
import signal
from random import Random

import pytest

from app.processes import wait_gone
from app.store.database import db
from tests.drill.course import ROUNDS, a_round
from tests.drill.crew import Crew
from tests.drill.town import PATIENCE, Town, town

FAST, AT_ONCE, KILLED, A_BACKEND, THROWN_OUT = "fast", "at once", "killed", "a backend", "thrown out"
WAYS = (FAST, AT_ONCE, KILLED, A_BACKEND, THROWN_OUT)
_OTHERS = "FROM pg_stat_activity WHERE application_name <> '' AND pid <> pg_backend_pid() AND usename = 'motcua_web'"


def harm(place: Town, way: str, chance: Random) -> None:
    """`FAST` and `AT_ONCE` are what an administrator's restart sends; a killed backend makes the server begin anew."""
    if way == THROWN_OUT:
        place.as_login(f"SELECT count(pg_terminate_backend(pid)) {_OTHERS}")
    elif way == A_BACKEND:
        victims = [row.pid for row in place.ask(f"SELECT pid {_OTHERS} ORDER BY pid")]
        os.kill(chance.choice(victims), signal.SIGKILL)
    else:
        pid = place.database.pid
        os.kill(pid, {FAST: signal.SIGINT, AT_ONCE: signal.SIGQUIT, KILLED: signal.SIGKILL}[way])
        assert not wait_gone([pid], PATIENCE)
        place.start_what_ended()
    with place.app.app_context():
        db.engine.dispose()


def drill(seed: int, ways: tuple[str, ...]) -> None:
    def harmed(place: Town, crew: Crew, chance: Random) -> None:
        for way in ways:
            harm(place, way, chance)

    with town(web_workers=1 + seed % 2) as place:
        a_round(place, seed, harmed)


@pytest.mark.rule("HT-3.4a")
def test_a_restart_of_the_database_loses_and_repeats_nothing() -> None:
    drill(1, (FAST,))


@pytest.mark.drill
@pytest.mark.parametrize("seed", range(300, 300 + ROUNDS))
def test_many_rounds_of_a_database_that_goes_away(seed: int) -> None:
    chance = Random(seed)  # noqa: S311
    drill(seed, tuple(chance.sample(WAYS, 2)))
