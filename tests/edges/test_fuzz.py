"""Every operation of the OpenAPI document under requests made from it: no 5xx, and every answer as the document says."""

from __future__ import annotations

import os
import random

import pytest

from app.rules.permissions import PERMISSIONS
from tests import factories
from tests.actions.scene import Scene
from tests.edges.fuzzing import Fuzzing, known_values
from tests.web.test_journey_every_page import dossiers

ROUNDS = int(os.environ.get("MOTCUA_DRILL_ROUNDS", "20"))
NOBODY = "nobody"
PEOPLE = ("desk", "binh", "control", "admin", "everything")


def fuzzing(scene: Scene, seed: int) -> Fuzzing:
    """A province in the middle of its work, and several people's tokens."""
    dossiers(scene)
    held = scene.province.positions
    with scene.writing() as connection:
        home = scene.province.health
        all_powerful = factories.account(connection, "everything", home, list(held.values()), tuple(PERMISSIONS))
        factories.account(connection, "victim", home, [held["officer"]])
        factories.account(connection, "other_victim", scene.province.office)
        accounts = {**scene.province.accounts, "everything": all_powerful}
        tokens: dict[str, str | None] = {NOBODY: None}
        tokens |= {who: factories.token_for(connection, accounts[who]) for who in PEOPLE}
        known = known_values(connection)

    def renew(who: str) -> str:
        with scene.writing() as connection:
            values = {"active": True, "must_change_password": False}
            factories.set_columns(connection, "accounts", accounts[who], **values)
            return factories.token_for(connection, accounts[who])

    return Fuzzing(scene.app, tokens, known, renew, seed)


def is_clean(found: Fuzzing) -> None:
    assert found.complaints == [], "\n".join(map(str, found.complaints))


def test_every_operation_answers_as_the_document_says(scene: Scene) -> None:
    found = fuzzing(scene, 1)
    found.glance()
    assert found.sent > 400
    is_clean(found)


@pytest.mark.drill
@pytest.mark.parametrize("who", [NOBODY, *PEOPLE])
def test_every_operation_by_everybody(scene: Scene, who: str) -> None:
    found = fuzzing(scene, random.randrange(10**6))  # noqa: S311
    print(f"seed {found.seed}")
    found.walk(who, ROUNDS)
    print(found.sent, found.statuses)
    is_clean(found)


@pytest.mark.drill
def test_calls_that_follow_from_one_another(scene: Scene) -> None:
    found = fuzzing(scene, random.randrange(10**6))  # noqa: S311
    print(f"seed {found.seed}")
    found.play(10 * ROUNDS, 12)
    print(found.sent, found.statuses)
    assert found.sent > 20 * ROUNDS
    is_clean(found)
