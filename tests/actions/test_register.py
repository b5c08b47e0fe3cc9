"""Register: what the desk enters becomes a dossier with a code, a running procedure, a clock, a watch and a receipt."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from app.store.deliveries import Delivery
from tests import factories
from tests.actions.scene import Scene, is_problem


@pytest.mark.rule("QT-14.1", "QT-18.1", "QT-18.2", "QT-18.3")
def test_at_the_counter_registering_accepts(scene: Scene) -> None:
    registered = scene.register()
    code = registered["code"]
    assert code == "000.00.12.H50-261123-0001"
    assert registered["status"] == {"number": 2, "name": "Được tiếp nhận"}
    assert registered["received_at"] == "2026-11-23T08:00:00+07:00"
    assert registered["deadline_at"] == "2026-12-07T08:00:00+07:00"
    assert registered["appointment_at"] == "2026-12-07T13:30:00+07:00"
    task = registered["task"]
    assert (task["step"], task["stage"], task["assignee"]) == ("receive", "receive", "desk")
    assert task["due_at"] == "2026-11-23T10:00:00+07:00"
    (slip,) = registered["slips"]
    assert scene.client("desk").get(slip["pdf"]).data.startswith(b"%PDF")
    assert scene.kinds(code) == ["registered", "accepted", "watch_started", "slip_issued"]
    assert set(scene.timers(code)) == {
        "due_soon_reached",
        "deadline_reached",
        "appointment_reached",
        "step_due_soon:receive",
        "step_overdue:receive",
    }
    scene.sound(code)


@pytest.mark.rule("QT-14.3")
def test_codes_are_numbered_by_agency_and_day(scene: Scene) -> None:
    assert [scene.register()["code"][-11:] for _ in range(3)] == ["261123-0001", "261123-0002", "261123-0003"]
    scene.clock.set_local("2026-11-24 08:00")
    assert scene.register()["code"].endswith("261124-0001")


@pytest.mark.rule("QT-14.3")
def test_desks_that_register_at_the_same_time_get_different_numbers(scene: Scene) -> None:
    scene.client("desk")
    answers = scene.at_once(*[scene.post_dossier] * 8)
    assert [answer.status_code for answer in answers] == [201] * 8
    numbers = sorted(answer.json["code"][-4:] for answer in answers if answer.json)
    assert numbers == [f"{number:04d}" for number in range(1, 9)]
    for answer in answers:
        assert answer.json is not None
        scene.sound(answer.json["code"])


def test_a_refused_registration_uses_up_no_number(scene: Scene) -> None:
    with scene.writing() as connection:
        factories.procedure(connection, "9.999", [scene.province.health])
    scene.client("desk")
    with scene.unchanged():
        is_problem(scene.post_dossier(procedure="9.999"), 409, "wrong_state")
    assert scene.register()["code"].endswith("-0001")


def test_the_notice_of_receipt_goes_to_whoever_asked_for_it_by_mail(scene: Scene) -> None:
    person = {"name": "Trần Văn Bình", "email": "binh@example.org"}
    asked = scene.register(applicant=person, notify=["email"])["code"]
    scene.register(applicant=person, notify=["sms"])
    scene.register(applicant={"name": "Không có thư"}, notify=["email"])
    with scene.reading() as connection:
        (found,) = connection.execute(select(Delivery.__table__)).all()
    assert (found.dossier_id, found.template, found.recipient) == (
        scene.dossier(asked).id,
        "receipt_issued",
        "binh@example.org",
    )


def test_what_was_entered_is_kept(scene: Scene) -> None:
    body: dict[str, Any] = {
        "applicant": {
            "name": "  Trần Văn Bình ",
            "id_number": "045012345678",
            "phone": "0912 345 678",
            "email": "binh@example.org",
            "address": "12 Hùng Vương\nĐông Hà",
        },
        "channel": "post",
        "components": [{"code": "application", "kind": "original", "quantity": 2}],
        "notify": ["sms", "email"],
        "deliver": {"mode": "post", "address": "12 Hùng Vương, Đông Hà"},
        "data": {"request": "Giảm học phí", "amount": 12.5},
    }
    found = scene.get("desk", f"/dossiers/{scene.register(**body)['code']}")
    assert found["applicant"] == {**body["applicant"], "name": "Trần Văn Bình"}
    for key in ("notify", "deliver", "data", "channel"):
        assert found[key] == body[key]
    assert found["components"] == [{"code": "application", "kind": "original", "quantity": 2, "name": "Đơn đề nghị"}]


def test_a_procedure_whose_time_is_not_counted_has_no_deadline_and_no_watch(scene: Scene) -> None:
    registered = scene.register(procedure=scene.publish("linear", limit="none"))
    code = registered["code"]
    assert (registered["deadline_at"], registered["appointment_at"]) == (None, None)
    assert set(scene.timers(code)) == {"step_due_soon:receive", "step_overdue:receive"}
    for step in ("receive", "process", "review"):
        scene.do("forward", scene.holder(scene.task(code, step)), scene.task(code, step).id)
    task = scene.task(code, "give_back")
    scene.do("confirm-result", "desk", task.id)
    assert scene.do("deliver-result", "desk", task.id)["status"]["number"] == 10
    assert scene.dossier(code).overdue is False
    scene.sound(code)


def test_a_dossier_keeps_the_version_under_which_it_was_received(scene: Scene) -> None:
    """A new version in force changes nothing for what runs already."""
    code = scene.at_step("process")
    first = scene.dossier(code).version_id
    with scene.writing() as connection:
        factories.version(connection, scene.province.procedure, effective_from=factories.START.date())
    assert scene.dossier(scene.register()["code"]).version_id != first
    scene.do("forward", "binh", scene.task(code, "process").id)
    assert scene.dossier(code).version_id == first
    scene.sound(code)


# Refused -----------------------------------------------------------------------------------------------------------------


def test_an_unknown_procedure_is_422(scene: Scene) -> None:
    scene.client("desk")
    with scene.unchanged():
        problem = is_problem(scene.post_dossier(procedure="9.999999"), 422, "unknown_procedure")
    assert set(problem["errors"]) == {"procedure"}


@pytest.mark.rule("ST-6.6")
@pytest.mark.parametrize("username", ["head", "binh", "official", "control", "admin"])
def test_only_the_desk_registers(scene: Scene, username: str) -> None:
    scene.client(username)
    with scene.unchanged():
        is_problem(scene.post_dossier(username), 403, "forbidden")


def test_a_desk_permission_without_a_seat_at_a_desk_does_not_do(scene: Scene) -> None:
    with scene.writing() as connection:
        factories.set_columns(
            connection, "accounts", scene.province.accounts["binh"], permissions=["dossier.register", "task.work"]
        )
    scene.client("binh")
    with scene.unchanged():
        problem = is_problem(scene.post_dossier("binh"), 403, "forbidden")
    assert problem["rule"] == "ST-6.6"


@pytest.mark.parametrize(
    ("change", "status", "code", "field"),
    [
        ({"agency": "NOWHERE"}, 422, "invalid", "agency"),
        ({"agency": "VPUBND"}, 403, "forbidden", None),
        ({"components": [{"code": "nothing", "kind": "copy"}]}, 422, "invalid", "components"),
        ({"deliver": {"mode": "post"}}, 422, "invalid", "deliver.address"),
        ({"deliver": {"mode": "pigeon"}}, 422, "invalid", "deliver.mode"),
        ({"applicant": {}}, 422, "invalid", "applicant.name"),
        ({"applicant": {"name": " "}}, 422, "invalid", "applicant.name"),
        ({"applicant": {"name": "Bình", "email": "binh"}}, 422, "invalid", "applicant.email"),
        ({"applicant": {"name": "Bình", "phone": "không có"}}, 422, "invalid", "applicant.phone"),
        ({"channel": "fax"}, 422, "invalid", "channel"),
        ({"received_at": "2026-02-30"}, 422, "invalid", "received_at"),
        ({"notify": ["email", "sms", "zalo", "phone", "email"]}, 422, "invalid", "notify"),
    ],
)
def test_what_cannot_be_is_refused_by_name(
    scene: Scene, change: dict[str, Any], status: int, code: str, field: str | None
) -> None:
    scene.client("desk")
    with scene.unchanged():
        problem = is_problem(scene.post_dossier(**change), status, code)
    assert ({field} if field else set()) == set(problem.get("errors", {}))


def test_an_agency_that_does_not_handle_the_procedure_is_422(scene: Scene) -> None:
    with scene.writing() as connection:
        other = factories.procedure(connection, "2.000002", [scene.province.office])
        factories.version(connection, other)
    scene.client("desk")
    with scene.unchanged():
        problem = is_problem(scene.post_dossier(procedure="2.000002"), 422, "invalid")
    assert set(problem["errors"]) == {"agency"}


def test_a_procedure_that_is_not_yet_in_force_is_409(scene: Scene) -> None:
    with scene.writing() as connection:
        later = factories.procedure(connection, "3.000003", [scene.province.health])
        factories.version(connection, later, effective_from=date(2026, 12, 1))
    scene.clock.set_local("2026-11-30 08:00")
    scene.client("desk")
    with scene.unchanged():
        is_problem(scene.post_dossier(procedure="3.000003"), 409, "wrong_state")
    scene.clock.set_local("2026-12-01 08:00")
    scene.register(procedure="3.000003")


def test_a_position_that_is_missing_stops_it_before_anything_is_there(scene: Scene) -> None:
    with scene.writing() as connection:
        factories.set_columns(connection, "positions", scene.province.positions["desk_officer"], code="other_officer")
    scene.client("desk")
    with scene.unchanged():
        is_problem(scene.post_dossier(), 409, "position_vacant")


def test_a_notice_leaves_wherever_the_diagram_has_it(scene: Scene) -> None:
    """Also before the first step, which no forward passes, and after the last, which delivery passes."""
    code = scene.at_step("give_back", scene.publish("told"))
    assert scene.kinds(code).count("notice_sent") == 1
    task = scene.task(code, "give_back").id
    scene.do("confirm-result", "desk", task)
    scene.do("deliver-result", "desk", task)
    assert scene.kinds(code)[-2:] == ["delivered", "notice_sent"]
    with scene.reading() as connection:
        told = connection.execute(select(Delivery.template, Delivery.recipient)).all()
    assert told == [("deadline_due_soon", "desk@example.org")] * 2


def test_a_procedure_in_calendar_days_is_due_at_the_end_of_a_working_day(scene: Scene) -> None:
    """Fifteen calendar days from Monday 23 November end on Tuesday 8 December, at the close of the office."""
    scene.publish("linear", limit="P15D", limit_unit="calendar")
    code = scene.register(procedure="linear")["code"]
    dossier = scene.dossier(code)
    assert (dossier.limit_unit, dossier.limit_seconds) == ("calendar", 15 * 86_400)
    assert dossier.deadline_at == scene.clock.set_local("2026-12-08 17:00")
    scene.sound(code)
