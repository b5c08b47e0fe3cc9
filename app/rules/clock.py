"""The clock: a fold over a dossier's own events (QT-18, QT-19, QT-20).

It says when a dossier is due, who is charged for which working seconds, and why. `apply` takes one more event at a cost that
does not grow with the history; `fold` is nothing but repeated `apply`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC
from typing import Any

from app.rules import explain, forbidden
from app.rules.calendar import WorkCalendar
from app.rules.clock_state import EMPTY, ClockState, HeldStep, Meter
from app.rules.colours import Facts, colour, facts, is_overdue, warnings
from app.rules.decisions import DECISIONS
from app.rules.events import CORRECTED, KINDS, Event, EventError
from app.rules.explain import LATE_ENTRY, Line, late_line, move_line, shown
from app.rules.holdings import Segment, carry
from app.rules.limits import parse_limit
from app.rules.profile import Profile
from app.rules.refusal import ClockRefusal

__all__ = [
    "EMPTY",
    "Applied",
    "ClockRefusal",
    "ClockRules",
    "ClockState",
    "Facts",
    "HeldStep",
    "Line",
    "Meter",
    "Segment",
    "apply",
    "colour",
    "facts",
    "fold",
    "is_overdue",
    "warnings",
]


@dataclass(frozen=True)
class ClockRules:
    """What a dossier's clock runs by: calendars, and the profile under which it was received.

    - calendar: the dossier's own, of its agency's office or of its procedure: deadline, remaining time, warnings
    - desk: of the desk that received it, None = the same: the appointment is one of its sessions
    - agencies: (office, desk) of every agency that may hold it; one that is not named works by the two above
    """

    calendar: WorkCalendar
    profile: Profile
    desk: WorkCalendar | None = None
    agencies: Mapping[str, tuple[WorkCalendar, WorkCalendar]] = field(default_factory=dict)
    due_soon_seconds: int = field(init=False)
    step_due_soon_seconds: int = field(init=False)
    notice_seconds: int | None = field(init=False)

    def __post_init__(self) -> None:
        for name in ("due_soon", "step_due_soon"):
            object.__setattr__(self, f"{name}_seconds", self._seconds(getattr(self.profile, name)) or 0)
        object.__setattr__(self, "notice_seconds", self._seconds(self.profile.supplement_notice))

    def _seconds(self, text: str) -> int | None:
        limit = parse_limit(text, "working", self.calendar.seconds_per_day)
        return None if limit is None else limit.seconds

    def calendar_of(self, agency: str, desk: bool) -> WorkCalendar:
        """By which an agency's steps run: its office's hours, or its desk's."""
        own = self.agencies.get(agency)
        if own is not None:
            return own[desk]
        return self.desk if desk and self.desk is not None else self.calendar


@dataclass(frozen=True, slots=True)
class Applied:
    """What an event (or a fold) led to: the new state, the stretches of time it closed, the lines that explain it."""

    state: ClockState
    segments: tuple[Segment, ...] = ()
    lines: tuple[Line, ...] = ()


def apply(state: ClockState, event: Event, rules: ClockRules, *, check: bool = True) -> Applied:
    """Take one event. Pure; the same arguments give the same answer.

    An event outside working hours counts at the next opening of the place where it is done (QT-18.2). One dated before its
    predecessor (clocks of two machines differ by a little) is taken to have happened with it; events of the same instant
    apply in the order in which they are given. Errors: ClockRefusal where the rules forbid it, unless `check` is False (a
    history that is replayed has been allowed once); EventError where no dossier can have such an event (unknown kind, closing
    a task that is not open).
    """
    if event.kind not in KINDS:
        raise EventError(f"unknown event kind {event.kind!r}")
    decide = DECISIONS.get(event.kind)
    if event.kind == CORRECTED and decide is not None:
        return Applied(state, (), tuple(decide(state, event, event.at.astimezone(UTC), rules)[1]))
    happened = event.at if state.last_at is None else max(event.at, state.last_at)
    at = _place(state, event, rules).counted(happened)
    if state.counted_at is not None and at < state.counted_at:
        at = state.counted_at
    if check:
        forbidden.check(state, event, at, rules)
    lines: list[Line] = []
    if at > happened:
        raw, counted = shown(rules.calendar, happened), shown(rules.calendar, at)
        text = "Ngoài giờ làm việc: tính vào đầu giờ làm việc kế tiếp"
        lines.append(Line(at, event.kind, "QT-18.2", text, raw, counted))
    if "entered_at" in event.data:
        lines.append(late_line(event, at, rules.calendar))
    changes: dict[str, Any] = {}
    if decide is not None:
        changes, told = decide(state, event, at, rules)
        lines += told
    moved = move_line(event, at, (held for held in state.holdings if held.key in event.closes))
    if moved is not None:
        lines.append(moved)
    after = replace(state, **changes) if changes else state
    holdings, meters, segments = carry(state, after, event, at, rules)
    after = replace(
        after,
        last_at=happened.astimezone(UTC),
        counted_at=at,
        agencies=_with_new(state.agencies, event),
        holdings=holdings,
        meters=meters,
    )
    return Applied(after, segments, _marked(lines, event))


def fold(events: Iterable[Event], rules: ClockRules, *, check: bool = True) -> Applied:
    """Apply events in order from the empty state, keeping all segments and lines. Errors: as `apply`."""
    state = EMPTY
    segments: list[Segment] = []
    lines: list[Line] = []
    for event in events:
        applied = apply(state, event, rules, check=check)
        state = applied.state
        segments += applied.segments
        lines += applied.lines
    return Applied(state, tuple(segments), tuple(lines))


def _place(state: ClockState, event: Event, rules: ClockRules) -> WorkCalendar:
    """By whose hours an event counts: where the first step that it ends was done, or the step is that it names, else where the
    first one begins."""
    if not rules.agencies and rules.desk is None:
        return rules.calendar
    held = state.holding(event.closes[0]) if event.closes else None
    if held is None and "step" in event.data:
        held = next((one for one in state.holdings if one.step == event.data["step"]), None)
    place = held or (event.opens[0] if event.opens else None)
    return rules.calendar if place is None else rules.calendar_of(place.agency, place.desk)


def _with_new(agencies: tuple[str, ...], event: Event) -> tuple[str, ...]:
    for opened in event.opens:
        if opened.agency not in agencies:
            agencies = (*agencies, opened.agency)
    return agencies


def _marked(lines: list[Line], event: Event) -> tuple[Line, ...]:
    mark = explain.CORRECTED if "corrected_at" in event.data else LATE_ENTRY if "entered_at" in event.data else None
    return tuple(lines) if mark is None else tuple(replace(line, mark=mark) for line in lines)
