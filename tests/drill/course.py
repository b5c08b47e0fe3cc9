"""How a round goes: at a moment that chance decides something happens, and the crew goes on until all is done."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random

from tests.drill.checks import all_is_well, the_doctor_finds_nothing
from tests.drill.crew import Crew
from tests.drill.town import PATIENCE, Town
from tests.drill.waiting import until

ROUNDS = int(os.environ.get("MOTCUA_DRILL_ROUNDS", "20"))
DOSSIERS = 16
THREADS = 12
LEFT = 5

Harm = Callable[[Town, Crew, Random], None]


def a_round(place: Town, seed: int, harm: Harm) -> None:
    """The crew works, `harm` is done once some actions were acknowledged, all is brought to its end and looked at."""
    chance = Random(seed)  # noqa: S311 - the same course for the same seed
    with working(place, seed) as crew:
        at_a_moment(place, crew, chance.randint(15, 40))
        harm(place, crew, chance)
        the_doctor_finds_nothing(place)  # while everybody works
        finish(place, crew)
    all_is_well(place, crew)


@contextmanager
def working(place: Town, seed: int, dossiers: int = DOSSIERS) -> Iterator[Crew]:
    """A crew at work, stopped at the end."""
    crew = Crew(place.port, place.tokens, dossiers, THREADS, LEFT, seed)
    crew.start()
    try:
        yield crew
    finally:
        crew.stop()


def at_a_moment(place: Town, crew: Crew, goal: int) -> None:
    """When so many actions were acknowledged; what the others are just doing then is anything."""
    until(f"{goal} acknowledged", lambda: supervised(place, crew) or len(crew.acknowledged) >= goal, PATIENCE)


def finish(place: Town, crew: Crew) -> None:
    """Until every dossier is where it is to stay."""
    until(f"the crew is done ({crew.progress()})", lambda: supervised(place, crew), PATIENCE)


def supervised(place: Town, crew: Crew) -> bool:
    """What ended is started again; whether the crew is done."""
    place.start_what_ended()
    return crew.done
