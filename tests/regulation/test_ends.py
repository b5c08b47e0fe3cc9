"""Ends without a grant: refused, withdrawn, stopped (QT-17.4, QT-18.4, QT-19.2, ST-16.1c)."""

from __future__ import annotations

import pytest

from tests.actions.scene import Scene
from tests.regulation.requests import approve, ask, forward, main_task, paper, supplement_requested
from tests.regulation.scenes import local


def refused_in_the_room(scene: Scene, code: str, **more: object) -> None:
    """Asked by the specialist, approved, issued: what is left is the desk's confirmation."""
    ask(scene, "reject", code, {"reason": "Không đủ điều kiện", **more})
    approve(scene, code)
    forward(scene, "clerk", code, "issue_refusal")


@pytest.mark.rule("QT-18.4", "QT-19.2", "QT-17.4")
def test_the_refusal_counts_as_the_result_when_the_desk_confirms_it(scene: Scene) -> None:
    code = scene.at_step("process")
    refused_in_the_room(scene, code)
    assert scene.dossier(code).result_at is None
    task = scene.task(code, "confirm_refusal").id
    scene.refused(422, "slip_required", "forward", "desk", task)
    scene.clock.set_local("2026-11-24 09:00")
    scene.do("forward", "desk", task, {"attachments": [paper(scene, code, "desk")]})
    dossier = scene.dossier(code)
    assert (dossier.status, dossier.outcome, dossier.result_at) == (8, "refused", local("2026-11-24 09:00"))
    assert (dossier.overdue, dossier.closed_at, scene.open_steps(code)) == (False, None, ["return_papers"])
    scene.sound(code)


@pytest.mark.rule("ST-16.1c")
def test_the_papers_go_back_with_the_notice_and_that_closes_it(scene: Scene) -> None:
    code = scene.at_step("process")
    refused_in_the_room(scene, code)
    forward(scene, "desk", code, "confirm_refusal", {"attachments": [paper(scene, code, "desk")]})
    forward(scene, "desk", code, "return_papers")
    dossier = scene.dossier(code)
    assert (dossier.status, dossier.closed_at, scene.open_steps(code)) == (8, scene.clock(), [])
    scene.sound(code)


@pytest.mark.rule("QT-19.2a")
def test_a_dossier_resubmitted_after_a_refusal_is_a_new_one(scene: Scene) -> None:
    code = scene.at_step("process")
    refused_in_the_room(scene, code)
    forward(scene, "desk", code, "confirm_refusal", {"attachments": [paper(scene, code, "desk")]})
    scene.clock.set_local("2026-11-30 08:00")
    again = scene.register()
    assert again["code"] != code
    assert scene.dossier(again["code"]).deadline_at == local("2026-12-14 08:00")


@pytest.mark.rule("QT-19.2b")
def test_refusals_of_participants_are_merged_into_one_slip(scene: Scene) -> None:
    code = scene.at_step("process")
    refused_in_the_room(scene, code, agencies=["VPUBND"])
    forward(scene, "desk", code, "confirm_refusal", {"attachments": [paper(scene, code, "desk")]})
    lines = scene.get("binh", f"/dossiers/{code}/clock")["lines"]
    assert any(line["rule"] == "QT-19.2b" and "VPUBND" in line["after"] for line in lines)


def test_the_desk_refuses_in_one_act_when_the_signed_slip_has_come_with_the_dossier(scene: Scene) -> None:
    code = scene.at_step("return_result")
    body = {"reason": "Theo văn bản từ chối số 12", "attachments": [paper(scene, code, "desk")]}
    assert ask(scene, "reject", code, body, "desk")["status"]["number"] == 8
    assert scene.open_steps(code) == ["return_papers"]
    scene.sound(code)


@pytest.mark.rule("QT-19.2c", "QT-19.2cs", "QT-17.4")
def test_withdrawal_needs_the_signed_request_with_its_reason(scene: Scene) -> None:
    code = scene.at_step("process")
    task = main_task(scene, code)
    scene.refused(403, "forbidden", "withdraw", "binh", task, {"reason": "Người nộp rút"})
    scene.refused(422, "comment_required", "withdraw", "desk", task)
    ask(scene, "withdraw", code, {"reason": "Người nộp đổi ý"}, "desk")
    confirm = scene.task(code, "confirm_withdrawal").id
    scene.refused(422, "slip_required", "forward", "desk", confirm)
    scene.do("forward", "desk", confirm, {"attachments": [paper(scene, code, "desk")]})
    dossier = scene.dossier(code)
    assert (dossier.status, dossier.outcome, dossier.overdue) == (7, "withdrawn", False)
    assert (dossier.closed_at, scene.open_steps(code), scene.timers(code)) == (scene.clock(), [], {})
    scene.sound(code)


def test_the_dossiers_path_withdraws_whoever_has_the_step(scene: Scene) -> None:
    code = scene.at_step("process")
    body = {"reason": "Người nộp đổi ý", "attachments": [paper(scene, code, "desk")]}
    answer = scene.client("desk").post(f"/api/v1/dossiers/{code}/withdraw", json=body)
    assert (answer.status_code, answer.json["status"]["number"]) == (200, 7)
    again = scene.client("desk").post(f"/api/v1/dossiers/{code}/withdraw", json=body)
    assert again.status_code == 409


def test_who_never_supplements_may_still_withdraw(scene: Scene) -> None:
    code = scene.at_step("process")
    supplement_requested(scene, code)
    body = {"reason": "Không bổ sung được", "attachments": [paper(scene, code, "desk")]}
    ask(scene, "withdraw", code, body, "desk")
    assert (scene.dossier(code).status, scene.open_steps(code)) == (7, [])
    scene.sound(code)


def test_an_online_dossier_may_be_withdrawn_before_it_was_accepted(scene: Scene) -> None:
    code = scene.register(channel="online")["code"]
    body = {"reason": "Nộp nhầm", "attachments": [paper(scene, code, "desk")]}
    answer = scene.client("desk").post(f"/api/v1/dossiers/{code}/withdraw", json=body)
    assert (answer.status_code, answer.json["status"]["number"]) == (200, 7)
    assert scene.open_steps(code) == []


def test_stopping_is_signed_by_the_leader_and_ends_with_the_notice(scene: Scene) -> None:
    code = scene.at_step("process")
    supplement_requested(scene, code)
    ask(scene, "stop", code, {"reason": "Quá thời hạn không bổ sung"}, "desk")
    scene.do("forward", "director", scene.task(code, "approve_by_leader").id, {"decision": "reject"})
    assert (scene.dossier(code).held_by, scene.dossier(code).status) == ("supplement", 5), "it waits as before"
    scene.sound(code)
    ask(scene, "stop", code, {"reason": "Quá thời hạn không bổ sung"}, "desk")
    scene.do("forward", "director", scene.task(code, "approve_by_leader").id, {"decision": "agree"})
    forward(scene, "desk", code, "confirm_stop", {"attachments": [paper(scene, code, "desk")]})
    assert (scene.dossier(code).status, scene.dossier(code).outcome) == (8, "stopped")
    forward(scene, "desk", code, "return_papers")
    assert scene.dossier(code).closed_at is not None
    scene.sound(code)


@pytest.mark.rule("QT-19.2c", "QT-19.3a")
def test_while_a_withdrawal_is_considered_the_supplement_waits(scene: Scene) -> None:
    code = scene.at_step("process")
    supplement_requested(scene, code)
    forward(scene, "desk", code, "inform_applicant")
    ask(scene, "withdraw", code, {"reason": "Người nộp đổi ý"}, "desk")
    waits = scene.task(code, "await_supplement").id
    scene.refused(409, "task_suspended", "forward", "desk", waits)
    scene.refused(409, "task_suspended", "stop", "desk", main_task(scene, code), {"reason": "Không bổ sung"})
    scene.do("return", "desk", scene.task(code, "confirm_withdrawal").id, {"comment": "Người nộp giữ hồ sơ"})
    assert (scene.dossier(code).held_by, scene.dossier(code).status) == ("supplement", 5)
    scene.do("forward", "desk", waits)
    assert (scene.dossier(code).held_by, scene.open_steps(code)) == (None, ["process"])
    scene.sound(code)


@pytest.mark.rule("QT-19.2c", "HT-8.1a")
def test_an_online_dossier_is_not_checked_while_its_withdrawal_is_considered(scene: Scene) -> None:
    code = scene.register(channel="online")["code"]
    check = scene.task(code, "check_online").id
    scene.do("withdraw", "desk", check, {"reason": "Nộp nhầm"})
    scene.sound(code)
    for action in ("accept", "refuse-intake", "ask-correction"):
        scene.refused(409, "task_suspended", action, "desk", check, {"comment": "Thiếu giấy"})
    scene.do("return", "desk", scene.task(code, "confirm_withdrawal").id, {"comment": "Người nộp giữ hồ sơ"})
    scene.do("ask-correction", "desk", check, {"comment": "Thiếu giấy"})
    scene.do("withdraw", "desk", scene.task(code, "await_correction").id, {"reason": "Nộp nhầm"})
    scene.refused(409, "task_suspended", "receive-correction", "desk", scene.task(code, "await_correction").id)
    scene.do("return", "desk", scene.task(code, "confirm_withdrawal").id, {"comment": "Người nộp giữ hồ sơ"})
    assert (scene.dossier(code).held_by, scene.dossier(code).status) == ("await_correction", 5)
    scene.do("receive-correction", "desk", scene.task(code, "await_correction").id)
    scene.do("accept", "desk", scene.task(code, "check_online").id)
    scene.sound(code)
