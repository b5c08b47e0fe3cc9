"""A dossier's law: read once, again when a calendar changed, and as it was when the dossier's clock was folded."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection

from app.calendars import OFFICE_HOURS
from app.lawbook import changed_calendars, law_of, profile_named, rules_as_folded, rules_for
from app.rules.clock import ClockRules, ClockState
from app.rules.profile import ProfileError
from app.store import calendar_changes, calendars, organisation
from tests import factories
from tests.factories import START
from tests.fixtures.application import Writing
from tests.fixtures.statements import counted_statements

HOLIDAY: dict[str, Any] = {"weekly": OFFICE_HOURS, "holidays": ["2026-11-23"]}
SATURDAYS: dict[str, Any] = {"weekly": OFFICE_HOURS | {"sat": [["07:00", "11:30"]]}}
DAY_AND_NIGHT: dict[str, Any] = {"weekly": {"mon-sun": [["00:00", "24:00"]]}, "minutes_per_day": 1440}


@dataclass
class Under:
    """What the lawbook reads of a dossier."""

    agency_id: int
    procedure_id: int = 0
    profile: str = "quang_tri"
    calendar_epoch: int = 1
    clock_epoch: int = 1
    clock: dict[str, Any] = field(default_factory=dict)

    def at(self, epoch: int) -> Under:
        return Under(self.agency_id, self.procedure_id, self.profile, epoch, self.clock_epoch, self.clock)


def change(connection: Connection, calendar: int, data: dict[str, Any]) -> int:
    """Change a calendar as an administrator does; answers the epoch."""
    epoch = organisation.bump_epoch(connection)
    before = calendars.calendar_by_id(connection, calendar).data
    calendars.save_data(connection, calendar, data, epoch)
    values = {"calendar_id": calendar, "before": before, "after": data, "epoch": epoch, "reason": "Nghỉ bão"}
    calendar_changes.add_change(connection, values | {"made_at": START, "total": 0})
    return epoch


def hour_later(rules: ClockRules) -> datetime:
    return rules.calendar.due(START, 3600)


def test_rules_are_read_once(app: Flask, writing: Writing) -> None:
    with writing() as connection:
        dossier = Under(factories.agency(connection, "SYT"))
        first = rules_for(connection, dossier)
        with counted_statements(app) as seen:
            assert rules_for(connection, dossier) is first
            assert rules_as_folded(connection, dossier) is first
        assert seen == []
        assert first.profile is profile_named("quang_tri")


def test_a_holiday_announced_late_is_seen_with_the_new_epoch_and_the_old_clock_can_still_be_explained(
    writing: Writing,
) -> None:
    with writing() as connection:
        calendar = factories.calendar(connection)
        dossier = Under(factories.agency(connection, "SYT", calendar_id=calendar))
        before = rules_for(connection, dossier)
        dossier = dossier.at(change(connection, calendar, HOLIDAY))
        after = rules_for(connection, dossier)
        assert changed_calendars(law_of(connection, dossier), dossier, ClockState()) == {calendar}
        as_it_was = rules_as_folded(connection, dossier)
    assert hour_later(before) == hour_later(as_it_was) == START + timedelta(hours=1)
    assert hour_later(after) == START + timedelta(hours=24)  # Tuesday 08:00, an hour after opening


def test_a_clock_folded_between_two_changes_is_explained_by_what_held_then(writing: Writing) -> None:
    with writing() as connection:
        calendar = factories.calendar(connection)
        dossier = Under(factories.agency(connection, "SYT", calendar_id=calendar))
        dossier.clock_epoch = change(connection, calendar, HOLIDAY)
        dossier.calendar_epoch = change(connection, calendar, {"weekly": {"sun": [["00:00", "24:00"]]}})
        assert hour_later(rules_as_folded(connection, dossier)) == START + timedelta(hours=24)


def test_somebody_elses_calendar_makes_nobody_stale(writing: Writing) -> None:
    with writing() as connection:
        own, other = factories.calendar(connection), factories.calendar(connection)
        dossier = Under(factories.agency(connection, "SYT", calendar_id=own))
        factories.agency(connection, "STC", calendar_id=other)
        dossier = dossier.at(change(connection, other, HOLIDAY))
        law = law_of(connection, dossier)
        assert changed_calendars(law, dossier, ClockState()) == frozenset()
        assert changed_calendars(law, dossier, ClockState(agencies=("STC",))) == {other}, "it held the dossier once"


def test_desk_and_office_may_differ_and_each_agency_has_its_own(writing: Writing) -> None:
    with writing() as connection:
        office, desk = factories.calendar(connection), factories.calendar(connection, **SATURDAYS)
        dossier = Under(factories.agency(connection, "SYT", calendar_id=office, desk_calendar_id=desk))
        factories.agency(connection, "STC", calendar_id=desk)
        rules = rules_for(connection, dossier)
    saturday = START + timedelta(days=5)
    assert rules.calendar.counted(saturday) > saturday
    assert rules.calendar_of("SYT", desk=True).counted(saturday) == saturday
    assert rules.calendar_of("SYT", desk=False).counted(saturday) > saturday
    assert rules.calendar_of("STC", desk=False).counted(saturday) == saturday


def test_a_procedures_own_calendar_counts_everywhere(writing: Writing) -> None:
    with writing() as connection:
        always = factories.calendar(connection, **DAY_AND_NIGHT)
        agency = factories.agency(connection, "SYT")
        urgent = factories.procedure(connection, "urgent", [agency], calendar_id=always)
        usual = factories.procedure(connection, "usual", [agency])
        rules = rules_for(connection, Under(agency, urgent))
        assert rules_for(connection, Under(agency, usual)) is not rules
    night = START + timedelta(hours=15)
    assert rules.calendar.counted(night) == night
    assert rules.calendar_of("SYT", desk=True).counted(night) == night
    assert rules.calendar_of("STC", desk=False).counted(night) == night


def test_an_agency_that_came_later_is_known(writing: Writing) -> None:
    with writing() as connection:
        first = Under(factories.agency(connection, "SYT"))
        rules_for(connection, first)
        assert rules_for(connection, Under(factories.agency(connection, "STC"))).calendar.seconds_per_day == 8 * 3600


def test_an_epoch_is_never_given_twice(writing: Writing) -> None:
    taken: list[int] = []

    def take_and_fail() -> None:
        with writing() as connection:
            taken.append(organisation.bump_epoch(connection))
            raise RuntimeError

    for _ in range(3):
        with pytest.raises(RuntimeError):
            take_and_fail()
    with writing() as connection:
        taken += [organisation.bump_epoch(connection) for _ in range(3)]
    assert taken == sorted(set(taken))


def test_a_province_without_a_profile_is_named() -> None:
    with pytest.raises(ProfileError, match="khong_co"):
        profile_named("khong_co")
