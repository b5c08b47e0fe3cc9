"""A walk in memory as the simulation moves it: what waits for somebody, how long it may take, which drawn timer comes next."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from app.rules.clock import ClockRules, is_overdue
from app.rules.events import SUPPLEMENT_RECEIVED, SUPPLEMENT_REQUESTED
from app.rules.legality import RECEIVE, RETURN
from app.simulation.course import Begin, CourseEnded
from app.simulation.played import PlayedProcedure
from app.simulation.walk import OpenTask, Walk, WalkRefused

_MESSAGE = "message:"
_SHORT_LIST = 3
"""So many of a list's options are taken at most."""


@dataclass(frozen=True, slots=True)
class Work:
    """See `course.OpenWork`; `ref` is the same in every run."""

    key: str
    ref: str
    step: str
    name: str
    position: str
    agency: str
    desk: bool
    due_at: datetime | None
    limit_seconds: int | None
    by_calendar: bool = False
    waits: bool = False
    decisions: Sequence[str] = ()


class WalkCourse:
    """See `course.Course`."""

    def __init__(self, walk: Walk) -> None:
        self._walk = walk

    def open(self) -> Sequence[Work]:
        walk = self._walk
        if walk.held or walk.finished:
            return ()
        found = [self._work(task) for task in walk.open()]
        if not found and self.next_timer() is None:
            return [_awaited(walk, name) for name in dict.fromkeys(one.message for one in walk.messages())]
        return found

    def complete(self, key: str, at: datetime, decision: str | None, by: str | None) -> None:
        try:
            if key.startswith(_MESSAGE):
                self._walk.message(key.removeprefix(_MESSAGE), at)
            else:
                self._walk.complete(key, at, decision, by=by)
        except WalkRefused as refused:
            if refused.rule == "QT-17.4":  # a timer that was due by now has closed it
                return
            raise CourseEnded(refused.text) from refused

    def send_back(self, key: str, at: datetime, by: str | None) -> bool:
        try:
            if not self._walk.returns(key):
                return False
            self._walk.returned(key, None, at, by)
        except WalkRefused:
            return False
        return True

    def ask_applicant(self, key: str, at: datetime) -> bool:
        try:
            self._walk.decide(SUPPLEMENT_REQUESTED, at)
        except WalkRefused:
            return False
        return True

    def applicant_answered(self, at: datetime) -> None:
        try:
            self._walk.decide(SUPPLEMENT_RECEIVED, at)
        except WalkRefused as refused:
            raise CourseEnded(refused.text) from refused

    def next_timer(self) -> datetime | None:
        return next((alarm.at for alarm in self._walk.alarms() if alarm.kind == "event"), None)

    def fire(self, at: datetime) -> None:
        try:
            self._walk.advance(at)
        except WalkRefused as refused:
            raise CourseEnded(refused.text) from refused

    def is_late(self, at: datetime) -> bool:
        return is_overdue(self._walk.clock, at)

    @property
    def finished(self) -> bool:
        return self._walk.finished

    @property
    def result_at(self) -> datetime | None:
        return self._walk.result_at

    def _work(self, task: OpenTask) -> Work:
        held = self._walk.clock.holding(task.engine_task)
        limit = held.limit if held is not None else None
        step = task.step
        return Work(
            task.engine_task,
            task.ref,
            step.id,
            step.name,
            step.position,
            task.agency,
            step.stage in (RECEIVE, RETURN),
            task.due_at,
            limit.seconds if limit is not None else None,
            limit is not None and limit.unit == "calendar",
            step.pause is not None,
            tuple(one.value for one in step.decisions),
        )


def _awaited(walk: Walk, name: str) -> Work:
    """A message that is all that a dossier waits for: somebody outside takes her time."""
    return Work(_MESSAGE + name, _MESSAGE + name, _MESSAGE + name, name, "", walk.agency, True, None, None, waits=True)


def beginner(
    played: PlayedProcedure, rules: Callable[[str], ClockRules], data: Callable[[int], Mapping[str, Any]]
) -> Begin:
    """How dossiers of a procedure are registered: `rules` by the receiving agency, `data` of the dossier of that number."""

    accepted = played.accept

    def begin(number: int, agency: str, at: datetime) -> WalkCourse:
        try:
            return WalkCourse(accepted(rules(agency), agency, at, data(number)))
        except WalkRefused as refused:
            raise CourseEnded(refused.text) from refused

    return begin


Holders = Mapping[str, Sequence[str]]
"""Agencies that have a position, by its code; those that receive dossiers under ""."""


def likely_data(forms: Mapping[str, Any], agencies: Holders, source: Random) -> dict[str, Any]:
    """Form data as somebody might fill it in: of each field with options one or some of them, else something that fits."""
    found: dict[str, Any] = {}
    for _, schema in sorted(forms.items()):
        if isinstance(schema, Mapping):
            _fill(schema.get("components"), found, agencies, source)
    return found


def _fill(components: Any, found: dict[str, Any], agencies: Holders, source: Random) -> None:
    for one in components if isinstance(components, list) else ():
        if not isinstance(one, Mapping):
            continue
        if isinstance(one.get("components"), list):
            inner: dict[str, Any] = {}
            _fill(one["components"], inner, agencies, source)
            path = one.get("path")
            if isinstance(path, str) and path:
                found[path] = [inner] if one.get("type") == "dynamiclist" else inner
            else:
                found.update(inner)
        elif isinstance(one.get("key"), str):
            found[one["key"]] = _value(one, agencies, source)


def _value(field: Mapping[str, Any], agencies: Holders, source: Random) -> Any:
    kind = field.get("type")
    options = [one["value"] for one in field.get("values") or () if isinstance(one, Mapping) and "value" in one]
    properties = field.get("properties") or {}
    offices = list(agencies.get(str(properties.get("position", "")), ()) or agencies.get("", ()))
    if kind in ("taglist", "checklist"):
        pool = options or offices
        return source.sample(pool, min(len(pool), source.randint(1, _SHORT_LIST))) if pool else []
    if kind in ("select", "radio"):
        return source.choice(options or offices) if options or offices else None
    if kind == "checkbox":
        return source.random() < 0.5
    if kind == "number":
        bounds = field.get("validate") or {}
        low, high = bounds.get("min", 1), bounds.get("max", 10)
        return source.randint(int(low), max(int(low), int(high)))
    return "x"
