"""Going back, everywhere: random people at procedures with calls, loops, branches, lists, timers and messages (issue 5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from flask import Flask
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from app.engine.guard import Guard
from tests.actions.conftest import emptying, guard
from tests.factories import Clock
from tests.journey.machine.winding import WINDING, winding_town
from tests.journey.machine.winding_machine import Winding
from tests.journey.test_regulation_machine import CALM, province_of

__all__ = ["emptying", "guard"]

PROFILE = "quang_tri"
SHORT = settings(CALM, max_examples=1, stateful_step_count=25, derandomize=True)
LONG = settings(CALM, max_examples=40, stateful_step_count=90)


def run(
    procedure: str, how: settings, application: Flask, clock: Clock, emptying: Callable[[], None], guard: Guard
) -> Counter[str]:
    tally: Counter[str] = Counter()
    with province_of(PROFILE, application, clock, emptying, guard, winding_town) as new_scene:
        said = {
            "new_scene": staticmethod(new_scene),
            "profile": PROFILE,
            "procedures": (procedure,),
            "tally": tally,
        }
        run_state_machine_as_test(type(f"Winding_{procedure}", (Winding,), said), settings=how)
    return tally


@pytest.mark.parametrize("procedure", sorted(WINDING))
def test_whatever_goes_back_nothing_else_moves(
    procedure: str, application: Flask, clock: Clock, emptying: Callable[[], None], guard: Guard
) -> None:
    done = run(procedure, SHORT, application, clock, emptying, guard)
    assert done["forward"] > 0, done


@pytest.mark.drill
@pytest.mark.parametrize("procedure", sorted(WINDING))
def test_for_a_long_time(
    procedure: str, application: Flask, clock: Clock, emptying: Callable[[], None], guard: Guard
) -> None:
    done = run(procedure, LONG, application, clock, emptying, guard)
    assert {"forward", "return", "recall", "refused"} <= set(done), done
