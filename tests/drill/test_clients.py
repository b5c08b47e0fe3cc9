"""Clients that send and read slowly, or vanish, keep nobody waiting: twice as many of each kind as there are threads."""

from __future__ import annotations

from random import Random

import pytest

from tests.drill.course import ROUNDS, a_round
from tests.drill.crew import Crew
from tests.drill.hostile import besieged
from tests.drill.town import Town, town


def drill(seed: int) -> None:
    with town(web_workers=1 + seed % 2) as place, besieged(place.port, 16, seed):
        a_round(place, seed, nothing_more)


def nothing_more(place: Town, crew: Crew, chance: Random) -> None:
    """The siege is the harm."""


def test_slow_and_vanishing_clients_starve_nobody() -> None:
    drill(2)


@pytest.mark.drill
@pytest.mark.parametrize("seed", range(400, 400 + ROUNDS))
def test_many_rounds_of_slow_and_vanishing_clients(seed: int) -> None:
    drill(seed)
