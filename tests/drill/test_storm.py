"""One fault after the other, of all kinds, while everybody works: what comes upon what is seldom met by rounds of one."""

from __future__ import annotations

from random import Random

import pytest

from tests.drill.checks import all_is_well
from tests.drill.course import at_a_moment, crew_of, finish, towns, working
from tests.drill.crew import Crew
from tests.drill.test_database import WAYS, harm
from tests.drill.town import Plan, Town, town

DOSSIERS = 40
HARMS = 20
"""In a storm, at most: it ends with the work."""
LOSSES = "30 1"
"""Of a thousand COMMITs and of a thousand other messages, all the time (tests.drill.proxy)."""


def storm(place: Town, crew: Crew, chance: Random) -> None:
    """Half of the faults are a part that is killed; some actions are acknowledged between two of them."""
    for _ in range(HARMS):
        at_a_moment(place, crew, chance.randint(2, 12))
        if crew.done:
            return
        if chance.random() < 0.5:
            place.kill(chance.choice(place.parts))
        else:
            harm(place, chance.choice(WAYS), chance)


@pytest.mark.drill
@pytest.mark.parametrize("seed", towns(900))
def test_storms(seed: int) -> None:
    chance = Random(seed)  # noqa: S311
    with town(web_workers=2, plan=Plan(proxied=True)) as place:
        losses = place.folder / "proxy" / "losses"
        crew = crew_of(place)
        with working(crew, chance, DOSSIERS):
            losses.write_text(f"{LOSSES} {seed}")
            storm(place, crew, chance)
            losses.unlink()
            finish(place, crew)
        all_is_well(place, crew)
