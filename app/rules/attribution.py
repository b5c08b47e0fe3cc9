"""Whose time it was: the stretches of a dossier's course, who answers for what of them was late, and what was nobody's.

QT-20.1 (step), QT-20.2 (agencies), QT-20.2e (a new date is charged to who asked for it), QT-28.5d (a person and a step).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, TypeVar

from app.rules import events
from app.rules.clock import EMPTY, ClockRules, ClockState, apply
from app.rules.clock_state import HeldStep
from app.rules.events import Event
from app.rules.holdings import Segment
from app.rules.limits import Limit

Reason = Literal["intake", "supplement", "payment", "waiting", "result"]
"""Why time is nobody's: not accepted yet; the applicant's papers or payment; no step is open in the diagram; it has its
result and waits to be collected."""

_BETWEEN_AGENCIES = frozenset(
    {events.TRANSFERRED, events.SENT_BACK, events.AGENCY_RETURNED, events.AGENCY_SUPPLEMENT_REQUESTED}
)
Name = TypeVar("Name", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Time in one holder's hands, in working seconds; `running`: it goes on at `to_at`.

    `late_seconds`: of them, after the step's limit was used up; `overdue_seconds`: after the dossier's deadline.
    """

    key: str
    agency: str
    step: str
    account: str | None
    from_at: datetime
    to_at: datetime
    seconds: int
    charged: bool
    limit: Limit | None = None
    late_seconds: int = 0
    overdue_seconds: int = 0
    running: bool = False


@dataclass(frozen=True, slots=True)
class Free:
    """Time that nobody is charged with, in working seconds of the dossier's own calendar."""

    reason: Reason
    from_at: datetime
    to_at: datetime
    seconds: int
    running: bool = False


@dataclass(frozen=True, slots=True)
class Transfer:
    """A move between agencies; `delivered_at`: when one without paper had arrived (QT-20.2b)."""

    kind: str
    sent_at: datetime
    left: tuple[str, ...]
    entered: tuple[str, ...]
    delivered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AgencyTime:
    """What an agency has used of its transfer limit in this round; `extra_seconds`: won by asking for a new date."""

    agency: str
    limit_seconds: int | None
    used_seconds: int
    due_at: datetime | None
    extra_seconds: int

    @property
    def late_seconds(self) -> int:
        return 0 if self.limit_seconds is None else max(0, self.used_seconds - self.limit_seconds)


@dataclass(frozen=True, slots=True)
class Attribution:
    """`overdue_seconds`: working time of the dossier after its deadline, up to its result, its pause or now."""

    state: ClockState
    stretches: tuple[Stretch, ...]
    free: tuple[Free, ...]
    transfers: tuple[Transfer, ...]
    agencies: tuple[AgencyTime, ...]
    overdue_seconds: int


@dataclass(frozen=True, slots=True)
class Spent:
    """Stretches of one holder together; `free_seconds` of them were charged to nobody."""

    seconds: int = 0
    free_seconds: int = 0
    late_seconds: int = 0
    overdue_seconds: int = 0
    running: bool = False
    limit: Limit | None = None

    def plus(self, stretch: Stretch) -> Spent:
        return Spent(
            seconds=self.seconds + (stretch.seconds if stretch.charged else 0),
            free_seconds=self.free_seconds + (0 if stretch.charged else stretch.seconds),
            late_seconds=self.late_seconds + stretch.late_seconds,
            overdue_seconds=self.overdue_seconds + stretch.overdue_seconds,
            running=self.running or stretch.running,
            limit=stretch.limit or self.limit,
        )


def spent_by(stretches: Iterable[Stretch], name: Callable[[Stretch], Name]) -> dict[Name, Spent]:
    """The stretches summed by what `name` calls their holder, in the order in which they first held the dossier."""
    found: dict[Name, Spent] = {}
    for stretch in stretches:
        key = name(stretch)
        found[key] = found.get(key, Spent()).plus(stretch)
    return found


def attribute(history: Iterable[Event], rules: ClockRules, now: datetime) -> Attribution:
    """Fold a dossier's events once more and keep whose each stretch of its time was, up to `now`.

    Errors: EventError for a history that no dossier can have.
    """
    state = EMPTY
    stretches: list[Stretch] = []
    transfers: list[Transfer] = []
    idle = _Idle(rules)
    for event in history:
        applied = apply(state, event, rules, check=False)
        stretches += [_ended(segment, state.holding(segment.key), rules) for segment in applied.segments]
        _note_transfer(transfers, state, event)
        idle.step(state, applied.state)
        state = applied.state
    stretches += [_running(held, state, rules, now) for held in state.holdings if held.since < now]
    marked = tuple(_marked(stretch, state, rules) for stretch in stretches)
    return Attribution(
        state,
        marked,
        idle.until(state, now),
        tuple(transfers),
        _agencies(state, rules, now),
        _overdue(state, rules, now),
    )


def kept_stretch(segment: Segment, due_at: datetime | None, state: ClockState, rules: ClockRules) -> Stretch:
    """A stretch as it was kept when it ended, with what of it was late: `due_at` is its step's, `state` the dossier's clock.

    The same as `attribute` finds by folding the history, without reading that.
    """
    late = 0
    if segment.charged and due_at is not None and due_at < segment.to_at:
        late = rules.calendar_of(segment.agency, False).between(max(segment.from_at, due_at), segment.to_at)
    place = (segment.key, segment.agency, segment.step, segment.account, segment.from_at, segment.to_at)
    return _marked(Stretch(*place, segment.seconds, segment.charged, late_seconds=late), state, rules)


def running_stretches(state: ClockState, rules: ClockRules, now: datetime) -> list[Stretch]:
    """The stretches that go on now."""
    return [_marked(_running(held, state, rules, now), state, rules) for held in state.holdings if held.since < now]


def _ended(segment: Segment, held: HeldStep | None, rules: ClockRules) -> Stretch:
    late = _late(held, segment.to_at, rules) if held is not None and segment.charged else 0
    return Stretch(
        segment.key,
        segment.agency,
        segment.step,
        segment.account,
        segment.from_at,
        segment.to_at,
        segment.seconds,
        segment.charged,
        held.limit if held is not None else None,
        late,
    )


def _running(held: HeldStep, state: ClockState, rules: ClockRules, now: datetime) -> Stretch:
    seconds = rules.calendar_of(held.agency, held.desk).between(held.since, now)
    late = _late(held, now, rules) if state.charging else 0
    place = (held.key, held.agency, held.step, held.account)
    return Stretch(*place, held.since, now, seconds, state.charging, held.limit, late, running=True)


def _late(held: HeldStep, until: datetime, rules: ClockRules) -> int:
    """Working seconds of this stretch after the step's limit was used up, whoever used it up."""
    if held.due_at is None or until <= held.due_at:
        return 0
    return rules.calendar_of(held.agency, held.desk).between(max(held.since, held.due_at), until)


def _marked(stretch: Stretch, state: ClockState, rules: ClockRules) -> Stretch:
    """The stretch with what of it lies after the deadline of the present round."""
    deadline, started = state.deadline_at, state.started_at
    if (
        not stretch.charged
        or deadline is None
        or started is None
        or stretch.from_at < started
        or stretch.to_at <= deadline
    ):
        return stretch
    return replace(stretch, overdue_seconds=rules.calendar.between(max(deadline, stretch.from_at), stretch.to_at))


def _note_transfer(transfers: list[Transfer], state: ClockState, event: Event) -> None:
    left = tuple(dict.fromkeys(held.agency for held in state.holdings if held.key in event.closes))
    entered = tuple(dict.fromkeys(holding.agency for holding in event.opens))
    if event.kind in _BETWEEN_AGENCIES:
        transfers.append(Transfer(event.kind, event.at, left, entered))
    elif event.kind == events.DELIVERED_TO_AGENCY and transfers:
        last = transfers[-1]
        transfers[-1] = replace(last, delivered_at=event.at, left=left or last.left, entered=entered or last.entered)


def _agencies(state: ClockState, rules: ClockRules, now: datetime) -> tuple[AgencyTime, ...]:
    found = []
    for name, meter in state.meters.items():
        if name.startswith("@"):
            agency, used = name[1:], meter.used
            if meter.since is not None and meter.since < now:
                used += rules.calendar_of(agency, False).between(meter.since, now)
            limit = meter.limit.seconds if meter.limit is not None else None
            found.append(AgencyTime(agency, limit, used, meter.due_at, state.extra.get(agency, 0)))
    known = {one.agency for one in found}
    found += [AgencyTime(agency, None, 0, None, won) for agency, won in state.extra.items() if agency not in known]
    return tuple(found)


def _overdue(state: ClockState, rules: ClockRules, now: datetime) -> int:
    until = state.result_at or state.paused_at or now
    return (
        0
        if state.deadline_at is None or until <= state.deadline_at
        else rules.calendar.between(state.deadline_at, until)
    )


class _Idle:
    """Follows why a dossier's time is nobody's, from state to state."""

    def __init__(self, rules: ClockRules) -> None:
        self._rules = rules
        self._since: datetime | None = None
        self._found: list[Free] = []

    def step(self, before: ClockState, after: ClockState) -> None:
        at = after.counted_at or after.last_at
        why, now_why = _reason(before), _reason(after)
        if at is None or why == now_why:
            return
        self._close(why, at, running=False)
        self._since = at if now_why is not None else None

    def until(self, state: ClockState, now: datetime) -> tuple[Free, ...]:
        self._close(_reason(state), now, running=True)
        return tuple(self._found)

    def _close(self, why: Reason | None, at: datetime, *, running: bool) -> None:
        if why is not None and self._since is not None and self._since < at:
            seconds = self._rules.calendar.between(self._since, at)
            self._found.append(Free(why, self._since, at, seconds, running))


_PAUSES: Mapping[str, Reason] = {"supplement": "supplement", "payment": "payment"}


def _reason(state: ClockState) -> Reason | None:
    if state.last_at is None or state.delivered_at is not None:
        return None
    if state.result_at is not None:
        return "result"
    if state.started_at is None:
        return "intake"
    if state.paused_at is not None:
        return _PAUSES.get(state.paused_for or "supplement", "supplement")
    return None if state.holdings else "waiting"
