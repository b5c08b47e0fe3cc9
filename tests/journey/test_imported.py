"""Dossiers of an old system at any step of any shipped procedure, worked on from there to the end by real actions."""

from __future__ import annotations

from typing import Any

import pytest

from app.access.caller import Caller
from app.actions.import_columns import COLUMNS
from app.actions.import_preview import LookAt, OldFile, preview
from app.actions.import_run import accept_import, run_import
from app.actions.runner import Context
from app.demo.content import content
from app.store import accounts, imports
from app.views.sheet_files import csv_file
from app.wording import LOCAL
from tests.journey.client import Client
from tests.journey.conftest import Office

PROCEDURES = {procedure["code"]: procedure for procedure in content("procedures")["procedures"]}
TITLES = {column.name: column.title for column in COLUMNS}
DATA = {"data.asked_agencies": '["STC", "SNNMT"]', "data.commune": "P.DONGHA"}


def moved_in(office: Office, rows: list[dict[str, Any]], source: str) -> list[str]:
    """The codes of the dossiers that these rows become."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    table = csv_file([TITLES.get(name, name) for name in names], [[row.get(name) for name in names] for row in rows])
    admin = next(one["username"] for one in office.accounts if "dossier.import" in one["permissions"])
    now = office.clock()
    day = now.astimezone(LOCAL).date()

    def who(connection: Any) -> Any:
        found = next(row for row in accounts.accounts_on(connection, day) if row.username == admin)
        return Caller.of(found, day)

    context = Context(office.ask(who), now)
    with office.app.app_context():
        import_id = preview(LookAt(source, OldFile("ho-so.csv", table), None, "quang_tri"), context)
        accept_import(import_id, None, context)
        run_import(import_id, now)
    done = office.ask(lambda connection: imports.lines(connection, import_id, most=10_000))
    assert [row.state for row in done] == ["imported"] * len(rows), [(row.problem, row.remarks) for row in done]
    return [str(row.dossier) for row in done]


def finish(office: Office, client: Client, code: str, desk: str) -> None:
    for _ in range(60):
        office.sound(code)
        if office.dossier(code).status == 10:
            return
        office.clock.move(minutes=10)
        office.tick()
        for _ in range(40):
            if client.open_tasks(code, desk):
                break
            office.clock.move(days=1)
            office.tick()
        client.step(code, desk)
    raise AssertionError(f"{code} is not delivered")


@pytest.mark.rule("QT-16.2", "QT-28.5d1")
@pytest.mark.parametrize("code", sorted(PROCEDURES))
def test_a_dossier_is_moved_in_at_any_step_and_worked_to_its_end(office: Office, code: str) -> None:
    client = office.client()
    agency = PROCEDURES[code]["agencies"][0]
    desk = client.desk_officer(agency)
    status, shown = client.call(desk, "GET", f"/procedures/{code}")
    assert status == 200
    steps = [step["id"] for step in shown["steps"]]
    rows = [
        {
            "old_code": f"{code}/{step}",
            "procedure": code,
            "agency": agency,
            "name": "Trần Thị Ánh Nguyệt",
            "received_at": "16/11/2026 08:00",
            "deadline": "31/12/2026",
            "step": step,
            **DATA,
        }
        for step in steps
    ]
    made = dict(zip(steps, moved_in(office, rows, f"cũ {code}"), strict=True))
    for step, dossier in made.items():
        assert {task["step"] for task in client.open_tasks(dossier, desk)} == {step}
        office.sound(dossier)
    # To the end from one in the middle: from each of them the engine's own test walks on (tests/engine/test_arriving.py).
    finish(office, client, made[steps[len(steps) // 2]], desk)
