"""PostgreSQL is restarted, ended at once, killed, or loses a process, while everybody works."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from random import Random
from typing import Any

import psycopg
import pytest

from app.processes import wait_gone
from app.store.database import db
from tests.drill.course import IN_A_TOWN, Harm, rounds, towns
from tests.drill.crew import Crew
from tests.drill.town import PATIENCE, Town, town
from tests.drill.waiting import until

FAST, AT_ONCE, KILLED, A_BACKEND, THROWN_OUT = "fast", "at once", "killed", "a backend", "thrown out"
WAYS = (FAST, AT_ONCE, KILLED, A_BACKEND, THROWN_OUT)
_OTHERS = "FROM pg_stat_activity WHERE application_name <> '' AND pid <> pg_backend_pid() AND usename = 'motcua_web'"


def harm(place: Town, way: str, chance: Random) -> None:
    """`FAST` and `AT_ONCE` are what an administrator's restart sends; a killed backend makes the server begin anew."""
    if way == THROWN_OUT:
        _told(place, f"SELECT count(pg_terminate_backend(pid)) {_OTHERS}")
    elif way == A_BACKEND:
        victim = chance.choice(_told(place, f"SELECT array_agg(pid ORDER BY pid) {_OTHERS}"))
        os.kill(victim, signal.SIGKILL)
        assert not wait_gone([victim], PATIENCE)
    else:
        if way == FAST:  # PostgreSQL 18 that is told so while it recovers waits for ever; only `AT_ONCE` ends it then
            _told(place, "SELECT true")
        pid = place.database.pid
        os.kill(pid, {FAST: signal.SIGINT, AT_ONCE: signal.SIGQUIT, KILLED: signal.SIGKILL}[way])
        assert not wait_gone([pid], PATIENCE)
        place.start_what_ended()
    with place.app.app_context():
        db.engine.dispose()


def _told(place: Town, question: str) -> Any:
    """What the server answers once there is something: it may still be recovering from what was done to it before."""

    def answer() -> Any:
        with suppress(psycopg.OperationalError):
            return place.as_login(question)
        return None

    return until("the database answers, and somebody is connected", answer, PATIENCE)


def drill(seed: int, harmed: Harm, number: int) -> None:
    with town(web_workers=1 + seed % 2) as place:
        rounds(place, seed, harmed, number)


def restarted(place: Town, crew: Crew, chance: Random) -> None:
    harm(place, FAST, chance)


def twice(place: Town, crew: Crew, chance: Random) -> None:
    for way in chance.sample(WAYS, 2):
        harm(place, way, chance)


@pytest.mark.rule("HT-3.4a")
def test_a_restart_of_the_database_loses_and_repeats_nothing() -> None:
    drill(1, restarted, 1)


@pytest.mark.drill
@pytest.mark.parametrize("seed", towns(300))
def test_many_rounds_of_a_database_that_goes_away(seed: int) -> None:
    drill(seed, twice, IN_A_TOWN)
