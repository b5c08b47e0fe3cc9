"""By what an inbox can be filtered: the procedures and steps that wait in it, and nothing of anybody else's."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection

from app.access.caller import Caller
from app.errors import DomainError
from app.store import accounts
from app.store.transaction import reading
from app.views.inbox import InboxAsk, inbox_choices, inbox_page
from tests import factories
from tests.factories import START, Province
from tests.fixtures.application import Writing

TUITION = ("1.000001", "Giảm học phí công lập")
ALLOWANCE = ("1.000002", "Đề nghị trợ cấp")


@pytest.fixture
def province(writing: Writing) -> Province:
    with writing() as connection:
        return factories.small_province(connection)


def caller_named(app: Flask, province: Province, username: str) -> Caller:
    with app.app_context(), reading() as connection:
        account = accounts.account_by_id(connection, province.accounts[username], START.date())
    assert account is not None
    return Caller.of(account, START.date())


def add_task(connection: Connection, province: Province, position: str, procedure: int, **values: Any) -> None:
    found = factories.dossier(connection, province.health, procedure, province.version)
    running = factories.instance(connection, found, province.version)
    factories.task(connection, found, running, province.positions[position], **values)


def test_choices_are_what_waits_in_the_inboxes_by_name(app: Flask, province: Province, writing: Writing) -> None:
    with writing() as connection:
        allowance = factories.procedure(connection, ALLOWANCE[0], [province.health], name=ALLOWANCE[1])
        for _ in range(2):
            add_task(connection, province, "officer", province.procedure, step="process", step_name="Thụ lý giải quyết")
        add_task(connection, province, "officer", allowance, step="process", step_name="Thẩm tra, xử lý")
        add_task(connection, province, "officer", province.procedure, step="check", step_name="Đối chiếu")
        add_task(connection, province, "officer", province.procedure, step="old", state="done", finished_at=START)
        add_task(connection, province, "head", province.procedure, step="assign", step_name="Phân công")
    binh = caller_named(app, province, "binh")
    with app.app_context():
        waiting = inbox_choices(binh)
        of_the_room = inbox_choices(binh, ("unit",))
        nothing = inbox_choices(binh, ("mine",))
    assert waiting == {
        "procedures": [ALLOWANCE, TUITION],
        "steps": [("check", "Đối chiếu"), ("process", "Thụ lý giải quyết")],
    }
    assert [step for step, _ in of_the_room["steps"]] == ["check", "assign", "process"]
    assert nothing == {"procedures": [], "steps": []}


def test_another_agencys_inbox_offers_no_choices(app: Flask, province: Province) -> None:
    with app.app_context(), pytest.raises(DomainError) as refused:
        inbox_choices(caller_named(app, province, "official"), ("agency",), "SYT")
    assert refused.value.code == "forbidden"


def test_every_choice_finds_tasks(app: Flask, province: Province, writing: Writing) -> None:
    with writing() as connection:
        add_task(connection, province, "officer", province.procedure, step="process", step_name="Thụ lý giải quyết")
        add_task(connection, province, "officer", province.procedure, step="check", step_name="Đối chiếu")
    binh = caller_named(app, province, "binh")
    with app.app_context():
        choices = inbox_choices(binh)
        found = {
            step: [task["step"] for task in inbox_page(binh, InboxAsk(step=step), START, "quang_tri")["data"]]
            for step, _ in choices["steps"]
        }
        (procedure,) = choices["procedures"]
        total = inbox_page(binh, InboxAsk(procedure=procedure[0]), START, "quang_tri")["total"]
    assert found == {"process": ["process"], "check": ["check"]}
    assert total == 2
