"""What runs beside a dossier: payment, opinions, visits (QT-17.3, QT-19.3, ST-14.3, TN-11.4)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app import lawbook
from app.lawbook import profile_named
from tests.actions.scene import Scene
from tests.regulation.requests import approve, ask, forward, main_task, paper
from tests.regulation.scenes import clock_of, counted_kinds, on_paper

LAST_DAY = "2026-12-04T17:00:00+07:00"


def payment_requested(scene: Scene, code: str) -> None:
    body = {"reason": "Lệ phí theo thông báo", "amount": 500000, "limit_at": LAST_DAY}
    ask(scene, "request-payment", code, body)
    approve(scene, code)
    forward(scene, "desk", code, "request_payment", {"attachments": [paper(scene, code, "desk")]})


@pytest.mark.rule("QT-19.3t")
def test_time_waits_for_the_payment_and_the_step_goes_on_by_itself_with_the_proof(scene: Scene) -> None:
    code = scene.at_step("process")
    before = scene.task(code, "process").due_at
    assert before is not None
    payment_requested(scene, code)
    dossier = scene.dossier(code)
    assert (dossier.status, dossier.paused_at) == (6, scene.clock())
    scene.clock.set_local("2026-11-26 08:00")
    task = scene.task(code, "await_payment").id
    scene.refused(422, "slip_required", "forward", "desk", task)
    scene.do("forward", "desk", task, {"attachments": [paper(scene, code, "desk")]})
    after = scene.dossier(code)
    assert (after.status, after.paused_at, clock_of(scene, code).rounds) == (4, None, 1)
    assert scene.open_steps(code) == ["process"]
    due = scene.task(code, "process").due_at
    assert due is not None
    assert due > before, "what was left of the step's limit is left still"
    scene.sound(code)


def test_after_the_last_day_desk_and_applicant_are_told_and_it_still_waits(scene: Scene) -> None:
    code = scene.at_step("process", applicant={"name": "Bình", "email": "binh@example.org"}, notify=["email"])
    payment_requested(scene, code)
    told = scene.kinds(code).count("notice_sent")
    scene.clock.set_local("2026-12-04 17:01")
    assert scene.tick() == 1
    assert scene.kinds(code).count("notice_sent") > told
    assert (scene.dossier(code).status, "await_payment" in scene.open_steps(code)) == (6, True)
    scene.sound(code)


@pytest.mark.rule("ST-14.3c", "TN-11.4d", "QT-17.3")
def test_an_opinion_has_its_content_its_agencies_and_its_limit_and_the_step_goes_on(scene: Scene) -> None:
    code = scene.at_step("process")
    task = main_task(scene, code)
    body = {"content": "Đề nghị cho ý kiến về điều kiện", "agencies": ["VPUBND"], "limit_at": LAST_DAY}
    assert scene.refused(422, "slip_required", "ask-opinion", "binh", task, body)["rule"] == "QT-17.3"
    scene.do("ask-opinion", "binh", task, body | {"attachments": [paper(scene, code)]})
    asked = scene.task(code, "answer")
    assert (asked.agency, asked.note) == ("VPUBND", body["content"])
    assert scene.dossier(code).held_by is None
    scene.do("forward", "binh", task)
    scene.sound(code)


@pytest.mark.rule("ST-14.3c")
def test_who_has_not_answered_by_the_limit_is_told_to_the_head_of_the_desk(scene: Scene) -> None:
    code = scene.at_step("process")
    body = {"content": "Cho ý kiến", "agencies": ["VPUBND"], "limit_at": LAST_DAY}
    scene.do("ask-opinion", "binh", main_task(scene, code), body | {"attachments": [paper(scene, code)]})
    scene.clock.set_local("2026-12-04 17:01")
    scene.tick()
    told = scene.last(code, "notice_sent").data
    assert told["template"] == "opinion_overdue"
    assert "desk_head" in told["to"]
    assert scene.task(code, "answer").state == "open", "a late answer is still an answer"


@pytest.mark.rule("ST-14.3b")
def test_a_visit_has_its_time_place_participants_and_content(scene: Scene) -> None:
    code = scene.at_step("process")
    task = main_task(scene, code)
    problem = scene.refused(422, "invalid", "arrange-visit", "binh", task, {"content": "Kiểm tra cơ sở"})
    assert set(problem["errors"]) == {"visit_at", "place", "participants"}
    body = {
        "content": "Kiểm tra cơ sở",
        "visit_at": "2026-11-26T08:00:00+07:00",
        "place": "Số 1 Hùng Vương",
        "participants": "Phòng Nghiệp vụ; chủ cơ sở",
    }
    gone = body | {"visit_at": "2026-11-20T08:00:00+07:00"}
    scene.refused(422, "invalid", "arrange-visit", "binh", task, gone)
    scene.do("arrange-visit", "binh", task, body)
    kept = scene.last(code, "side_asked").data
    assert (kept["place"], kept["participants"]) == (body["place"], body["participants"])
    forward(scene, "binh", code, "hold_visit", {"attachments": [paper(scene, code)], "comment": "Đạt yêu cầu"})
    assert scene.open_steps(code) == ["process"]
    scene.sound(code)


@pytest.mark.rule("QT-17.3")
def test_what_was_asked_and_answered_stands_in_the_dossier(scene: Scene) -> None:
    code = scene.at_step("process")
    body = {"content": "Cho ý kiến", "agencies": ["VPUBND"], "limit_at": LAST_DAY}
    scene.do("ask-opinion", "binh", main_task(scene, code), body | {"attachments": [paper(scene, code)]})
    answer = scene.task(code, "answer")
    scene.refused(422, "slip_required", "forward", "official", answer.id)
    scene.do("forward", "official", answer.id, {"attachments": [paper(scene, code, "official")], "comment": "Nhất trí"})
    shown = scene.get("binh", f"/dossiers/{code}/requests")["data"]
    assert [(one["kind"], one["details"]["agency"], one["finished"]) for one in shown] == [("opinion", "VPUBND", True)]


def test_a_result_ends_what_still_ran_beside(scene: Scene) -> None:
    code = scene.at_step("process")
    body = {"content": "Cho ý kiến", "agencies": ["VPUBND"], "limit_at": LAST_DAY}
    scene.do("ask-opinion", "binh", main_task(scene, code), body | {"attachments": [paper(scene, code)]})
    for step, username in (("process", "binh"), ("review", "head"), ("approve", "director"), ("issue", "clerk")):
        forward(scene, username, code, step)
    scene.do("confirm-result", "desk", scene.task(code, "return_result").id)
    assert scene.open_steps(code) == ["return_result"]
    assert scene.timers(code) == {}
    scene.sound(code)


@pytest.mark.rule("QT-19.3t")
def test_where_time_runs_on_a_payment_is_the_applicants_all_the_same(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = replace(profile_named("quang_tri"), payment_clock="run")
    monkeypatch.setattr(lawbook, "load_profile", lambda path: runs)
    scene.govern("running_on")
    code = scene.at_step("process")
    payment_requested(scene, code)
    dossier = scene.dossier(code)
    assert (dossier.status, dossier.paused_at, dossier.held_by) == (6, None, "payment")
    told = scene.task(code, "await_payment").id
    scene.refused(409, "wrong_state", "return", "desk", told, {"comment": "Không thu nữa"})
    ask(scene, "withdraw", code, {"reason": "Người nộp đổi ý"}, "desk")
    scene.do("return", "desk", scene.task(code, "confirm_withdrawal").id, {"comment": "Người nộp giữ hồ sơ"})
    assert (scene.dossier(code).status, scene.dossier(code).held_by) == (6, "payment")
    scene.do("forward", "desk", told, {"attachments": [paper(scene, code, "desk")]})
    assert (scene.dossier(code).status, scene.open_steps(code)) == (4, ["process"])
    scene.sound(code)


@pytest.mark.rule("QT-19.3t", "QT-20.2c")
def test_a_participants_notice_of_payment_is_not_its_result(scene: Scene) -> None:
    code = on_paper(scene, "opinion")
    ask(scene, "request-payment", code, {"reason": "Thuế theo thông báo", "limit_at": LAST_DAY}, "official")
    forward(scene, "official", code, "approve_by_head", {"decision": "agree"})
    assert scene.task(code, "request_payment").agency == "SYT"
    assert "sent_back" not in counted_kinds(scene, code)
    forward(scene, "desk", code, "request_payment", {"attachments": [paper(scene, code, "desk")]})
    forward(scene, "desk", code, "await_payment", {"attachments": [paper(scene, code, "desk")]})
    assert scene.open_steps(code) == ["opinion"]
    scene.sound(code)
