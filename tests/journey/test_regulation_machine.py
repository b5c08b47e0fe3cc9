"""The regulation under random use, on a real database, under every profile there is (issue 4, "Must hold")."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import Connection, select

from app.config import PROJECT_ROOT, Settings
from app.engine.guard import Guard
from app.runtime import Runtime
from app.store.accounts import Account
from app.store.transaction import transaction
from tests import factories
from tests.actions.conftest import emptying, guard
from tests.actions.scene import Scene
from tests.factories import START, Clock, Province
from tests.journey.machine.machine import Regulation
from tests.journey.machine.town import town

__all__ = ["emptying", "guard"]

PROFILES = sorted(path.stem for path in (PROJECT_ROOT / "profiles").glob("*.toml"))
CALM = settings(
    deadline=None,
    database=None,
    print_blob=False,
    phases=[Phase.generate],  # a course is a short list of numbers as it is: shortening it takes longer than reading it
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)
SHORT = settings(CALM, max_examples=2, stateful_step_count=25, derandomize=True)
LONG = settings(CALM, max_examples=60, stateful_step_count=80)


@contextmanager
def province_of(
    profile: str,
    app: Flask,
    clock: Clock,
    emptying: Callable[[], None],
    guard: Guard,
    built: Callable[[Connection], Province] = town,
) -> Iterator[Callable[[], Scene]]:
    """While inside, the application works under that profile; each call answers a new province on an empty database."""
    running: Runtime = app.extensions["motcua"]
    chosen: Settings = replace(running.settings, profile=profile)

    def new_scene() -> Scene:
        emptying()
        clock.at = START
        with app.app_context(), transaction() as connection:
            province = built(connection)
            rows = connection.execute(select(Account.username, Account.id))
            tokens = {name: factories.token_for(connection, account) for name, account in rows}

        def sign_in(username: str) -> object:
            client = app.test_client()
            client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {tokens[username]}"
            return client

        return Scene(app, clock, guard, sign_in, province)  # type: ignore[arg-type]

    app.extensions["motcua"] = replace(running, settings=chosen)
    try:
        yield new_scene
    finally:
        app.extensions["motcua"] = running


def run(
    profile: str, how: settings, application: Flask, clock: Clock, emptying: Callable[[], None], guard: Guard
) -> Counter[str]:
    """Let the machine work; answers how often each action was done."""
    tally: Counter[str] = Counter()
    with province_of(profile, application, clock, emptying, guard) as new_scene:
        made = type(
            f"Regulation_{profile}",
            (Regulation,),
            {"new_scene": staticmethod(new_scene), "profile": profile, "tally": tally},
        )
        run_state_machine_as_test(made, settings=how)
    return tally


@pytest.mark.parametrize("profile", PROFILES)
def test_whatever_people_try_every_dossier_stays_lawful(
    profile: str, application: Flask, clock: Clock, emptying: Callable[[], None], guard: Guard
) -> None:
    done = run(profile, SHORT, application, clock, emptying, guard)
    assert done["forward"] > 0, done


@pytest.mark.drill
@pytest.mark.parametrize("profile", PROFILES)
def test_for_a_long_time(
    profile: str, application: Flask, clock: Clock, emptying: Callable[[], None], guard: Guard
) -> None:
    done = run(profile, LONG, application, clock, emptying, guard)
    assert {"forward", "request-supplement", "accept", "refused", "corrected"} <= set(done), done
