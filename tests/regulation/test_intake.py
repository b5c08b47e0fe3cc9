"""Requirements group 1: what was submitted online is accepted, refused or sent back, each in its time (HT-8.1a, ST-11.2)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from app.rules.intake import counted_from, intake_due, transfer_due
from app.rules.profile import Profile
from app.store.deliveries import Delivery
from tests.actions.scene import Scene
from tests.regulation.provinces import HA_TINH, LONG_AN, QUANG_TRI, SOC_TRANG, THAI_NGUYEN
from tests.rules.calendars import OFFICE_CALENDAR, at, shown

APPLICANT = {"name": "Trần Văn Bình", "email": "binh@example.org", "phone": "0912345678"}


def submitted(scene: Scene, profile: str, when: str = "2026-11-23 08:00", **body: Any) -> tuple[str, int]:
    """An online dossier under a province's profile: its code and the task that checks it."""
    scene.govern(profile)
    scene.clock.set_local(when)
    registered = scene.register(channel="online", applicant=APPLICANT, **body)
    return registered["code"], registered["task"]["id"]


def letters(scene: Scene, code: str) -> list[tuple[str, str]]:
    with scene.reading() as connection:
        rows = connection.execute(
            select(Delivery.template, Delivery.data).where(Delivery.dossier_id == scene.dossier(code).id)
        )
        return [(row.template, row.data.get("reason", "")) for row in rows]


def due(profile: Profile, when: str) -> str | None:
    found = intake_due(profile, OFFICE_CALENDAR, at(when))
    return None if found is None else shown(found)


# How long the desk may check ---------------------------------------------------------------------------------------------


@pytest.mark.rule("ST-11.2a")
@pytest.mark.parametrize(
    ("sent", "until"),
    [
        ("2026-03-16 08:00", "2026-03-17 08:00"),
        ("2026-03-16 12:15", "2026-03-17 11:30"),
        ("2026-03-16 22:00", "2026-03-17 17:00"),
        ("2026-03-21 09:00", "2026-03-23 17:00"),
    ],
)
def test_in_soc_trang_eight_working_hours_from_submission_outside_hours_from_the_next_opening(
    sent: str, until: str
) -> None:
    assert due(SOC_TRANG, sent) == until


@pytest.mark.rule("TN-11.3a", "TN-PL.2")
@pytest.mark.parametrize(
    ("sent", "until"), [("2026-03-16 08:00", "2026-03-16 14:00"), ("2026-03-16 20:00", "2026-03-17 11:00")]
)
def test_in_thai_nguyen_four_working_hours(sent: str, until: str) -> None:
    assert due(THAI_NGUYEN, sent) == until


@pytest.mark.rule("HT-8.1a")
def test_in_ha_tinh_the_time_of_intake_begins_with_the_next_working_hour() -> None:
    assert shown(counted_from(HA_TINH, OFFICE_CALENDAR, at("2026-03-16 11:45"))) == "2026-03-16 13:30"
    assert shown(counted_from(HA_TINH, OFFICE_CALENDAR, at("2026-03-20 18:00"))) == "2026-03-23 07:00"


@pytest.mark.rule("LA-9.1")
def test_in_long_an_what_is_submitted_after_five_is_received_the_next_day_in_office_hours() -> None:
    assert shown(counted_from(LONG_AN, OFFICE_CALENDAR, at("2026-03-16 16:59:59"))) == "2026-03-16 16:59:59"
    assert shown(counted_from(LONG_AN, OFFICE_CALENDAR, at("2026-03-16 17:00:01"))) == "2026-03-17 07:00"
    assert shown(counted_from(LONG_AN, OFFICE_CALENDAR, at("2026-03-20 19:00"))) == "2026-03-23 07:00"


def test_no_number_of_hours_where_the_regulation_names_none() -> None:
    assert due(QUANG_TRI, "2026-03-16 08:00") is None


@pytest.mark.rule("ST-11.2a", "TN-11.3a")
@pytest.mark.parametrize(("profile", "until"), [("soc_trang", "2026-11-24 08:00"), ("thai_nguyen", "2026-11-23 14:00")])
def test_the_check_is_due_in_the_desks_inbox_and_an_alarm_says_when_it_is_late(
    scene: Scene, profile: str, until: str
) -> None:
    code, task = submitted(scene, profile)
    assert scene.task(code, "check_online").due_at == scene.clock.set_local(until)
    scene.clock.move(minutes=1)
    assert scene.tick() > 0
    assert scene.last(code, "step_overdue").task_id == task
    (listed,) = scene.get("desk", "/tasks?due=overdue")["data"]
    assert (listed["id"], listed["colour"]) == (task, "step_late")


# The three ends of the check ---------------------------------------------------------------------------------------------


@pytest.mark.rule("HT-8.1a", "TN-11.3b")
def test_the_desk_accepts(scene: Scene) -> None:
    code, task = submitted(scene, "ha_tinh")
    assert scene.do("accept", "desk", task)["status"]["number"] == 2
    assert scene.open_steps(code) == ["receive"]
    scene.sound(code)


@pytest.mark.rule("HT-8.1a", "TN-11.3b", "QT-15.3")
def test_or_refuses_with_reason_and_slip_and_nothing_ever_ran(scene: Scene) -> None:
    code, task = submitted(scene, "quang_tri", notify=["email"])
    problem = scene.refused(422, "invalid", "refuse-intake", "desk", task, {"reason": "Không thuộc thẩm quyền."})
    assert problem["rule"] == "QT-15.3"
    scene.refused(422, "comment_required", "refuse-intake", "desk", task, {"attachments": [1]})
    slip = scene.attach(code)
    body = {"reason": "Không thuộc thẩm quyền.", "attachments": [slip]}
    assert scene.do("refuse-intake", "desk", task, body)["status"]["number"] == 3
    dossier = scene.dossier(code)
    assert (dossier.outcome, dossier.overdue, dossier.deadline_at) == ("not_accepted", False, None)
    assert scene.open_tasks(code) == []
    assert scene.last(code, "not_accepted").data["event"]["data"]["file"] == slip
    assert letters(scene, code) == [("not_accepted", "Không thuộc thẩm quyền.")]
    scene.refused(409, "task_finished", "accept", "desk", task)
    scene.sound(code)


@pytest.mark.rule("HT-8.1a", "ST-11.2c")
def test_or_asks_for_correction_by_mail_and_telephone_and_waits(scene: Scene) -> None:
    code, task = submitted(scene, "soc_trang")
    body = {"comment": "Thiếu bản chụp căn cước.", "called": "Đã hướng dẫn chụp lại hai mặt."}
    answer = scene.do("ask-correction", "desk", task, body)
    assert answer["status"]["number"] == 5
    assert letters(scene, code) == [("correction_asked", "Thiếu bản chụp căn cước.")]
    call = scene.last(code, "applicant_called")
    assert (call.username, call.data["comment"], call.data["phone"]) == (
        "desk",
        "Đã hướng dẫn chụp lại hai mặt.",
        "0912345678",
    )
    waiting = scene.task(code, "await_correction")
    assert (waiting.due_at, scene.timers(code)) == (None, {})
    scene.refused(409, "wrong_state", "accept", "desk", waiting.id)
    scene.refused(409, "wrong_state", "ask-correction", "desk", waiting.id, body)
    scene.sound(code)


@pytest.mark.rule("HT-8.1a", "ST-11.2a")
def test_what_comes_again_is_checked_anew_in_a_time_of_its_own(scene: Scene) -> None:
    code, task = submitted(scene, "soc_trang")
    scene.do("ask-correction", "desk", task, {"comment": "Thiếu đơn."})
    scene.clock.set_local("2026-12-07 09:00")
    part = {"code": "application", "kind": "electronic", "signed": True}
    answer = scene.do("receive-correction", "desk", scene.task(code, "await_correction").id, {"components": [part]})
    assert answer["status"]["number"] == 1
    check = scene.task(code, "check_online")
    assert check.due_at == scene.clock.set_local("2026-12-08 09:00")
    assert scene.get("desk", f"/dossiers/{code}")["components"][0]["kind"] == "electronic"
    scene.do("accept", "desk", check.id)
    scene.sound(code)


def test_only_the_desk_checks(scene: Scene) -> None:
    code, task = submitted(scene, "soc_trang")
    for action in ("refuse-intake", "ask-correction"):
        scene.refused(403, "not_a_candidate", action, "binh", task, {"comment": "Không."})
    code = scene.at_step("process")
    scene.refused(409, "wrong_state", "refuse-intake", "binh", scene.task(code, "process").id, {"comment": "Không."})
    scene.refused(409, "wrong_state", "receive-correction", "binh", scene.task(code, "process").id)


# Going on after acceptance -----------------------------------------------------------------------------------------------


@pytest.mark.rule("HT-8.2a")
@pytest.mark.parametrize(
    ("accepted", "until"),
    [
        ("2026-03-16 08:00", "2026-03-16 17:00"),
        ("2026-03-16 15:00", "2026-03-16 17:00"),
        ("2026-03-16 15:00:01", "2026-03-17 07:00"),
        ("2026-03-20 18:00", "2026-03-23 17:00"),
        ("2026-03-20 16:00", "2026-03-23 07:00"),
    ],
)
def test_an_accepted_dossier_goes_on_the_same_day_after_three_at_the_beginning_of_the_next(
    accepted: str, until: str
) -> None:
    found = transfer_due(HA_TINH, OFFICE_CALENDAR, at(accepted))
    assert found is not None
    assert shown(found) == until


@pytest.mark.rule("HT-8.2a")
def test_the_desk_sees_by_when_it_has_to_pass_an_online_dossier_on(scene: Scene) -> None:
    code, task = submitted(scene, "ha_tinh", "2026-11-23 15:30")
    scene.do("accept", "desk", task)
    received = scene.get("desk", f"/tasks/{scene.task(code, 'receive').id}")
    assert datetime.fromisoformat(received["transfer_due_at"]) == scene.clock.set_local("2026-11-24 07:00")
    at_counter = scene.register()
    assert scene.get("desk", f"/tasks/{at_counter['task']['id']}")["transfer_due_at"] is None


# How it came -------------------------------------------------------------------------------------------------------------


@pytest.mark.rule("HT-8.1d", "HT-8.1c")
def test_a_proxy_a_service_and_the_post_are_recorded_and_received_the_same_way(scene: Scene) -> None:
    proxy = {"name": "Lê Văn Tám", "id_number": "045012345679", "authority": "Giấy ủy quyền 12/2026", "kind": "person"}
    told = {"proxy": proxy, "post_voucher": "EB123456789VN", "receipt_by": "post"}
    registered = scene.register(channel="post", intake=told)
    assert (registered["status"]["number"], len(registered["slips"])) == (2, 1)
    kept = scene.get("desk", f"/dossiers/{registered['code']}")["intake"]
    assert kept == told | {"received_by": {"account": "desk", "name": "Nguyễn Thị desk", "agency": "Sở Y tế"}}
    assert scene.last(registered["code"], "registered").data["proxy"] == proxy
    helped = scene.register(channel="online", intake={"helped": True})
    kept = scene.get("desk", f"/dossiers/{helped['code']}")["intake"]
    assert (kept["helped"], kept["received_by"]["account"]) == (True, "desk")


@pytest.mark.rule("HT-7.4")
def test_the_applicant_amends_on_his_own_and_the_time_goes_on(scene: Scene) -> None:
    code = scene.at_step("process")
    task = scene.task(code, "process")
    scene.do("claim", "binh", task.id)
    before = scene.dossier(code)
    scene.clock.move(hours=2)
    file = scene.attach(code)
    body = {
        "reason": "Đổi địa chỉ nhận kết quả.",
        "attachments": [file],
        "components": [{"code": "application", "kind": "copy"}],
        "data": {"address": "Phường Đông Lễ"},
    }
    answer = scene.client("desk").post(f"/api/v1/dossiers/{code}/amendments", json=body)
    assert answer.status_code == 200, answer.text
    after = scene.dossier(code)
    assert (after.deadline_at, after.appointment_at, after.status) == (
        before.deadline_at,
        before.appointment_at,
        before.status,
    )
    row = scene.last(code, "amended")
    assert (row.data["comment"], row.data["attachments"], row.data["components"]) == (
        "Đổi địa chỉ nhận kết quả.",
        [file],
        ["application"],
    )
    assert ("dossier_amended", "") in letters(scene, code)
    assert scene.get("binh", f"/tasks/{task.id}")["data"]["address"] == "Phường Đông Lễ"
    assert scene.client("binh").post(f"/api/v1/dossiers/{code}/amendments", json=body).status_code == 403
    scene.sound(code)
