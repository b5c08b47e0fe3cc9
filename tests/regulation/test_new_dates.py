"""A new date: extension and apology, who is charged, and when a dossier may be closed (QT-19.1, ST-14.3, ST-16.1, TN-11.4)."""

from __future__ import annotations

import pytest

from tests.actions.scene import Scene
from tests.regulation.requests import approve, ask, forward, main_task, paper
from tests.regulation.scenes import clock_of, local

NEW_DATE = {"reason": "Hồ sơ phải xác minh thêm", "appointment": "2026-12-16T07:00:00+07:00"}


def apology_recorded(scene: Scene, code: str) -> None:
    """Asked by the specialist, approved, issued, and recorded by the desk with the slip."""
    ask(scene, "request-extension", code, NEW_DATE)
    approve(scene, code)
    forward(scene, "clerk", code, "issue_slip")
    body = {"appointment": NEW_DATE["appointment"], "attachments": [paper(scene, code, "desk")]}
    forward(scene, "desk", code, "record_apology", body)


@pytest.mark.rule("QT-19.1a", "QT-17.4")
def test_the_appointment_becomes_the_new_date_and_the_dossier_is_overdue_for_good(scene: Scene) -> None:
    code = scene.at_step("process")
    before = scene.dossier(code)
    apology_recorded(scene, code)
    after = scene.dossier(code)
    assert (after.appointment_at, after.overdue) == (local("2026-12-16 07:00"), True)
    assert after.deadline_at == before.deadline_at
    assert (after.status, scene.open_steps(code)) == (4, ["process"]), "asking for time never stopped the work"
    scene.sound(code)


@pytest.mark.rule("QT-19.1a", "QT-15.3")
def test_the_slips_file_is_needed(scene: Scene) -> None:
    code = scene.at_step("process")
    ask(scene, "request-extension", code, NEW_DATE)
    approve(scene, code)
    forward(scene, "clerk", code, "issue_slip")
    task = scene.task(code, "record_apology").id
    body = {"appointment": NEW_DATE["appointment"]}
    assert scene.refused(422, "slip_required", "forward", "desk", task, body)["rule"] == "QT-15.3"
    scene.refused(422, "invalid", "forward", "desk", task, {"attachments": [paper(scene, code)]})


@pytest.mark.rule("QT-19.1b")
def test_the_new_date_is_proposed_in_working_time_and_can_be_edited(scene: Scene) -> None:
    code = scene.at_step("process")
    task = scene.get("binh", f"/tasks/{main_task(scene, code)}")
    offer = next(action for action in task["actions"] if action["name"] == "request-extension")
    assert offer["proposal"] == "2026-12-08T11:30:00+07:00", "a working day after the appointment of the slip"
    apology_recorded(scene, code)
    assert scene.dossier(code).appointment_at == local("2026-12-16 07:00")


@pytest.mark.rule("QT-19.1c", "QT-20.2e")
def test_merged_extensions_are_charged_to_each_agency_that_asked(scene: Scene) -> None:
    code = scene.at_step("process")
    ask(scene, "request-extension", code, NEW_DATE | {"agencies": ["SYT", "VPUBND"]})
    approve(scene, code)
    forward(scene, "clerk", code, "issue_slip")
    body = {"appointment": NEW_DATE["appointment"], "attachments": [paper(scene, code, "desk")]}
    forward(scene, "desk", code, "record_apology", body)
    assert set(clock_of(scene, code).extra) == {"SYT", "VPUBND"}


@pytest.mark.rule("QT-20.2e")
def test_the_extra_time_is_the_asking_agencys(scene: Scene) -> None:
    code = scene.at_step("process")
    apology_recorded(scene, code)
    # from 7 December 13:30 to 16 December 07:00: an afternoon and six days
    assert dict(clock_of(scene, code).extra) == {"SYT": int((3.5 + 6 * 8) * 3600)}


@pytest.mark.rule("ST-14.3e")
def test_in_soc_trang_the_desk_changes_the_date_on_the_agencys_extension_slip(scene: Scene) -> None:
    scene.govern("soc_trang")
    code = scene.at_step("process", applicant={"name": "Bình", "email": "binh@example.org"}, notify=["email"])
    scene.clock.set_local("2026-12-08 08:00")
    ask(scene, "request-extension", code, NEW_DATE)
    approve(scene, code)
    forward(scene, "clerk", code, "issue_slip")
    body = {"appointment": NEW_DATE["appointment"], "attachments": [paper(scene, code, "desk")]}
    forward(scene, "desk", code, "record_extension", body)
    dossier = scene.dossier(code)
    assert (dossier.appointment_at, clock_of(scene, code).apologised_at) == (local("2026-12-16 07:00"), None)
    assert "notice_sent" in scene.kinds(code), "the applicant is told"
    scene.sound(code)


@pytest.mark.rule("ST-14.3e")
def test_in_soc_trang_only_an_overdue_dossier_gets_a_new_date(scene: Scene) -> None:
    scene.govern("soc_trang")
    code = scene.at_step("process")
    problem = scene.refused(409, "wrong_state", "request-extension", "binh", main_task(scene, code), NEW_DATE)
    assert problem["rule"] == "ST-14.3e"


@pytest.mark.rule("ST-16.1d")
def test_closing_is_barred_while_the_apology_is_open_and_a_later_result_closes(scene: Scene) -> None:
    scene.govern("soc_trang")
    code = scene.at_step("return_result")
    scene.clock.set_local("2026-12-08 08:00")
    ask(scene, "apologise", code, NEW_DATE, "desk")
    task = main_task(scene, code)
    assert scene.refused(409, "wrong_state", "confirm-result", "desk", task)["rule"] == "ST-16.1d"
    body = {"appointment": NEW_DATE["appointment"], "attachments": [paper(scene, code, "desk")]}
    forward(scene, "desk", code, "record_apology", body)
    scene.do("confirm-result", "desk", task)
    assert scene.dossier(code).status == 9
    scene.sound(code)


def test_a_date_is_promised_once(scene: Scene) -> None:
    scene.govern("ha_tinh")
    code = scene.at_step("process")
    apology_recorded(scene, code)
    scene.refused(409, "wrong_state", "request-extension", "binh", main_task(scene, code), NEW_DATE)


def test_a_date_that_has_passed_is_no_date(scene: Scene) -> None:
    code = scene.at_step("process")
    body = NEW_DATE | {"appointment": "2026-11-20T07:00:00+07:00"}
    scene.refused(422, "invalid", "request-extension", "binh", main_task(scene, code), body)


def test_what_the_watch_had_said_is_said_again_for_the_new_date(scene: Scene) -> None:
    code = scene.at_step("process")
    scene.clock.set_local("2026-12-08 08:00")
    scene.tick()
    assert "contact_applicant" in scene.open_steps(code)
    ask(scene, "apologise", code, NEW_DATE | {"attachments": [paper(scene, code, "desk")]}, "desk")
    assert scene.open_steps(code) == ["process"], "the desk has contacted the applicant"
    scene.clock.set_local("2026-12-16 07:01")
    scene.tick()
    assert "contact_applicant" in scene.open_steps(code)
    assert scene.kinds(code).count("notice_sent") >= 4
    scene.sound(code)


@pytest.mark.parametrize("when", ["9999-12-31T07:00:00+07:00", "0001-01-01T00:00:00+14:00"])
def test_a_date_at_the_end_of_the_calendar_is_no_date(scene: Scene, when: str) -> None:
    code = scene.at_step("process")
    slip = [paper(scene, code, "desk")]
    task = main_task(scene, code)
    scene.refused(422, "invalid", "apologise", "desk", task, NEW_DATE | {"appointment": when, "attachments": slip})
    body = {"reason": "Lệ phí", "limit_at": when}
    scene.refused(422, "invalid", "request-payment", "binh", task, body)


@pytest.mark.rule("QT-19.1c")
@pytest.mark.parametrize("action", ["request-extension", "request-supplement", "reject"])
def test_only_agencies_that_exist_have_slips_to_merge(scene: Scene, action: str) -> None:
    code = scene.at_step("process")
    body = {"reason": "Hai cơ quan cùng đề nghị", "agencies": ["SYT", "KHONG_CO"]}
    if action == "request-extension":
        body |= NEW_DATE
    problem = scene.refused(422, "invalid", action, "binh", main_task(scene, code), body)
    assert "agencies" in problem["errors"]
