"""Words in which clock tests tell a dossier's course as the regulation does: received, passed on, asked, apologised, decided.

A place is `agency/step`; a dossier of five days received on a Monday morning is due the next Monday at the same hour.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest

from app.rules.clock import Applied, ClockRefusal, ClockRules, ClockState, fold
from app.rules.events import Event, Holding
from app.rules.limits import Limit
from app.rules.profile import Profile
from tests.regulation.provinces import PROVINCES
from tests.rules.calendars import OFFICE_CALENDAR, at, shown

HOUR = 3600
WORKING_DAY = 8 * HOUR

BY_PROVINCE = [pytest.param(ClockRules(OFFICE_CALENDAR, profile), id=name) for name, profile in PROVINCES.items()]
"""The rules of every province: what holds alike in all of them is tested in all of them."""


def rules_of(profile: Profile) -> ClockRules:
    return ClockRules(OFFICE_CALENDAR, profile)


def place(name: str, hours: int | None = None, account: str | None = None) -> Holding:
    """A step and who has it; `hours`: its limit."""
    agency, step = name.split("/")
    return Holding(name, agency, step, account=account, limit=None if hours is None else Limit(hours * HOUR))


def received(when: str, by: str = "A/desk", days: int = 5, **data: Any) -> Event:
    """Accepted, with so many working days for the whole procedure."""
    return Event("accepted", at(when), opens=(place(by),), data={"limit_seconds": days * WORKING_DAY} | data)


def passed(when: str, source: str, target: str, kind: str = "forwarded", hours: int | None = None) -> Event:
    """From one step to another; `kind`: how."""
    return Event(kind, at(when), (source,), (place(target, hours),))


def act(kind: str, when: str, **data: Any) -> Event:
    """An act upon the whole dossier, with the file of its slip unless that is left out on purpose (`file=None`)."""
    return Event(kind, at(when), data={"file": "phieu.pdf"} | {key: _text(value) for key, value in data.items()})


def _text(value: Any) -> Any:
    return value.replace(" ", "T") if isinstance(value, str) and value[:2] == "20" and " " in value else value


def course(rules: ClockRules, *events: Event) -> ClockState:
    return told(rules, *events).state


def told(rules: ClockRules, *events: Event) -> Applied:
    return fold(events, rules)


def refused(rules: ClockRules, *events: Event) -> str:
    """The rule by which the last of the events is refused; those before it are allowed."""
    fold(events[:-1], rules)
    with pytest.raises(ClockRefusal) as caught:
        fold(events, rules)
    return caught.value.rule


def charged(applied: Applied) -> Mapping[str, float]:
    """Whose working hours: by `agency/step`."""
    hours: dict[str, float] = {}
    for segment in applied.segments:
        if segment.charged:
            name = f"{segment.agency}/{segment.step}"
            hours[name] = hours.get(name, 0) + segment.seconds / HOUR
    return hours


def rules_told(applied: Applied, kind: str) -> list[str]:
    """The rules that the lines of these events name, in order."""
    return [line.rule for line in applied.lines if line.event == kind]


def local(instant: datetime | None) -> str | None:
    return None if instant is None else shown(instant)
