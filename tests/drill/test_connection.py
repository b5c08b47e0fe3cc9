"""The connection to the database is lost, most often when a COMMIT was just sent: nobody knows whether it was done."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from tests.drill.course import ROUNDS, a_round, supervised
from tests.drill.crew import Crew
from tests.drill.proxy import AFTER, AT_ONCE, BEFORE, OTHER
from tests.drill.town import PATIENCE, Plan, Town, town
from tests.drill.waiting import until

LOST = 15
"""Connections that are lost in a round, at least."""


def drill(seed: int) -> None:
    def lose(place: Town, crew: Crew, chance: Random) -> None:
        folder = place.folder / "proxy"
        (folder / "losses").write_text(f"{chance.randint(60, 120)} {chance.randint(0, 3)} {seed}")
        told = folder / "lost"
        until(
            f"{LOST} connections were lost",
            lambda: supervised(place, crew) or (told.exists() and len(told.read_text().split()) >= LOST),
            PATIENCE,
        )
        (folder / "losses").unlink()
        lost = Counter(told.read_text().split())
        assert min(lost[how] for how in (BEFORE, AFTER, AT_ONCE)) > 0, lost
        assert set(lost) <= {BEFORE, AFTER, AT_ONCE, OTHER}

    with town(web_workers=1 + seed % 2, plan=Plan(proxied=True)) as place:
        a_round(place, seed, lose)


def test_a_connection_lost_after_commit_was_sent_loses_and_repeats_nothing() -> None:
    drill(2)


@pytest.mark.drill
@pytest.mark.parametrize("seed", range(200, 200 + ROUNDS))
def test_many_rounds_of_lost_connections(seed: int) -> None:
    drill(seed)
