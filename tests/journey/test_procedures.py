"""The main job: a client that knows only the interface takes every shipped procedure from registration to delivery."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select

from app.demo.content import content
from app.demo.province import calendar_data
from app.rules.calendar import WorkCalendar
from app.rules.limits import Limit, parse_published
from app.store import history
from app.store.instances import ProcessInstance
from tests.journey.client import Client
from tests.journey.conftest import Office

PROCEDURES = {procedure["code"]: procedure for procedure in content("procedures")["procedures"]}
COURSES = [
    (code, agency, channel)
    for code, procedure in PROCEDURES.items()
    for agency in procedure["agencies"]
    for channel in ("counter", "online", "post")
]
DELIVER = {
    "counter": {"mode": "desk"},
    "desk": {"mode": "desk"},
    "online": {"mode": "online"},
    "post": {"mode": "post", "address": "12 Hùng Vương, phường Đông Hà, tỉnh Quảng Trị"},
}
PUBLIC = {
    "code",
    "status",
    "received_at",
    "appointment_at",
    "result_at",
    "delivered_at",
    "overdue",
    "standing",
    "outcome_label",
}
PAUSE = timedelta(minutes=10)
"""How long it waits for a payment: from one action to the next."""
FOR_THE_APPLICANT = {
    "applicant",
    "procedure",
    "procedure_name",
    "agency_name",
    "steps",
    "slips",
    "results",
    "notices",
    "messages",
}


def test_there_are_the_eleven_procedures_of_the_plan(office: Office) -> None:
    client = office.client()
    status, listed = client.call(client.desk_officer("SYT"), "GET", "/procedures")
    assert status == 200
    assert len(PROCEDURES) == 11
    assert {found["code"] for found in listed["data"]} >= set(PROCEDURES)


@pytest.mark.rule("QT-18.1", "QT-18.2", "QT-18.4", "QT-18.5", "QT-22.2")
@pytest.mark.parametrize(("code", "agency", "channel"), COURSES, ids=lambda value: str(value))
def test_from_registration_to_delivery(office: Office, code: str, agency: str, channel: str) -> None:
    client = office.client()
    desk = client.desk_officer(agency)
    full = PROCEDURES[code]["service_level"] == "full"
    deliver = DELIVER["desk" if channel == "online" and not full else channel]
    registered = client.register(agency, code, channel, deliver=deliver, notify=["email"], data={"request": "Đề nghị."})
    course = _drive(office, client, registered, desk)

    _, procedure = client.call(desk, "GET", f"/procedures/{code}")
    pays = any(step["id"] == "await_payment" for step in procedure["steps"])
    assert course["statuses"] == ([1] if channel == "online" else []) + [2, 4, *([6, 4] if pays else []), 9, 10]
    _, shown = client.call(desk, "GET", f"/dossiers/{registered['code']}")
    chosen = {
        "lead": [agency],
        "=item": shown["data"].get("asked_agencies"),
        "=commune": [shown["data"].get("commune")],
    }
    drawn = [
        (step["id"], step["position"], one)
        for step in procedure["steps"]
        for one in chosen.get(step["agency"]) or [step["agency"]]
    ]
    *side, last = drawn
    assert course["path"] == ([("check_online", "desk_officer", agency)] if channel == "online" else []) + [
        *side,
        last,
        last,
    ]

    accepted = office.dossier(registered["code"]).clock["started_at"]
    calendar = WorkCalendar.from_dict(calendar_data())
    started = datetime.fromisoformat(accepted)
    limit = parse_published(PROCEDURES[code]["limit"], PROCEDURES[code]["limit_unit"], calendar.seconds_per_day)
    dossier = office.dossier(registered["code"])
    if limit is None:
        assert (dossier.deadline_at, dossier.appointment_at) == (None, None)
    elif isinstance(limit, Limit):
        paused = PAUSE.total_seconds() if pays else 0
        assert dossier.deadline_at == calendar.due(started, limit.seconds + int(paused))
        assert dossier.appointment_at == calendar.next_session(dossier.deadline_at)
    else:
        assert (dossier.deadline_at, dossier.appointment_at) == (calendar.day_end(started),) * 2
    assert dossier.overdue is False
    _receipt_can_be_fetched(client, desk, registered["code"])
    _public_sees(office, client, registered["code"])
    _nothing_is_left(office, registered["code"])


@pytest.mark.rule("QT-22.2c", "QT-15.1b")
def test_a_certified_copy_is_done_at_once_by_who_holds_the_steps_and_signed_by_who_signs(office: Office) -> None:
    """In Triệu Phong the desk's officer is the judicial officer too; the chairman signs; nobody asked for a receipt."""
    client = office.client()
    body = {
        "procedure": "2.000815",
        "applicant": {"name": "Trần Thị Ánh Nguyệt"},
        "components": [{"code": "TP02", "kind": "copy", "quantity": 2}],
        "at_once": True,
    }
    status, registered = client.call("bui.huu.tai", "POST", "/dossiers", body)
    assert (status, registered["task"]["step"], registered["slips"]) == (201, "sign", [])
    code = registered["code"]
    for username, step in (("le.ba.thuan", "sign"), ("bui.huu.tai", "return_result")):
        office.clock.move(minutes=5)
        office.tick()
        (task,) = client.open_tasks(code, username)
        assert task["step"] == step
        status, done = client.call(username, "POST", f"/tasks/{task['id']}/complete", {})
        assert status == 200, done
        office.sound(code)
    assert done["status"]["number"] == 10
    _nothing_is_left(office, code)


def _drive(office: Office, client: Client, registered: dict[str, Any], desk: str) -> dict[str, list[Any]]:
    """Acts with ten minutes between any two actions and the worker ticking in between."""
    statuses, path = [registered["status"]["number"]], []
    while statuses[-1] != 10:
        office.clock.move(minutes=10)
        office.tick()
        while not client.open_tasks(registered["code"], desk):
            office.clock.move(days=1)  # it is posted for fifteen days
            office.tick()
        done = client.step(registered["code"], desk)
        path.append((done["step"], done["position"], done["agency"]))
        if done["status"]["number"] != statuses[-1]:
            statuses.append(done["status"]["number"])
        office.sound(registered["code"])
        assert len(path) < 40
    return {"statuses": statuses, "path": path}


def _receipt_can_be_fetched(client: Client, desk: str, code: str) -> None:
    status, listed = client.call(desk, "GET", f"/dossiers/{code}/slips")
    assert (status, [slip["kind"] for slip in listed["data"]]) == (200, ["receipt"])
    status, pdf = client.call(desk, "GET", listed["data"][0]["pdf"].removeprefix("/api/v1"))
    assert (status, pdf[:5], len(pdf) > 5000) == (200, b"%PDF-", True)


def _public_sees(office: Office, client: Client, code: str) -> None:
    """By code state and dates only; with the token of the slip's QR code more. A wrong token shows no more than none."""
    status, shown = client.send("GET", f"/public/dossiers/{code}")
    assert (status, set(shown)) == (200, PUBLIC)
    assert shown["status"]["number"] == 10
    assert client.send("GET", f"/public/dossiers/{code}?token=wrong")[1] == shown
    token = office.dossier(code).token
    status, more = client.send("GET", f"/public/dossiers/{code}?token={token}")
    assert (status, set(more)) == (200, PUBLIC | FOR_THE_APPLICANT)
    assert more["applicant"] == "Trần Thị Ánh Nguyệt"
    assert {step["state"] for step in more["steps"]} == {"done"}
    status, pdf = client.send("GET", more["slips"][0]["pdf"].removeprefix("/api/v1"))
    assert (status, pdf[:5]) == (200, b"%PDF-")
    status, _ = client.send("GET", more["slips"][0]["pdf"].removeprefix("/api/v1").replace(token, "wrong"))
    assert status == 404


def _nothing_is_left(office: Office, code: str) -> None:
    office.sound(code)
    dossier = office.dossier(code)

    def look(connection: Connection) -> tuple[dict[str, bool], list[str]]:
        rows = connection.execute(
            select(ProcessInstance.kind, ProcessInstance.finished_at).where(ProcessInstance.dossier_id == dossier.id)
        )
        kinds = [row.kind for row in history.history_of(connection, dossier.id)]
        return {row.kind: row.finished_at is not None for row in rows}, kinds

    instances, kinds = office.ask(look)
    assert instances == dict.fromkeys(instances, True)
    assert {"main", *(["deadline_watch"] if dossier.deadline_at else [])} <= set(instances)
    assert [kinds.count(kind) for kind in ("registered", "accepted", "result_confirmed", "delivered")] == [1, 1, 1, 1]
