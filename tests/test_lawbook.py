"""A dossier's law: read once, and again when its calendar has a new revision."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.calendars import OFFICE_HOURS
from app.lawbook import profile_named, rules_for
from app.rules.profile import ProfileError
from app.store.organisation import Calendar
from tests import factories
from tests.factories import START
from tests.fixtures.application import Writing
from tests.fixtures.statements import counted_statements

HOLIDAY: dict[str, Any] = {"weekly": OFFICE_HOURS, "holidays": ["2026-11-23"]}


def test_rules_are_read_once_for_a_revision(app: Flask, writing: Writing) -> None:
    with writing() as connection:
        calendar = factories.calendar(connection)
        first = rules_for(connection, "quang_tri", calendar, 1)
        with counted_statements(app) as seen:
            assert rules_for(connection, "quang_tri", calendar, 1) is first
        assert seen == []
        assert first.profile is profile_named("quang_tri")


def test_a_holiday_announced_late_is_seen_with_the_new_revision(writing: Writing) -> None:
    with writing() as connection:
        calendar = factories.calendar(connection)
        before = rules_for(connection, "quang_tri", calendar, 1)
        factories.set_columns(connection, "calendars", calendar, data=HOLIDAY, revision=2)
        after = rules_for(connection, "quang_tri", calendar, 2)
    assert before.calendar.due(START, 3600) == START + timedelta(hours=1)
    assert after.calendar.due(START, 3600) == START + timedelta(hours=24)  # Tuesday 08:00, an hour after opening


def test_calendars_do_not_mix(writing: Writing) -> None:
    with writing() as connection:
        plain, with_holiday = factories.calendar(connection), factories.calendar(connection, **HOLIDAY)
        assert connection.execute(select(Calendar.revision)).scalars().all() == [1, 1]
        assert rules_for(connection, "quang_tri", plain, 1).calendar.between(START, START + timedelta(hours=1)) == 3600
        assert (
            rules_for(connection, "quang_tri", with_holiday, 1).calendar.between(START, START + timedelta(hours=1)) == 0
        )


def test_a_province_without_a_profile_is_named() -> None:
    with pytest.raises(ProfileError, match="khong_co"):
        profile_named("khong_co")
