"""Clients that send and read slowly, or vanish, keep nobody waiting: twice as many of each kind as there are threads."""

from __future__ import annotations

from random import Random

import pytest

from tests.drill.course import IN_A_TOWN, rounds, towns
from tests.drill.crew import Crew
from tests.drill.hostile import besieged
from tests.drill.town import Town, town


def drill(seed: int, number: int) -> None:
    with town(web_workers=1 + seed % 2) as place, besieged(place.port, 16, seed):
        rounds(place, seed, nothing_more, number)


def nothing_more(place: Town, crew: Crew, chance: Random) -> None:
    """The siege is the harm."""


def test_slow_and_vanishing_clients_starve_nobody() -> None:
    drill(2, 1)


@pytest.mark.drill
@pytest.mark.parametrize("seed", towns(400))
def test_many_rounds_of_slow_and_vanishing_clients(seed: int) -> None:
    drill(seed, IN_A_TOWN)
