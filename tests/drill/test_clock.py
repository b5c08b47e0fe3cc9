"""Clocks step forwards and backwards while everybody works: nothing is lost, repeated or left standing.

The processes of the system run by a clock that a file sets (`stepping/sitecustomize.py`); PostgreSQL keeps the true one.
"""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from app.config import PROJECT_ROOT
from tests.drill.course import IN_A_TOWN, at_a_moment, rounds, towns
from tests.drill.crew import Crew
from tests.drill.town import Plan, Town, town

STEPS = (-3600, -30, -3, 3, 30, 3600)
"""Seconds; an hour is what a wrong zone or a machine that woke up makes of it."""
AFTERWARDS = 7200
"""After each round every clock is past the latest that one ever showed: what was promised by then comes about."""


def environment() -> dict[str, str]:
    stepping = Path(__file__).parent / "stepping"
    return {"PYTHONPATH": str(stepping), "DRILL_ROOT": str(PROJECT_ROOT), "DRILL_CLOCK": "{folder}/clock"}


def set_clock(place: Town, seconds: int) -> None:
    """Off by so many seconds from now on, in one go."""
    written = place.folder / "clock.new"
    written.write_text(str(seconds))
    written.rename(place.folder / "clock")


def drill(seed: int, steps: int, number: int) -> None:
    off = 0

    def step(place: Town, crew: Crew, chance: Random) -> None:
        nonlocal off
        for _ in range(steps):
            set_clock(place, off + chance.choice(STEPS))
            at_a_moment(place, crew, chance.randint(5, 15))
        off += AFTERWARDS
        set_clock(place, off)

    with town(web_workers=1 + seed % 2, plan=Plan(environment=environment())) as place:
        rounds(place, seed, step, number)


def test_a_stepping_clock_loses_and_repeats_nothing() -> None:
    drill(2, 3, 1)


@pytest.mark.drill
@pytest.mark.parametrize("seed", towns(700))
def test_many_rounds_of_stepping_clocks(seed: int) -> None:
    drill(seed, 6, IN_A_TOWN)
