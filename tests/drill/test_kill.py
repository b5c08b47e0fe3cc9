"""kill -9 in the middle of many running dossiers: what was acknowledged is there once, nothing is stuck, sums are right."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import pytest

from tests.drill.course import IN_A_TOWN, at_a_moment, rounds, towns
from tests.drill.crew import Crew
from tests.drill.town import Town, town

DOSSIERS = 24
ACTIONS_A_KILL = (8, 25)


WEB, FIRST, SECOND, DATABASE = "web", "first", "second", "database"


def drill(seed: int, victims: Sequence[str], web_workers: int, number: int = 1) -> None:
    """In each round these parts are killed one after the other, in an order and at moments that chance decides."""

    def kill(place: Town, crew: Crew, chance: Random) -> None:
        before = sum(part.kills for part in place.parts)
        for victim in chance.sample(victims, len(victims)):
            at_a_moment(place, crew, chance.randint(*ACTIONS_A_KILL))
            if victim == DATABASE:
                place.kill_database()
            else:
                place.kill(next(part for part in place.parts if part.name == victim))
        assert sum(part.kills for part in place.parts) - before == len(victims) - list(victims).count(DATABASE)

    with town(web_workers) as place:
        rounds(place, seed, kill, number, DOSSIERS)


def test_a_kill_of_server_or_worker_loses_and_repeats_nothing() -> None:
    drill(1, (WEB, FIRST, WEB, SECOND), web_workers=1)


@pytest.mark.drill
@pytest.mark.parametrize("seed", towns(100))
def test_many_rounds_with_the_database_killed_too(seed: int) -> None:
    drill(seed, (WEB, WEB, WEB, FIRST, FIRST, SECOND, SECOND, DATABASE), web_workers=2, number=IN_A_TOWN)
