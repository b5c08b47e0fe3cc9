"""The connection to the database is lost, most often when a COMMIT was just sent: nobody knows whether it was done."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random

import pytest

from tests.drill.course import IN_A_TOWN, rounds, supervised, towns
from tests.drill.crew import Crew
from tests.drill.proxy import AFTER, AT_ONCE, BEFORE, OTHER
from tests.drill.town import PATIENCE, Plan, Town, town
from tests.drill.waiting import until

LOST = 15
"""Connections that are lost in a round, at least."""


def drill(seed: int, number: int) -> None:
    def lose(place: Town, crew: Crew, chance: Random) -> None:
        folder = place.folder / "proxy"
        before = len(lost_up_to_now(folder))
        (folder / "losses").write_text(f"{chance.randint(60, 120)} {chance.randint(0, 3)} {chance.getrandbits(32)}")
        until(
            f"{LOST} connections were lost",
            lambda: supervised(place, crew) or len(lost_up_to_now(folder)) >= before + LOST,
            PATIENCE,
        )
        (folder / "losses").unlink()
        lost = Counter(lost_up_to_now(folder)[before:])
        assert min(lost[how] for how in (BEFORE, AFTER, AT_ONCE)) > 0, lost
        assert set(lost) <= {BEFORE, AFTER, AT_ONCE, OTHER}

    with town(web_workers=1 + seed % 2, plan=Plan(proxied=True)) as place:
        rounds(place, seed, lose, number)


def lost_up_to_now(folder: Path) -> list[str]:
    """How each was, as the proxy tells it."""
    told = folder / "lost"
    return told.read_text().split() if told.exists() else []


def test_a_connection_lost_after_commit_was_sent_loses_and_repeats_nothing() -> None:
    drill(2, 1)


@pytest.mark.drill
@pytest.mark.parametrize("seed", towns(200))
def test_many_rounds_of_lost_connections(seed: int) -> None:
    drill(seed, IN_A_TOWN)
