"""Requirements groups 3 and 5: work is shared out across units and handed over whole; joint handlers; papers on their way."""

from __future__ import annotations

from typing import Any

import pytest

from tests import factories
from tests.actions.scene import Scene

REASON = "Đi công tác."


def head_who_assigns(scene: Scene) -> None:
    with scene.writing() as connection:
        factories.set_columns(
            connection,
            "accounts",
            scene.province.accounts["director"],
            permissions=["task.work", "report.view", "task.assign"],
        )


def offered(scene: Scene, username: str, task: int, action: str) -> dict[str, Any]:
    return next(dict(one) for one in scene.get(username, f"/tasks/{task}")["actions"] if one["name"] == action)


# Across units ------------------------------------------------------------------------------------------------------------


@pytest.mark.rule("QT-17.4", "QT-28.5d")
def test_a_head_gives_a_step_to_somebody_of_another_unit_and_the_limit_goes_on(scene: Scene) -> None:
    head_who_assigns(scene)
    code = scene.at_step("process")
    task = scene.task(code, "process")
    scene.do("claim", "binh", task.id)
    scene.clock.move(hours=1)
    assert "clerk" in [one["username"] for one in offered(scene, "director", task.id, "reassign")["accounts"]]
    answer = scene.do("reassign", "director", task.id, {"account": "clerk", "reason": REASON})
    assert (answer["assignee"], scene.task(code, "process").due_at) == ("clerk", task.due_at)
    row = scene.last(code, "handed_off")
    assert (row.username, row.data["from"], row.data["to"], row.data["reason"]) == ("director", "binh", "clerk", REASON)
    scene.refused(409, "task_taken", "forward", "binh", task.id)
    scene.clock.move(hours=1)
    scene.do("forward", "clerk", task.id)
    assert [(part.account, part.seconds) for part in scene.segments(code)] == [("binh", 3600), ("clerk", 3600)]
    scene.sound(code)


@pytest.mark.rule("QT-17.4")
def test_only_who_may_share_out_work_does_and_only_inside_the_agency(scene: Scene) -> None:
    head_who_assigns(scene)
    code = scene.at_step("process")
    task = scene.task(code, "process")
    body = {"account": "clerk", "reason": REASON}
    for username in ("binh", "head", "official"):
        scene.refused(403, "forbidden", "reassign", username, task.id, body)
    scene.refused(422, "invalid", "reassign", "director", task.id, {"account": "official", "reason": REASON})
    scene.refused(422, "comment_required", "reassign", "director", task.id, {"account": "clerk"})
    scene.do("forward", "binh", task.id)
    scene.refused(409, "task_finished", "reassign", "director", task.id, body)


@pytest.mark.rule("QT-17.4")
def test_handing_over_on_ones_own_stays_in_the_unit(scene: Scene) -> None:
    task = scene.task(scene.at_step("process"), "process")
    scene.refused(422, "invalid", "handoff", "binh", task.id, {"account": "clerk", "reason": REASON})


# When somebody leaves ----------------------------------------------------------------------------------------------------


def hand_over(scene: Scene, to: str, by: str = "director", username: str = "binh", **headers: str) -> Any:
    return scene.client(by).post(
        f"/api/v1/accounts/{username}/handoff",
        json={"to": to, "reason": "Chuyển công tác."},
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )


@pytest.mark.rule("QT-17.4", "QT-28.5d")
def test_everything_that_somebody_has_goes_to_another_each_with_its_own_answer(scene: Scene) -> None:
    head_who_assigns(scene)
    codes = [scene.at_step("process") for _ in range(3)]
    held = [scene.task(code, "process").id for code in codes]
    for task in held[:2]:
        scene.do("claim", "binh", task)
    with scene.writing() as connection:
        factories.set_columns(connection, "accounts", scene.province.accounts["binh"], active=False)
    answer = hand_over(scene, "chi")
    assert answer.status_code == 200, answer.text
    assert {(one["id"], one["status"]) for one in answer.json["results"]} == {(task, 200) for task in held[:2]}
    assert [scene.task(code, "process").assignee for code in codes] == ["chi", "chi", None]
    assert hand_over(scene, "chi").json == {"results": []}
    for code in codes:
        scene.sound(code)


def test_the_same_key_answers_the_same_again(scene: Scene) -> None:
    head_who_assigns(scene)
    task = scene.task(scene.at_step("process"), "process").id
    scene.do("claim", "binh", task)
    first = hand_over(scene, "chi", Idempotency_Key="leaving-1")
    again = hand_over(scene, "chi", Idempotency_Key="leaving-1")
    assert (first.json, len(first.json["results"])) == (again.json, 1)
    assert hand_over(scene, "clerk", Idempotency_Key="leaving-1").json["code"] == "key_reused"


def test_who_may_not_and_whom_nobody_knows(scene: Scene) -> None:
    head_who_assigns(scene)
    assert hand_over(scene, "chi", by="head").status_code == 403
    assert hand_over(scene, "chi", username="nobody").status_code == 404
    assert hand_over(scene, "chi", username="official").status_code == 404
    assert hand_over(scene, "binh").status_code == 422
    task = scene.task(scene.at_step("process"), "process").id
    scene.do("claim", "binh", task)
    (refused,) = hand_over(scene, "official").json["results"]
    assert (refused["status"], refused["problem"]["code"]) == (422, "invalid")


# Joint handlers ----------------------------------------------------------------------------------------------------------


@pytest.mark.rule("QT-17.4")
def test_a_joint_handler_contributes_and_the_step_stays_where_it_is(scene: Scene) -> None:
    code = scene.at_step("process")
    task = scene.task(code, "process")
    scene.do("claim", "binh", task.id)
    scene.do("join", "binh", task.id, {"account": "clerk", "comment": "Kiểm tra thể thức."})
    (listed,) = scene.get("clerk", "/tasks?inbox=joint")["data"]
    assert (listed["id"], scene.get("clerk", "/tasks/counts")["joint"]["total"]) == (task.id, 1)
    assert offered(scene, "clerk", task.id, "contribute")["allowed"]
    scene.refused(403, "not_a_candidate", "forward", "clerk", task.id)
    file = scene.attach(code, "clerk")
    scene.do("contribute", "clerk", task.id, {"comment": "Đúng thể thức.", "attachments": [file]})
    seen = scene.get("binh", f"/tasks/{task.id}")
    assert [(one["username"], one["asked"], one["contribution"]) for one in seen["joint"]] == [
        ("clerk", "Kiểm tra thể thức.", "Đúng thể thức.")
    ]
    assert (seen["assignee"], seen["due_at"]) == ("binh", factories.local_iso(task.due_at) if task.due_at else None)
    assert scene.last(code, "contributed").data["attachments"] == [file]
    assert scene.get("clerk", "/tasks?inbox=joint")["data"] == []
    scene.refused(409, "wrong_state", "contribute", "clerk", task.id, {"comment": "Thêm."})
    scene.sound(code)


def test_nobody_is_asked_twice_at_once_nor_oneself_nor_of_another_agency(scene: Scene) -> None:
    code = scene.at_step("process")
    task = scene.task(code, "process").id
    asked = {"comment": "Góp ý."}
    scene.do("join", "binh", task, {"account": "chi", **asked})
    scene.refused(409, "wrong_state", "join", "binh", task, {"account": "chi", **asked})
    scene.refused(409, "wrong_state", "join", "binh", task, {"account": "binh", **asked})
    scene.refused(422, "invalid", "join", "binh", task, {"account": "official", **asked})
    scene.refused(422, "comment_required", "join", "binh", task, {"account": "head"})
    scene.refused(403, "not_a_candidate", "join", "clerk", task, {"account": "head", **asked})
    scene.do("contribute", "chi", task, asked)
    scene.do("join", "binh", task, {"account": "chi", "comment": "Góp ý lần nữa."})
    assert [one["contribution"] for one in scene.get("binh", f"/tasks/{task}")["joint"]] == [None]


# Papers ------------------------------------------------------------------------------------------------------------------

ON_PAPER: dict[str, Any] = {"components": [{"code": "application", "kind": "original"}]}


@pytest.mark.rule("QT-20.1a")
def test_the_next_step_sends_a_dossier_back_whose_papers_have_not_come(scene: Scene) -> None:
    code = scene.at_step("assign", **ON_PAPER)
    task = scene.task(code, "assign")
    scene.do("return", "head", task.id, {"reason": "paper_missing"})
    row = scene.last(code, "returned")
    assert (row.data["reason_kind"], row.data["comment"]) == ("paper_missing", "Chưa nhận được hồ sơ giấy.")
    assert scene.open_steps(code) == ["receive"]
    scene.sound(code)


@pytest.mark.rule("QT-20.1a", "ST-13.3")
def test_but_not_where_the_papers_may_follow_nor_where_there_are_none(scene: Scene) -> None:
    electronic = scene.at_step("assign", components=[{"code": "application", "kind": "electronic"}])
    scene.govern("soc_trang")
    following = scene.at_step("assign", **ON_PAPER)
    for code in (electronic, following):
        task = scene.task(code, "assign").id
        problem = scene.refused(409, "wrong_state", "return", "head", task, {"reason": "paper_missing"})
        assert problem["rule"] == "QT-20.1a"


@pytest.mark.rule("QT-20.1a", "ST-13.3")
@pytest.mark.parametrize("profile", ["quang_tri", "soc_trang"])
def test_who_confirmed_that_the_papers_have_come_stands_with_the_step(scene: Scene, profile: str) -> None:
    scene.govern(profile)
    code = scene.at_step("assign", **ON_PAPER)
    task = scene.task(code, "assign").id
    assert scene.get("head", f"/tasks/{task}")["paper_received"] is None
    scene.do("paper-received", "head", task)
    assert scene.get("head", f"/tasks/{task}")["paper_received"]["name"] == "Nguyễn Thị head"
    problem = scene.refused(409, "wrong_state", "paper-received", "head", task)
    assert problem["rule"] == "QT-20.1a"
    scene.sound(code)


@pytest.mark.rule("ST-26.5p")
@pytest.mark.parametrize("profile", ["quang_tri", "soc_trang"])
def test_paper_and_electronic_dossier_are_one_work_at_one_step(scene: Scene, profile: str) -> None:
    """ST Điều 26 khoản 5: hồ sơ giấy và hồ sơ điện tử xử lý đồng thời: one task has both, one time, one sending on."""
    scene.govern(profile)
    code = scene.at_step("assign", **ON_PAPER)
    (task,) = [one for one in scene.open_tasks(code) if one.instance_kind == "main"]
    scene.clock.move(hours=1)
    scene.do("paper-received", "head", task.id)
    scene.clock.move(hours=1)
    scene.do("forward", "head", task.id)
    assert scene.open_steps(code) == ["process"]
    assert sum(part.seconds for part in scene.segments(code) if part.step == "assign") == 2 * 3600
    scene.sound(code)


@pytest.mark.rule("QT-3.3")
def test_a_paper_that_was_only_shown_goes_nowhere(scene: Scene) -> None:
    """QT Điều 3 khoản 3: giấy tờ chỉ xuất trình thì người nộp giữ, nên không có bản giấy nào đi theo hồ sơ."""
    card = {"code": "CARD", "name": "Thẻ", "required": True, "originals": 0, "copies": 0, "present_only": True}
    name = scene.publish("linear", components=[card])
    code = scene.at_step("process", name, components=[{"code": "CARD", "kind": "presented"}])
    problem = scene.refused(409, "wrong_state", "paper-received", "binh", scene.task(code, "process").id)
    assert problem["rule"] == "QT-20.1a"
