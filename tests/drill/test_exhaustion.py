"""Every connection that PostgreSQL has is taken, and every dossier locked, for a while: people are asked to try again."""

from __future__ import annotations

import contextlib
from random import Random

import psycopg
import pytest

from app.store.database import db
from tests.drill.course import IN_A_TOWN, rounds, supervised, towns
from tests.drill.crew import Crew
from tests.drill.town import PATIENCE, Town, town
from tests.drill.waiting import until

MOST = 400
"""More than a server has."""


def drill(seed: int, number: int) -> None:
    def exhaust(place: Town, crew: Crew, chance: Random) -> None:
        """The pool's own connections are thrown out, so that new ones are asked for where there are none."""
        before = crew.retries
        with contextlib.ExitStack() as held:
            locked = held.enter_context(psycopg.connect(place.database.urls().owner))
            locked.execute("LOCK TABLE dossiers IN EXCLUSIVE MODE")
            ours = held.enter_context(psycopg.connect(place.database.urls().app, autocommit=True))
            taken = 0
            with contextlib.suppress(psycopg.OperationalError):
                for _ in range(MOST):
                    held.enter_context(psycopg.connect(place.database.urls().owner))
                    taken += 1
            assert 0 < taken < MOST
            ours.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'motcua_web'"
                " AND pid <> pg_backend_pid() AND random() < %s",
                [chance.uniform(0.5, 1)],
            )
            with contextlib.suppress(psycopg.OperationalError):
                for _ in range(MOST):
                    held.enter_context(psycopg.connect(place.database.urls().owner))
            until("people are asked to try again", lambda: crew.retries > before + 5, PATIENCE)
            locked.rollback()
        with place.app.app_context():
            db.engine.dispose()  # our own connections were thrown out too
        supervised(place, crew)

    with town(web_workers=1 + seed % 2) as place:
        rounds(place, seed, exhaust, number)


def test_no_connection_left_loses_and_repeats_nothing() -> None:
    drill(2, 1)


@pytest.mark.drill
@pytest.mark.parametrize("seed", towns(500))
def test_many_rounds_without_connections(seed: int) -> None:
    drill(seed, IN_A_TOWN)
