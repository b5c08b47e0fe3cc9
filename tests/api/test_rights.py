"""What is offered along a dossier's whole way agrees with the table of rights: permission, scope and state."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from app.rules.permissions import OF_DOSSIERS, RIGHTS, Scope, in_state
from tests import factories
from tests.api.lifecycle import act, body_of, open_task, register
from tests.fixtures.application import SignIn, Writing

PEOPLE = ("desk", "head", "binh", "chi", "director", "clerk")


def allowed(client: FlaskClient, task: int) -> set[str]:
    actions = body_of(client.get(f"/api/v1/tasks/{task}"))["actions"]
    assert {action["name"] for action in actions} == set(RIGHTS) - OF_DOSSIERS - {"complete"}  # no such procedure
    for action in actions:
        assert action["allowed"] or action["why"]
    return {action["name"] for action in actions if action["allowed"]}


@pytest.mark.rule("QT-22.2a")
def test_offers_stay_within_the_table_until_the_result_is_delivered(writing: Writing, sign_in: SignIn) -> None:
    with writing() as connection:
        factories.small_province(connection)
    clients = {name: sign_in(name) for name in (*PEOPLE, "control")}
    code = register(clients["desk"])["code"]
    seen: set[tuple[str, int]] = set()
    status = 0
    for _ in range(20):
        dossier: Any = body_of(clients["desk"].get(f"/api/v1/dossiers/{code}"))
        status = dossier["status"]["number"]
        if status == 10:
            break
        task = open_task(clients["desk"], code)
        assert allowed(clients["control"], task["id"]) <= {"press"}
        for name in PEOPLE:
            offered = allowed(clients[name], task["id"])
            if name not in task["candidates"]:
                assert {action for action in offered if RIGHTS[action].scope is Scope.OWN_POSITIONS} == set()
            assert {action for action in offered if not in_state(action, status)} == set()
            seen |= {(action, status) for action in offered}
        actor = task["assignee"] or task["candidates"][0]
        order = ("deliver-result", "confirm-result", "forward")
        offered = allowed(clients[actor], task["id"])
        act(clients[actor], task["id"], next(action for action in order if action in offered))
    assert status == 10
    assert {("forward", 2), ("forward", 4), ("return", 4), ("confirm-result", 4), ("deliver-result", 9)} <= seen
