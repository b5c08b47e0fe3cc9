"""kill -9 in the middle of fifty running dossiers: what was acknowledged is there once, nothing is stuck, sums are right."""

from __future__ import annotations

import os
from collections.abc import Sequence
from random import Random

import pytest

from tests.drill.checks import all_is_well
from tests.drill.course import at_a_moment, finish
from tests.drill.crew import Crew
from tests.drill.town import town

DOSSIERS = 50
THREADS = 12
ACTIONS_A_KILL = 45
LEFT = 10  # every tenth dossier stays at its approval, so that its watch fires to the end
ROUNDS = int(os.environ.get("MOTCUA_DRILL_ROUNDS", "20"))


WEB, FIRST, SECOND, DATABASE = "web", "first", "second", "database"


def drill(seed: int, victims: Sequence[str], web_workers: int) -> None:
    """One round: these parts are killed one after the other in an order and at moments that `seed` decides."""
    chance = Random(seed)  # noqa: S311 - the same course of kills for the same seed
    with town(web_workers) as place:
        crew = Crew(place.port, place.tokens, DOSSIERS, THREADS, LEFT, seed)
        crew.start()
        try:
            for number, victim in enumerate(chance.sample(victims, len(victims)), start=1):
                at_a_moment(place, crew, number * ACTIONS_A_KILL + chance.randint(-20, 20))
                if victim == DATABASE:
                    place.kill_database()
                else:
                    place.kill(next(part for part in place.parts if part.name == victim))
            finish(place, crew)
        finally:
            crew.stop()
        assert sum(part.kills for part in place.parts) == len(victims) - list(victims).count(DATABASE)
        all_is_well(place, crew)


def test_a_kill_of_server_or_worker_loses_and_repeats_nothing() -> None:
    drill(1, (WEB, FIRST, WEB, SECOND), web_workers=1)


@pytest.mark.drill
@pytest.mark.parametrize("seed", range(100, 100 + ROUNDS))
def test_many_rounds_with_the_database_killed_too(seed: int) -> None:
    drill(seed, (WEB, WEB, WEB, FIRST, FIRST, SECOND, SECOND, DATABASE), web_workers=2)
