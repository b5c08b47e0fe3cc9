"""Drafts: one for each account and task, its writer's alone, gone some time after the task."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.access.caller import Caller
from app.actions.drafts import Typed, draft_for, forget_draft, save_draft
from app.errors import DomainError
from app.jobs import duties
from app.store import accounts, drafts
from app.store.drafts import Draft
from app.store.transaction import reading
from tests import factories
from tests.factories import START, Clock, Province
from tests.fixtures.application import Writing


@pytest.fixture
def province(writing: Writing) -> Province:
    with writing() as connection:
        return factories.small_province(connection)


@pytest.fixture
def task(writing: Writing, province: Province) -> int:
    return add_task(writing, province)


def add_task(writing: Writing, province: Province) -> int:
    with writing() as connection:
        found = factories.dossier(connection, province.health, province.procedure, province.version)
        running = factories.instance(connection, found, province.version)
        return factories.task(connection, found, running, province.positions["officer"])


def caller(app: Flask, province: Province, username: str) -> Caller:
    with app.app_context(), reading() as connection:
        found = accounts.account_by_id(connection, province.accounts[username], START.date())
    assert found is not None
    return Caller.of(found, START.date())


def kept(writer: Caller, task: int) -> str | None:
    """The comment of her draft."""
    found = draft_for(writer, task)
    return found.text if found else None


def test_a_draft_is_kept_replaced_and_forgotten(app: Flask, province: Province, task: int) -> None:
    binh = caller(app, province, "binh")
    with app.app_context():
        assert draft_for(binh, task) is None
        save_draft(binh, task, Typed("Đề nghị bổ sung"), START)
        save_draft(binh, task, Typed("  Đề nghị bổ sung:\r\n- mục 2\n"), START)
        assert kept(binh, task) == "Đề nghị bổ sung:\n- mục 2"
        forget_draft(binh, task)
        forget_draft(binh, task)
        assert draft_for(binh, task) is None


def test_nothing_written_is_no_draft(app: Flask, province: Province, task: int) -> None:
    binh = caller(app, province, "binh")
    with app.app_context():
        save_draft(binh, task, Typed("x"), START)
        save_draft(binh, task, Typed(" \n"), START)
        assert draft_for(binh, task) is None


def test_each_writer_has_her_own(app: Flask, province: Province, task: int) -> None:
    binh, chi = caller(app, province, "binh"), caller(app, province, "chi")
    with app.app_context():
        save_draft(binh, task, Typed("của Bình"), START)
        save_draft(chi, task, Typed("của Chi"), START)
        forget_draft(chi, task)
        assert (kept(binh, task), draft_for(chi, task)) == ("của Bình", None)


def test_it_is_as_long_as_a_comment_may_be(app: Flask, province: Province, task: int) -> None:
    binh = caller(app, province, "binh")
    longest = "ế" * drafts.LONGEST
    with app.app_context():
        save_draft(binh, task, Typed(longest), START)
        assert kept(binh, task) == longest
        for bad in (longest + "x", "a\0b", "a\ud800b", "a\x1bb"):
            with pytest.raises(DomainError) as caught:
                save_draft(binh, task, Typed(bad), START)
            assert (caught.value.code, set(caught.value.errors or {})) == ("invalid", {"comment"})
        assert kept(binh, task) == longest


def test_there_is_none_on_a_task_that_is_not_to_be_seen(app: Flask, province: Province, task: int) -> None:
    with app.app_context():
        for who, where in (("official", task), ("admin", task), ("binh", 10**15)):
            with pytest.raises(DomainError) as caught:
                save_draft(caller(app, province, who), where, Typed("x"), START)
            assert caught.value.code == "not_found"


def test_those_of_tasks_that_ended_long_ago_are_dropped(
    app: Flask, clock: Clock, province: Province, writing: Writing
) -> None:
    binh = caller(app, province, "binh")
    still, recent, old = (add_task(writing, province) for _ in range(3))
    with app.app_context():
        for task in (still, recent, old):
            save_draft(binh, task, Typed("nháp"), START)
    with writing() as connection:
        factories.set_columns(connection, "tasks", recent, state="done", finished_at=START)
        factories.set_columns(connection, "tasks", old, state="cancelled", finished_at=START - timedelta(seconds=1))
    clock.at = START + timedelta(days=30)
    with app.app_context():
        duties.drop_old_drafts()
        with reading() as connection:
            assert set(connection.execute(select(Draft.task_id)).scalars()) == {still, recent}
