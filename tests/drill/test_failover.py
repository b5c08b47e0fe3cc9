"""The database of ops/ha loses its primary while everybody works: the standby takes over with all that was acknowledged."""

from __future__ import annotations

import urllib.request
from random import Random
from typing import cast

import psycopg
import pytest

from app.store.database import db
from tests.drill.cluster import PATIENCE, Cluster, ClusterDatabase
from tests.drill.course import rounds, towns
from tests.drill.crew import Crew
from tests.drill.town import Plan, Town, town
from tests.drill.waiting import until

POWER, POSTMASTER, PLANNED = "power", "postmaster", "planned"
WAYS = (POWER, POSTMASTER, PLANNED)
_READERS = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'motcua_web' AND application_name = 'motcua'"


def harm(cluster: Cluster, way: str) -> None:
    """The primary's machine loses its power, its postmaster is killed, or somebody changes the primary on purpose."""
    until("a standby is waited for", cluster.complete, PATIENCE)
    former = cluster.primary()
    assert former is not None
    if way == PLANNED:
        cluster.switch()
    elif way == POSTMASTER:
        former.kill_postgres()
    else:
        former.kill()
    until("another node is primary", lambda: cluster.primary() not in (None, former), PATIENCE)
    if not former.runs:
        former.start()


def twice(place: Town, crew: Crew, chance: Random) -> None:
    for way in chance.sample(WAYS, 2):
        harm(cast(ClusterDatabase, place.database).cluster, way)
    with place.app.app_context():
        db.engine.dispose()


def drill(seed: int) -> None:
    with town(web_workers=2, plan=Plan(cluster=True)) as place:
        rounds(place, seed, twice)
        cluster = cast(ClusterDatabase, place.database).cluster
        until("the former primary follows", cluster.complete, PATIENCE)
        _look_ups_are_answered_by_the_standby(place, cluster)


def _look_ups_are_answered_by_the_standby(place: Town, cluster: Cluster) -> None:
    (code,) = place.ask("SELECT code FROM dossiers ORDER BY id LIMIT 1")[0]
    standby = cluster.standby()
    assert standby is not None

    def read_there() -> bool:
        with urllib.request.urlopen(
            f"http://127.0.0.1:{place.port}/api/v1/public/dossiers/{code}", timeout=10
        ) as answer:
            assert answer.status == 200
        with psycopg.connect(cluster.url_of(standby)) as connection:
            return bool((connection.execute(_READERS).fetchone() or (0,))[0])

    until("a look-up is read at the standby", read_there, PATIENCE)


@pytest.mark.drill
@pytest.mark.parametrize("seed", towns(800))
def test_many_rounds_of_a_primary_that_is_lost(seed: int) -> None:
    drill(seed)
