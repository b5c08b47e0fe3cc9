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
"""Of each fault, at least."""
IN_A_TOWN = 5
"""Rounds that one office lives through; what a round leaves behind is looked at again after each that follows."""
DOSSIERS = 16
"""More in each round."""
THREADS = 12
LEFT = 5

Harm = Callable[[Town, Crew, Random], None]


def towns(first: int) -> range:
    """The seeds of as many towns as the rounds need."""
    return range(first, first + -(-ROUNDS // IN_A_TOWN))


def rounds(place: Town, seed: int, harm: Harm, number: int = IN_A_TOWN, dossiers: int = DOSSIERS) -> None:
    """The crew works, `harm` is done once some actions were acknowledged, all is brought to its end and looked at; again."""
    crew = crew_of(place)
    for one in range(number):
        chance = Random(f"{seed}/{one}")  # noqa: S311 - the same course for the same seed
        with working(crew, chance, dossiers):
            at_a_moment(place, crew, chance.randint(15, 40))
            harm(place, crew, chance)
            supervised(place, crew)
            the_doctor_finds_nothing(place)  # while everybody works
            finish(place, crew)
        all_is_well(place, crew)


def crew_of(place: Town) -> Crew:
    return Crew(place.port, place.tokens, THREADS, LEFT)


@contextmanager
def working(crew: Crew, chance: Random, dossiers: int = DOSSIERS) -> Iterator[None]:
    """The crew at work on so many dossiers more, stopped at the end."""
    crew.start(dossiers, chance)
    try:
        yield
    finally:
        crew.stop()


def at_a_moment(place: Town, crew: Crew, more: int) -> None:
    """When so many more actions were acknowledged; what the others are just doing then is anything."""
    goal = len(crew.acknowledged) + more
    until(f"{goal} acknowledged", lambda: supervised(place, crew) or len(crew.acknowledged) >= goal, PATIENCE)


def finish(place: Town, crew: Crew) -> None:
    """Until every dossier is where it is to stay."""
    until(f"the crew is done ({crew.progress()})", lambda: supervised(place, crew), PATIENCE)


def supervised(place: Town, crew: Crew) -> bool:
    """What ended is started again; whether the crew is done."""
    place.start_what_ended()
    return crew.done
