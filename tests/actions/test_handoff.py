"""Handoff: to a colleague of the same unit, with a reason; the step's limit goes on (QT-17.4)."""

from __future__ import annotations

from typing import Any

import pytest

from tests import factories
from tests.actions.scene import Scene

REASON = {"reason": "Nghỉ phép."}


@pytest.mark.rule("QT-17.4")
def test_a_colleague_goes_on_with_the_same_limit(scene: Scene) -> None:
    code = scene.at_step("process")
    task = scene.task(code, "process")
    scene.do("claim", "binh", task.id)
    scene.clock.move(hours=1)
    answer = scene.do("handoff", "binh", task.id, {"account": "chi", **REASON})
    assert (answer["id"], answer["assignee"], answer["note"], answer["version"]) == (task.id, "chi", "Nghỉ phép.", 3)
    assert scene.task(code, "process").due_at == task.due_at
    row = scene.last(code, "handed_off")
    assert (row.username, row.data["to"], row.data["reason"]) == ("binh", "chi", "Nghỉ phép.")
    scene.refused(409, "task_taken", "forward", "binh", task.id)
    scene.clock.move(hours=1)
    scene.do("forward", "chi", task.id)
    assert [(part.account, part.seconds) for part in scene.segments(code)] == [("binh", 3600), ("chi", 3600)]
    scene.sound(code)


def test_an_unclaimed_task_may_be_given_to_a_colleague(scene: Scene) -> None:
    code = scene.at_step("process")
    answer = scene.do("handoff", "binh", scene.task(code, "process").id, {"account": "chi", **REASON})
    assert answer["assignee"] == "chi"


def test_the_room_head_sits_in_the_unit_and_may_take_it_over(scene: Scene) -> None:
    code = scene.at_step("process")
    task = scene.task(code, "process")
    scene.do("handoff", "binh", task.id, {"account": "head", **REASON})
    scene.do("forward", "head", task.id)
    assert scene.open_steps(code) == ["review"]
    scene.sound(code)


def test_the_comment_counts_as_the_reason(scene: Scene) -> None:
    """The offer says that it needs an account and a comment."""
    task = scene.task(scene.at_step("process"), "process")
    offer = next(o for o in scene.get("binh", f"/tasks/{task.id}")["actions"] if o["name"] == "handoff")
    assert offer["needs"] == ["account", "comment"]
    scene.do("handoff", "binh", task.id, {"account": "chi", "comment": "Đi công tác."})


@pytest.mark.parametrize("account", ["desk", "director", "clerk", "official", "nobody", "CHI"])
def test_not_outside_the_unit(scene: Scene, account: str) -> None:
    task = scene.task(scene.at_step("process"), "process")
    problem = scene.refused(422, "invalid", "handoff", "binh", task.id, {"account": account, **REASON})
    assert set(problem["errors"]) == {"account"}


def test_not_to_an_account_that_was_closed(scene: Scene) -> None:
    task = scene.task(scene.at_step("process"), "process")
    with scene.writing() as connection:
        factories.set_columns(connection, "accounts", scene.province.accounts["chi"], active=False)
    scene.refused(422, "invalid", "handoff", "binh", task.id, {"account": "chi", **REASON})


def test_not_to_somebody_who_may_not_work_on_tasks(scene: Scene) -> None:
    """Nobody could act on it any more: the account has no permission, and for the others it would be taken."""
    task = scene.task(scene.at_step("process"), "process")
    with scene.writing() as connection:
        factories.set_columns(connection, "accounts", scene.province.accounts["chi"], permissions=["report.view"])
    scene.refused(422, "invalid", "handoff", "binh", task.id, {"account": "chi", **REASON})


@pytest.mark.parametrize("reason", [{}, {"reason": ""}, {"reason": "  "}, {"reason": None}])
def test_a_reason_is_mandatory(scene: Scene, reason: dict[str, str | None]) -> None:
    task = scene.task(scene.at_step("process"), "process")
    scene.refused(422, "comment_required", "handoff", "binh", task.id, {"account": "chi", **reason})


@pytest.mark.parametrize("body", [{}, {"account": ""}, {"account": None}, {"account": ["chi"]}])
def test_an_account_must_be_named(scene: Scene, body: dict[str, object]) -> None:
    task = scene.task(scene.at_step("process"), "process")
    scene.refused(422, "invalid", "handoff", "binh", task.id, {**body, **REASON})


def test_not_to_who_has_it_already(scene: Scene) -> None:
    task = scene.task(scene.at_step("process"), "process")
    scene.do("claim", "binh", task.id)
    scene.refused(409, "wrong_state", "handoff", "binh", task.id, {"account": "binh", **REASON})


def test_another_position_may_not_nor_who_has_not_taken_it(scene: Scene) -> None:
    code = scene.at_step("process")
    task = scene.task(code, "process")
    scene.refused(403, "not_a_candidate", "handoff", "head", task.id, {"account": "chi", **REASON})
    scene.do("claim", "chi", task.id)
    scene.refused(409, "task_taken", "handoff", "binh", task.id, {"account": "binh", **REASON})
    scene.do("forward", "chi", task.id)
    scene.refused(409, "task_finished", "handoff", "chi", task.id, {"account": "binh", **REASON})


def offered_handoff(scene: Scene, username: str, task: int) -> dict[str, Any]:
    actions = scene.get(username, f"/tasks/{task}")["actions"]
    return next(dict(offer) for offer in actions if offer["name"] == "handoff")


@pytest.mark.rule("QT-17.4")
def test_the_offer_names_the_colleagues_who_may_take_over(scene: Scene) -> None:
    task = scene.task(scene.at_step("process"), "process").id
    scene.do("claim", "binh", task)
    offer = offered_handoff(scene, "binh", task)
    assert (offer["allowed"], offer["needs"]) == (True, ["account", "comment"])
    assert [colleague["username"] for colleague in offer["accounts"]] == ["chi", "head"]
    assert "accounts" not in offered_handoff(scene, "chi", task)


def test_somebody_alone_in_the_unit_is_told_why_not(scene: Scene) -> None:
    task = scene.task(scene.at_step("approve"), "approve").id
    scene.do("claim", "director", task)
    offer = offered_handoff(scene, "director", task)
    assert (offer["allowed"], offer["why"]) == (False, "Phòng, bộ phận này không có người khác để bàn giao.")
