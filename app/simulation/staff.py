"""Who works, and when: people with the hours of their agency's office or desk, and days on which they are away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from app.rules.calendar import WorkCalendar
from app.rules.calendar_form import read_form
from app.simulation.draws import Draws
from app.simulation.plan import LoadPlan, Place, Worker

_TAIL = 366
"""So many days after the last week absences are drawn for: what came late is still worked on."""


@dataclass(slots=True)
class Person:
    """One who works, and what came of it: `spans` are (from, to) of what she did, `done` how often."""

    number: int
    worker: Worker
    calendar: WorkCalendar
    spans: list[tuple[datetime, datetime]] = field(default_factory=list)
    busy: float = 0.0

    @property
    def done(self) -> int:
        return len(self.spans)


@dataclass(frozen=True, slots=True)
class Hours:
    """The calendars' data of each agency: office and desk; of others `default`."""

    default: Mapping[str, Any]
    agencies: Mapping[str, tuple[Mapping[str, Any], Mapping[str, Any]]] = field(default_factory=dict)

    def of(self, agency: str, desk: bool) -> Mapping[str, Any]:
        own = self.agencies.get(agency)
        return self.default if own is None else own[desk]


def people_of(plan: LoadPlan, hours: Hours, desks: frozenset[str], draws: Draws) -> list[Person]:
    """The plan's people; who holds a position of `desks` first of all works by the desk's hours."""
    found = []
    plain: dict[int, WorkCalendar] = {}
    for number, worker in enumerate(plan.people):
        agency, position = worker.places[0]
        data = hours.of(agency, position in desks)
        if plan.absence <= 0:
            calendar = plain.setdefault(id(data), WorkCalendar.from_dict(data))
        else:
            calendar = _with_absences(data, plan, draws, worker.name)
        found.append(Person(number, worker, calendar))
    return found


def extra_person(number: int, place: Place, hours: Hours, desks: frozenset[str]) -> Person:
    """Somebody for a place that the plan forgot."""
    data = hours.of(place[0], place[1] in desks)
    return Person(number, Worker(f"Người giữ {place[1]}", (place,)), WorkCalendar.from_dict(data))


def _with_absences(data: Mapping[str, Any], plan: LoadPlan, draws: Draws, name: str) -> WorkCalendar:
    form = read_form(data)
    source = draws.of("absence", name)
    away = dict(form.exceptions)
    for number in range(plan.weeks * 7 + _TAIL):
        # Drawn for every day, so that a holiday more does not move the days after it.
        if source.random() < plan.absence:
            away[(plan.from_on + timedelta(days=number)).toordinal()] = ()
    return WorkCalendar(replace(form, exceptions=away))
