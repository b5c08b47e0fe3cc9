"""Supplements: who asks, when, with what, and what becomes of the time (QT-19.3, ST-14.3, ST-16.1)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app import lawbook
from app.lawbook import profile_named
from tests.actions.scene import Scene
from tests.regulation.requests import approve, ask, forward, main_task, paper, supplement_requested, supplemented
from tests.regulation.scenes import charged, counted_kinds, local, on_paper


@pytest.mark.rule("QT-19.3a")
def test_time_is_paused_from_the_recording_of_the_slip_and_not_from_the_desks_notice(scene: Scene) -> None:
    code = scene.at_step("process")
    ask(scene, "request-supplement", code, {"reason": "Thiếu giấy xác nhận", "items": ["Giấy xác nhận"]})
    approve(scene, code)
    assert scene.dossier(code).paused_at is None
    scene.clock.set_local("2026-11-24 09:00")
    forward(scene, "clerk", code, "issue", {"attachments": [paper(scene, code)]})
    paused = scene.dossier(code)
    assert (paused.paused_at, paused.status) == (local("2026-11-24 09:00"), 5)
    scene.clock.set_local("2026-11-24 15:00")
    forward(scene, "desk", code, "inform_applicant")
    assert scene.dossier(code).paused_at == local("2026-11-24 09:00")
    scene.sound(code)


@pytest.mark.rule("QT-19.3a")
def test_the_resubmitted_dossier_counts_from_zero_and_keeps_its_code(scene: Scene) -> None:
    code = scene.at_step("process")
    first = scene.dossier(code)
    supplement_requested(scene, code)
    scene.clock.set_local("2027-01-11 08:00")
    assert scene.tick() == 0, "alarms and watch stand still during the pause"
    supplemented(scene, code)
    again = scene.dossier(code)
    assert (again.code, again.status, again.held_by) == (first.code, 4, None)
    assert again.deadline_at == local("2027-01-25 08:00"), "ten working days from the supplement"
    assert scene.open_steps(code) == ["process"]
    assert scene.task(code, "process").due_at is not None
    scene.sound(code)


@pytest.mark.rule("ST-16.1b")
def test_in_soc_trang_the_time_goes_on_where_it_stopped(scene: Scene) -> None:
    scene.govern("soc_trang")
    code = scene.at_step("process")
    scene.clock.set_local("2026-11-25 08:00")
    supplement_requested(scene, code)
    scene.clock.set_local("2026-12-14 08:00")
    supplemented(scene, code)
    assert scene.dossier(code).clock["rounds"] == 1
    assert scene.dossier(code).deadline_at == local("2026-12-24 08:00"), "eight of ten working days are left"
    assert scene.open_steps(code) == ["process"], "the room goes on"
    scene.sound(code)


@pytest.mark.rule("QT-15.3", "QT-19.3a")
def test_no_slip_no_supplement(scene: Scene) -> None:
    code = scene.at_step("process")
    ask(scene, "request-supplement", code, {"reason": "Thiếu giấy"})
    approve(scene, code)
    problem = scene.refused(422, "slip_required", "forward", "clerk", scene.task(code, "issue").id)
    assert problem["rule"] == "QT-15.3"


@pytest.mark.rule("QT-19.3b")
def test_after_the_appointment_only_once_an_apology_is_recorded(scene: Scene) -> None:
    code = scene.at_step("process")
    scene.clock.set_local("2026-12-08 08:00")
    body = {"reason": "Thiếu giấy xác nhận"}
    problem = scene.refused(409, "wrong_state", "request-supplement", "binh", main_task(scene, code), body)
    assert problem["rule"] == "QT-19.3b"
    apology = {"reason": "Hồ sơ phức tạp", "appointment": "2026-12-21T07:00:00+07:00"}
    ask(scene, "apologise", code, apology | {"attachments": [paper(scene, code, "desk")]}, "desk")
    supplement_requested(scene, code)
    dossier = scene.dossier(code)
    assert (dossier.status, dossier.overdue) == (5, True)
    scene.sound(code)


@pytest.mark.rule("QT-19.3d")
def test_the_lead_agency_merges_the_participants_slips_into_one(scene: Scene) -> None:
    code = scene.at_step("process")
    ask(scene, "request-supplement", code, {"reason": "Hai cơ quan cùng yêu cầu", "agencies": ["SYT", "VPUBND"]})
    approve(scene, code)
    forward(scene, "clerk", code, "issue", {"attachments": [paper(scene, code)]})
    lines = scene.get("binh", f"/dossiers/{code}/clock")["lines"]
    assert any(line["rule"] == "QT-19.3d" and "VPUBND" in line["after"] for line in lines)


@pytest.mark.rule("QT-20.2d", "QT-19.3d")
def test_a_participants_request_goes_through_the_lead_agency_and_its_time_runs_until_the_merged_slip(
    scene: Scene,
) -> None:
    code = on_paper(scene, "opinion")
    scene.clock.set_local("2026-11-23 10:00")
    ask(scene, "request-supplement", code, {"reason": "Thiếu bản vẽ"}, "official")
    asked = scene.task(code, "approve_by_head")
    assert asked.agency == "SYT"
    assert "agency_supplement_requested" in counted_kinds(scene, code)
    scene.clock.set_local("2026-11-23 15:00")
    before = charged(scene, code)["VPUBND"]
    approve(scene, code)
    assert scene.dossier(code).paused_at is None, "the lead agency's time still runs"
    forward(scene, "clerk", code, "issue", {"attachments": [paper(scene, code)]})
    assert scene.dossier(code).paused_at == local("2026-11-23 15:00")
    assert charged(scene, code)["VPUBND"] == before, "nothing of it is the participant's"
    supplemented(scene, code)
    assert scene.open_steps(code) == ["opinion"]
    scene.sound(code)


@pytest.mark.rule("QT-20.2d", "QT-19.2b")
def test_a_participants_refusal_is_the_lead_agencys_to_confirm(scene: Scene) -> None:
    code = on_paper(scene, "opinion")
    ask(scene, "reject", code, {"reason": "Không đủ điều kiện"}, "official")
    assert scene.task(code, "approve_by_head").agency == "SYT"
    assert "agency_returned" in counted_kinds(scene, code)
    approve(scene, code)
    forward(scene, "clerk", code, "issue_refusal")
    forward(scene, "desk", code, "confirm_refusal", {"attachments": [paper(scene, code, "desk")]})
    assert (scene.dossier(code).outcome, scene.dossier(code).status) == ("refused", 8)
    scene.sound(code)


@pytest.mark.rule("ST-14.3d")
def test_written_reasons_go_to_the_competent_person_and_the_desk_uses_the_function(scene: Scene) -> None:
    code = scene.at_step("process")
    scene.refused(422, "comment_required", "request-supplement", "binh", main_task(scene, code))
    ask(scene, "request-supplement", code, {"reason": "Thiếu bản vẽ"})
    assert scene.task(code, "approve_by_head").note == "Thiếu bản vẽ"
    scene.do("forward", "head", scene.task(code, "approve_by_head").id, {"decision": "reject", "comment": "Đã đủ rồi"})
    dossier = scene.dossier(code)
    assert (dossier.status, dossier.held_by) == (4, None)
    assert scene.open_steps(code) == ["process"]
    scene.do("forward", "binh", main_task(scene, code))
    scene.sound(code)


@pytest.mark.rule("ST-14.3d2")
def test_a_notice_after_the_deadline_is_marked(scene: Scene) -> None:
    code = scene.at_step("process")
    assert scene.dossier(code).deadline_at == local("2026-12-07 08:00")
    ask(scene, "request-supplement", code, {"reason": "Thiếu giấy"})
    approve(scene, code)
    scene.clock.set_local("2026-12-07 08:30")
    forward(scene, "clerk", code, "issue", {"attachments": [paper(scene, code)]})
    lines = scene.get("binh", f"/dossiers/{code}/clock")["lines"]
    assert any(line["rule"] == "ST-14.3d2" and line["after"] == "muộn" for line in lines)


def test_while_a_request_holds_the_dossier_its_steps_wait(scene: Scene) -> None:
    code = scene.at_step("process")
    ask(scene, "request-supplement", code, {"reason": "Thiếu giấy"})
    main = main_task(scene, code)
    for action in ("forward", "return", "handoff", "request-extension", "reject"):
        body = {"comment": "x", "account": "chi", "appointment": "2027-01-05T07:00:00+07:00"}
        kept = {name: body[name] for name in _TAKES[action]}
        scene.refused(409, "task_suspended", action, "binh", main, kept)
    assert scene.task(code, "process").due_at is None
    scene.sound(code)


_TAKES = {
    "forward": (),
    "return": ("comment",),
    "handoff": ("account", "comment"),
    "request-extension": ("comment", "appointment"),
    "reject": ("comment",),
}


def test_the_desk_asks_and_records_in_one_act(scene: Scene) -> None:
    code = scene.register()["code"]
    body = {"reason": "Thiếu giấy tờ tùy thân", "attachments": [paper(scene, code, "desk")]}
    told = ask(scene, "request-supplement", code, body, "desk")
    assert told["status"]["number"] == 5
    assert scene.open_steps(code) == ["await_supplement", "receive"]
    forward(scene, "desk", code, "await_supplement")
    assert scene.open_steps(code) == ["receive"]
    scene.sound(code)


def test_the_dossiers_own_path_records_what_the_applicant_brought(scene: Scene) -> None:
    code = scene.at_step("process")
    supplement_requested(scene, code)
    early = scene.client("desk").post(f"/api/v1/dossiers/{code}/supplement", json={})
    assert early.status_code == 409
    forward(scene, "desk", code, "inform_applicant")
    answer = scene.client("desk").post(f"/api/v1/dossiers/{code}/supplement", json={"comment": "Đã nộp"})
    assert (answer.status_code, answer.json["status"]["number"]) == (200, 4)


def test_work_may_start_again_from_the_first_step(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    first = replace(profile_named("quang_tri"), supplement_step="first")
    monkeypatch.setattr(lawbook, "load_profile", lambda path: first)
    scene.govern("starting_again")
    code = scene.at_step("review")
    body = {"reason": "Thiếu giấy"}
    ask(scene, "request-supplement", code, body, "head")
    approve(scene, code)
    forward(scene, "clerk", code, "issue", {"attachments": [paper(scene, code)]})
    supplemented(scene, code)
    assert scene.open_steps(code) == ["assign"]
    scene.sound(code)
