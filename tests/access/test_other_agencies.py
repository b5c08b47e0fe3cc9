"""What belongs to one agency, asked for by another: every route, with the real numbers and codes in its address.

The stranger has every permission that reaches no further than an agency, administers hers, and has a desk and a position there.
Nothing of the dossier, and no account or unit of the other agency, may come back, and nothing may change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import text

from app.rules.permissions import PERMISSIONS, Scope
from app.rules.routes import CONTROL_TELLS
from tests import factories
from tests.access.walking import Call, Walker, calls, walker
from tests.actions.conftest import emptying, guard, scene
from tests.actions.scene import Scene

__all__ = ["emptying", "guard", "scene"]

PERSON = {
    "name": "Hồ Thị Bí Mật",
    "id_number": "045088123987",
    "phone": "0977123456",
    "email": "bimat@example.org",
    "address": "Thôn Kín, xã Khuất",
}
SECRETS = (*PERSON.values(), "Ghi chú nội bộ", "giay-to-mat.pdf", "Chuyên viên Kín Tiếng")
OWN_AFFAIRS = {
    "administration_changes",
    "api_tokens",
    "draft_presence",
    "former_passwords",
    "idempotency_keys",
    "inbox_settings",
    "notice_switches",
    "notice_looks",
    "preferences",
    "presence",
    "procrastinate_events",
    "procrastinate_jobs",
    "saved_filters",
    "second_factors",
    "sign_in_attempts",
    "stolen_reports",
    "tours",
}
LIMITED = [name for name, one in PERMISSIONS.items() if one.scope is not Scope.EVERYWHERE]
BODIES: Mapping[str, Mapping[str, Any]] = {
    "task-actions.return_": {"comment": "x"},
    "task-actions.handoff": {"account": "la", "reason": "x"},
    "desk-actions.reassign": {"account": "la", "reason": "x"},
    "desk-actions.join": {"accounts": ["la"]},
    "task-actions.recall": {"comment": "x"},
    "side-actions.reject": {"comment": "x"},
    "side-actions.stop": {"comment": "x"},
    "side-actions.withdraw": {"comment": "x"},
    "remarks.add": {"text": "x"},
    "slips.issue": {"kind": "receipt"},
    "fees.collect": {"lines": [{"name": "Phí", "amount": 1000}]},
    "dossier-actions.amend": {"reason": "x"},
    "dossier-actions.correct": {"seq": 1, "reason": "x"},
    "dossier-actions.reprint": {"reason": "x"},
    "account-administration.lock": {"reason": "x"},
    "account-administration.give_password": {"reason": "x"},
}


@dataclass(frozen=True)
class Office:
    scene: Scene
    known: dict[str, Any]
    code: str
    account: int


@pytest.fixture
def office(scene: Scene) -> Iterator[Office]:
    """A dossier with everything a dossier can have, at the department; its people and units."""
    app = scene.app
    before = app.config.get("WTF_CSRF_METHODS")
    app.config["WTF_CSRF_METHODS"] = set()
    with scene.writing() as connection:
        factories.set_columns(connection, "accounts", scene.province.accounts["binh"], name="Chuyên viên Kín Tiếng")
    code = scene.register(applicant=PERSON, notify=["email", "sms"])["code"]
    scene.client("desk").post(
        f"/api/v1/dossiers/{code}/attachments", data={"file": (BytesIO(b"%PDF-1.7 mat"), "giay-to-mat.pdf")}
    )
    assert (
        scene.client("desk").post(f"/api/v1/dossiers/{code}/remarks", json={"text": "Ghi chú nội bộ"}).status_code < 300
    )
    scene.client("desk").post(f"/api/v1/dossiers/{code}/slips", json={"kind": "receipt"})
    with scene.reading() as connection:
        first = {
            name: connection.execute(text(f"SELECT min(id) FROM {table}")).scalar()  # noqa: S608
            for name, table in (
                ("task_id", "tasks"),
                ("attachment_id", "attachments"),
                ("slip_id", "slips"),
                ("remark_id", "remarks"),
                ("delivery_id", "deliveries"),
                ("entry_id", "fee_entries"),
                ("holding_id", "account_positions"),
            )
        }
    known = {name: number for name, number in first.items() if number is not None}
    known |= {"code": code, "number": 1, "username": "binh", "agency": "SYT", "unit": "room", "position": "clerk"}
    yield Office(scene, known, code, scene.province.accounts["binh"])
    app.config["WTF_CSRF_METHODS"] = before


def stranger(office: Office) -> Walker:
    scene = office.scene
    with scene.writing() as connection:
        home = factories.agency(connection, "STC", name="Sở Tài chính")
        unit = factories.unit(connection, home, "desk", "desk")
        held = factories.position(connection, home, unit, "desk_officer", head=True)
        account = factories.account(connection, "la", home, [held], LIMITED)
        token = factories.token_for(connection, account)
    return Walker(scene.app, token)


def told(answer: Any) -> list[str]:
    """What of the dossier an answer gives away, its own address apart."""
    body = answer.data.decode("utf-8", "replace")
    return [secret for secret in SECRETS if secret in body]


def each(office: Office) -> Iterator[Call]:
    """Routes of dossiers and tasks with the dossier's, those of agencies, units and accounts with the department's."""
    codes = {"code": "SYT"}
    seen = set[tuple[str, str, str]]()
    for known in (office.known, office.known | codes):
        for call in calls(office.scene.app, known):
            if (call.endpoint, call.method, call.path) not in seen and call.endpoint not in LEFT_OUT:
                seen.add((call.endpoint, call.method, call.path))
                yield call


LEFT_OUT = {  # what ends the very account or session that walks
    "notices.try_notices",  # writes to herself
    "web.try_notices",
    "my-account.end_my_other_sessions",
    "sign-ins.report_mine",
    "web.end_my_sessions",
    "web.report",
    "web.sign_out_now",
    "web.static",
}


def changed(office: Office, before: Mapping[str, Any]) -> set[str]:
    after = office.scene.contents()
    return {name for name in before if before[name] != after.get(name)} - OWN_AFFAIRS


@pytest.mark.rule("QT-27.3p", "QT-6", "HT-16.1")
def test_another_agency_gets_nothing_and_changes_nothing(office: Office) -> None:
    who = stranger(office)
    before = office.scene.contents()
    wrong = []
    for call in each(office):
        if "anyone" in call.opens:
            continue
        with who.call(call, BODIES.get(call.endpoint)) as answer:
            of_the_dossier = office.code in call.path or f"/{office.known['task_id']}" in call.path
            opened = answer.status_code < 300 and office.code in call.path
            if told(answer) or answer.status_code >= 500 or opened or (answer.status_code == 401):
                wrong.append((call, answer.status_code, told(answer), of_the_dossier))
    assert wrong == []
    assert changed(office, before) == set()


@pytest.mark.rule("QT-27.4", "HT-16.2")
def test_the_control_office_sees_the_dossier_and_changes_nothing(office: Office) -> None:
    scene = office.scene
    with scene.writing() as connection:
        who = walker(scene.app, connection, "kiem-soat", scene.province.office, ("control.view",))
    assert who.call(Call("dossiers.read_dossier", "GET", f"/api/v1/dossiers/{office.code}")).status_code == 200
    wrong, seen = [], 0
    before = scene.contents()
    for call in each(office):
        if "anyone" in call.opens or call.endpoint in CONTROL_TELLS:
            continue
        with who.call(call, BODIES.get(call.endpoint)) as answer:
            reads = call.method == "GET" and "control.view" in call.opens
            seen += reads and answer.status_code == 200
            if answer.status_code >= 500 or answer.status_code == 401:
                wrong.append((call, answer.status_code))
    assert wrong == []
    assert seen > 60
    assert changed(office, before) <= {"file_accesses", "files"}  # that it opened them is written down
