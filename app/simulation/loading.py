"""A simulation from its question to its figures, without a database: what is asked and what the answer says is JSON.

The ground on which a plan runs is kept with it: the files, the calendars and the profile of that day. So a run that was broken
off is begun again, and one with other people is compared, on the same ground.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from app.lawbook import profile_named
from app.rules.calendar import WorkCalendar
from app.rules.clock import ClockRules
from app.rules.legality import RECEIVE, RETURN
from app.simulation.arrivals import arrivals, first_instant, last_instant
from app.simulation.courses import beginner, likely_data
from app.simulation.draws import Draws
from app.simulation.figures import figures
from app.simulation.load import Floor
from app.simulation.plan import MOST_DOSSIERS, LoadPlan
from app.simulation.played import PlayedProcedure
from app.simulation.staff import Hours, people_of

_TAIL = timedelta(weeks=26)
"""So long after the last week dossiers are still worked on."""


@dataclass(frozen=True, slots=True)
class Ground:
    """- limit, limit_unit: as the procedure publishes them; profile: its name
    - diagram, called: the files' texts; forms: schemas by name
    - calendars: data by name; own: the calendar of a procedure that has its own; default: of an agency that is not named
    - agencies: office's and desk's calendar by agency's code
    - holders: agencies that have a position, by its code
    """

    profile: str
    limit: str
    limit_unit: str
    diagram: str
    called: Mapping[str, str]
    forms: Mapping[str, Any]
    calendars: Mapping[str, Mapping[str, Any]]
    default: str
    agencies: Mapping[str, tuple[str, str]]
    own: str | None = None
    holders: Mapping[str, list[str]] = field(default_factory=dict)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Ground:
        pairs = {code: (office, desk) for code, (office, desk) in data["agencies"].items()}
        return cls(**{**data, "agencies": pairs})

    def played(self) -> PlayedProcedure:
        """Errors: DiagramRejected."""
        called = {name: text.encode() for name, text in self.called.items()}
        return PlayedProcedure.of(self.diagram.encode(), self.limit, self.limit_unit, called, self.forms)

    def hours(self) -> Hours:
        """Whoever works for a procedure with its own calendar works by that."""
        if self.own is not None:
            return Hours(self.calendars[self.own])
        named = {code: (self.calendars[office], self.calendars[desk]) for code, (office, desk) in self.agencies.items()}
        return Hours(self.calendars[self.default], named)

    def rules(self) -> Callable[[str], ClockRules]:
        """The clock's rules of dossiers that an agency receives."""
        made = {name: WorkCalendar.from_dict(data) for name, data in self.calendars.items()}
        profile = profile_named(self.profile)
        if self.own is not None:
            own = ClockRules(calendar=made[self.own], profile=profile)
            return lambda agency: own
        agencies = {code: (made[office], made[desk]) for code, (office, desk) in self.agencies.items()}

        @cache
        def rules(agency: str) -> ClockRules:
            office, desk = agencies.get(agency, (made[self.default], made[self.default]))
            return ClockRules(calendar=office, profile=profile, desk=desk, agencies=agencies)

        return rules


def run_load(
    ground: Ground, plan: LoadPlan, tell: Callable[[int, int], None] = lambda done, total: None
) -> dict[str, Any]:
    """The figures of a plan; `tell` hears how many dossiers are through, of how many. Errors: DiagramRejected."""
    played, hours, rules = ground.played(), ground.hours(), ground.rules()
    draws = Draws(plan.seed)
    coming: list[tuple[datetime, str, str]] = []
    for stream in plan.streams:
        desk = WorkCalendar.from_dict(hours.of(stream.agency, True))
        instants = arrivals(plan, stream, desk, draws)
        coming += [(at, f"{stream.agency}#{number}", stream.agency) for number, at in enumerate(instants)]
    coming.sort()
    office = WorkCalendar.from_dict(hours.default)
    begins_at, ends_at = first_instant(plan, office), last_instant(plan, office)
    steps = played.definition.steps
    desks = frozenset(step.position for step in steps.values() if step.stage in (RECEIVE, RETURN))
    total = min(len(coming), MOST_DOSSIERS)
    names = [name for _, name, _ in coming]
    holders = {"": [stream.agency for stream in plan.streams], **ground.holders}
    begin = beginner(
        played, rules, lambda number: likely_data(ground.forms, holders, draws.of("data", names[number - 1]))
    )
    people = people_of(plan, hours, desks, draws)
    floor = Floor(plan, begin, people, hours, (begins_at, ends_at), lambda done: tell(done, total))
    run = floor.run(coming, ends_at + _TAIL)
    found = figures(
        floor, run, begins_at + timedelta(weeks=plan.warm_up), {name: step.name for name, step in steps.items()}
    )
    return found | {"left_out": len(coming) - total}
