"""Every way through a procedure, as far as a bounded search finds them: what each takes, and what none of them reaches.

Steps are done one after the other in reading order, each when its whole limit is used up; a drawn timer that would go off
meanwhile is both waited for and not. At every decision all outcomes are tried, and of the dossier's data every value that a
condition compares it with. A choice is made at most twice on one way, so that loops end.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice, product
from typing import Any

from app.rules.clock import ClockRules
from app.simulation.alarms import EVENT
from app.simulation.asked import Asked, Drawing
from app.simulation.played import PlayedProcedure
from app.simulation.walk import OpenTask, Walk, WalkRefused

MOST_WAYS = 40
"""Ways that are reported."""
MOST_MOVES = 1_200
"""Moves of all ways together: it bounds the time that a wide drawing may take."""
MOST_BEGINNINGS = 12
AGAIN = 2
"""How often one choice may be made on one way."""

Choice = tuple[str, str]
"""Of a way: the element (ref of a step, or a timer's or message's id) and what was chosen there: a decision, or ""."""


@dataclass(frozen=True, slots=True)
class Taken:
    """One element of a way; `choice` as people read it."""

    element: str
    name: str
    choice: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """One way from acceptance to its end. `seconds`: working time from acceptance to the result; `summed`: of the limits of the
    steps that it opened, None where one is counted by the calendar; `stopped`: why it did not end, None when it did."""

    data: Mapping[str, Any]
    taken: tuple[Taken, ...]
    seconds: int | None
    summed: int | None
    deadline_at: datetime | None
    result_at: datetime | None
    late: bool
    stopped: str | None = None


@dataclass(frozen=True, slots=True)
class Never:
    """A step or event that no way reached, and why, as far as it is known."""

    element: str
    name: str
    why: str | None


@dataclass(frozen=True, slots=True)
class Ways:
    """`loops`: how many more came back to where they had been twice, and were left there; `complete`: nothing was left untried
    within the rules of the search."""

    ways: tuple[Way, ...]
    never: tuple[Never, ...]
    reached: frozenset[str]
    loops: int
    complete: bool


@dataclass(slots=True)
class _Going:
    walk: Walk
    data: Mapping[str, Any]
    taken: list[Taken] = field(default_factory=list)
    made: dict[Choice, int] = field(default_factory=dict)
    limits: dict[str, int] = field(default_factory=dict)
    calendar: bool = False
    next: Choice | None = None
    """What it is to do next; chosen when it was put aside."""


def every_way(
    procedure: PlayedProcedure,
    rules: ClockRules,
    drawing: Drawing,
    agency: str,
    at: datetime,
    data: Mapping[str, Any] | None = None,
) -> Ways:
    """`data`: what is so of every dossier that is tried; what conditions ask besides is tried in all ways."""
    search = _Search(procedure, rules)
    for values in _beginnings(drawing.asked, data or {}):
        search.receive(agency, at, values)
    search.run()
    return Ways(
        tuple(search.ways),
        tuple(_never(procedure, drawing, search.reached)),
        frozenset(search.reached),
        search.loops,
        not search.waiting,
    )


def _beginnings(asked: tuple[Asked, ...], data: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    free = [one for one in asked if one.name not in data and one.values]
    options = [[[value] for value in one.values] if one.several else list(one.values) for one in free]
    for values in islice(product(*options), MOST_BEGINNINGS):
        yield {**data, **dict(zip((one.name for one in free), values, strict=True))}


class _Search:
    def __init__(self, procedure: PlayedProcedure, rules: ClockRules) -> None:
        self._procedure, self._rules = procedure, rules
        self.ways: list[Way] = []
        self.reached: set[str] = set()
        self.waiting: list[_Going] = []
        self.loops = 0
        self._tried: set[Choice] = set()
        self._moves = 0

    def receive(self, agency: str, at: datetime, data: Mapping[str, Any]) -> None:
        try:
            walk = self._procedure.accept(self._rules, agency, at, data)
        except WalkRefused as refusal:
            self.ways.append(Way(data, (), None, None, None, None, late=False, stopped=refusal.text))
            return
        self._put_aside(_Going(walk, data))

    def run(self) -> None:
        while self.waiting and len(self.ways) < MOST_WAYS and self._moves < MOST_MOVES:
            # What has not been tried anywhere comes first, so that little time reaches much of the drawing.
            fresh = (place for place, one in enumerate(self.waiting) if one.next not in self._tried)
            self._go(self.waiting.pop(next(fresh, len(self.waiting) - 1)))

    def _go(self, going: _Going) -> None:
        """Until it ends or has a choice again; of several choices the others are put aside."""
        while going.next is not None:
            if self._moves >= MOST_MOVES:
                self.waiting.append(going)
                return
            self._moves += 1
            try:
                self._make(going, going.next)
            except WalkRefused as refusal:
                self._end(going, refusal.text)
                return
            if going.walk.finished:
                self._end(going, None)
                return
            choices = self._choices(going)
            if not choices:
                self._end(going, "Không còn bước nào mở, không chờ tin hay hẹn giờ nào: hồ sơ mắc kẹt.")
                return
            for other in choices[1:]:
                self._aside(going, other)
            going.next = choices[0]
            if going.made.get(choices[0], 0) >= AGAIN:
                self.loops += 1
                return

    def _put_aside(self, going: _Going) -> None:
        for choice in self._choices(going):
            self._aside(going, choice)

    def _aside(self, going: _Going, choice: Choice) -> None:
        if going.made.get(choice, 0) < AGAIN:
            twin = replace(
                going,
                walk=going.walk.copy(),
                taken=list(going.taken),
                made=dict(going.made),
                limits=dict(going.limits),
                next=choice,
            )
            self.waiting.append(twin)

    def _choices(self, going: _Going) -> list[Choice]:
        walk = going.walk
        self._count(going)
        opened = _workable(walk)
        found: list[Choice] = []
        if opened:
            step = opened[0]
            found = [(step.ref, one.value) for one in step.step.decisions] or [(step.ref, "")]
        found += [(f"@{one.message}", "") for one in walk.messages()]
        timers = [one for one in walk.alarms() if one.kind == EVENT]
        within = [one for one in timers if not opened or one.at <= _done_at(walk, opened[0], timers=False)]
        if within:
            found.append((f"!{within[0].element}", ""))
        elif timers and not found:
            found.append((f"!{timers[0].element}", ""))
        # What was made least often on this way first: a loop is left before it is gone round again.
        return sorted(found, key=lambda choice: going.made.get(choice, 0))

    def _make(self, going: _Going, choice: Choice) -> None:
        walk, (name, chosen) = going.walk, choice
        going.made[choice] = going.made.get(choice, 0) + 1
        self._tried.add(choice)
        if name.startswith("@"):
            (place, *_) = [one for one in walk.messages() if one.message == name[1:]]
            walk.message(name[1:], walk.now)
            going.taken.append(Taken(place.element, place.name, "nhận tin"))
            self.reached.add(place.element)
        elif name.startswith("!"):
            due = next((one for one in walk.alarms() if one.kind == EVENT and one.element == name[1:]), None)
            if due is None:
                raise WalkRefused("Hẹn giờ này không còn chờ.")
            walk.advance(due.at)
            going.taken.append(Taken(due.element, due.name, "hết giờ"))
            self.reached.add(due.element)
        else:
            step = next((one for one in walk.open() if one.ref == name), None)
            if step is None:
                raise WalkRefused("Bước này không còn mở.")
            title = next((one.title for one in step.step.decisions if one.value == chosen), "")
            walk.complete(name, _done_at(walk, step, timers=True), chosen or None)
            going.taken.append(Taken(step.step.id, step.title, title))
            self.reached.add(step.step.id)

    def _count(self, going: _Going) -> None:
        """The limits of the steps that are open: those done side by side for several agencies count once."""
        for step in going.walk.open():
            held = going.walk.clock.holding(step.engine_task)
            if held is not None and held.limit is not None:
                going.calendar = going.calendar or held.limit.unit == "calendar"
                key = f"#{step.step.limit_group}" if step.step.limit_group else step.step.id
                going.limits[key] = held.limit.seconds

    def _end(self, going: _Going, stopped: str | None) -> None:
        state, walk = going.walk.clock, going.walk
        seconds = None
        if state.started_at is not None and state.result_at is not None:
            seconds = self._rules.calendar.between(state.started_at, state.result_at)
        summed = None if going.calendar else sum(going.limits.values())
        way = Way(
            going.data,
            tuple(going.taken),
            seconds,
            summed,
            state.deadline_at,
            state.result_at,
            late=walk.overdue,
            stopped=stopped,
        )
        if way not in self.ways:
            self.ways.append(way)


def _workable(walk: Walk) -> list[OpenTask]:
    """The open steps, those that hand over the result last."""
    return sorted(walk.open(), key=lambda one: one.step.stage == "return")


def _done_at(walk: Walk, step: OpenTask, *, timers: bool) -> datetime:
    """When a step is done that takes its whole time; `timers`: before a drawn timer goes off."""
    at = max(walk.now, step.due_at or walk.now)
    if not timers:
        return at
    drawn = min((one.at for one in walk.alarms() if one.kind == EVENT), default=None)
    return at if drawn is None or drawn > at else max(walk.now, drawn - timedelta(seconds=1))


def _never(procedure: PlayedProcedure, drawing: Drawing, reached: set[str]) -> Iterator[Never]:
    for step in procedure.definition.steps.values():
        if step.id not in reached:
            yield Never(step.id, step.name, drawing.why_never(step.id))
    for node in drawing.nodes.values():
        catches = node.kind in ("intermediateCatchEvent", "boundaryEvent", "receiveTask")
        if catches and node.id not in reached and node.trigger in ("timer", "message"):
            yield Never(node.id, node.name or node.id, drawing.why_never(node.id))
