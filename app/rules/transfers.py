"""Passing a dossier between agencies: whose time stops and starts when, and how long each may keep it (QT-20.2, QT-21a)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from app.rules import events
from app.rules.clock_state import ClockState
from app.rules.events import Event, Holding
from app.rules.limits import Limit

_GOES_ON = frozenset({events.FORWARDED, events.TIMER_FIRED, events.MESSAGE_RECEIVED})
NO_PAPER = ("", "none")


def move_kind(
    kind: str, state: ClockState, closes: Collection[str], opens: Iterable[Holding], had: Collection[str]
) -> str:
    """The event's kind once it is known where the dossier goes: a move within one agency keeps its own.

    `closes` are the tasks that end, `had` the agencies that have had a part in the dossier. A step of another agency is a
    transfer (QT-20.2a); of one that had the dossier before it is what comes back with its result (QT-20.2c), or, of a return,
    without one (QT-20.2d). From the result on nobody's time runs and a move is no more than that.
    """
    if not state.charging or kind not in _GOES_ON | {events.RETURNED}:
        return kind
    left = {held.agency for held in state.holdings if held.key in closes}
    entered = {holding.agency for holding in opens} - left
    if not left or not entered:
        return kind
    if kind == events.RETURNED:
        return events.AGENCY_RETURNED
    return events.SENT_BACK if entered <= set(had) else events.TRANSFERRED


def deliveries(event: Event, form: str) -> tuple[Event, ...]:
    """A transfer without paper as its two instants: sent, and delivered (QT-20.2b). `form`: the profile's `transfer_form`,
    which says at which of them the dossier changes hands.

    Between agencies on one system both are the same moment; each is still written down.
    """
    if form == "delivered":
        delivered = replace(event, kind=events.DELIVERED_TO_AGENCY)
        return replace(event, closes=(), opens=()), delivered
    return event, Event(events.DELIVERED_TO_AGENCY, event.at)


def as_seen(
    event: Event,
    state: ClockState,
    had: Callable[[], Collection[str]],
    electronic: Callable[[], bool],
    form: str,
) -> tuple[Event, ...]:
    """A move as the clock is to see it: mostly the event itself; between agencies what QT-20.2 makes of it.

    `had` answers who has had a part in the dossier, `electronic` whether it goes without paper; both are asked only where it
    matters. `form`: the profile's `transfer_form`.
    """
    left = {held.agency for held in state.holdings if held.key in event.closes}
    if not left or {holding.agency for holding in event.opens} <= left:
        return (event,)
    moved = replace(event, kind=move_kind(event.kind, state, event.closes, event.opens, had()))
    if moved.kind != events.TRANSFERRED or not electronic():
        return (moved,)
    return deliveries(moved, form)


def first_due(state: ClockState) -> datetime | None:
    """When the first of the agencies that hold the dossier has used up its limit, while their time runs (QT-21a)."""
    meters = [state.meters.get(f"@{held.agency}") for held in state.holdings] if state.running else []
    dues = [meter.due_at for meter in meters if meter is not None and meter.due_at is not None]
    return min(dues, default=None)


def fully_electronic(components: Sequence[Mapping[str, Any]], papers: Iterable[str | None]) -> bool:
    """Whether the whole dossier is digital: every component handed in is electronic, and no step it goes to wants `papers`."""
    wanted = any((paper or "") not in NO_PAPER for paper in papers)
    kept = [one.get("kind") for one in components if one.get("kind") != "presented"]  # shown, and taken home again
    return bool(kept) and not wanted and set(kept) == {"electronic"}


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """A step as drawn: `agency` None where only the dossier's course will tell it; `last`: the handing over of the result."""

    id: str
    agency: str | None
    limit: Limit | None
    group: str | None = None
    last: bool = False


@dataclass(frozen=True, slots=True)
class PlannedLane:
    """A lane with the limit that its designer gave it, for all of its steps together."""

    limit: Limit | None
    steps: frozenset[str]


def agency_limits(steps: Sequence[PlannedStep], lanes: Iterable[PlannedLane] = ()) -> dict[str, int]:
    """How many working seconds each agency may keep a dossier: of each of its lanes the lane's own limit, else the sum of its
    steps' (a limit that several steps share counts once).

    Nothing where one agency has it all. An agency with a step that has no limit, or one by the calendar, has none either,
    unless a lane says so: its hours are not known. Where branches exclude each other all of them are counted.
    """
    agencies = {step.agency for step in steps}
    if len(agencies) < 2:
        return {}
    by_lane = {name: lane for lane in lanes if lane.limit is not None for name in lane.steps}
    limits: dict[str, int] = {}
    for agency in sorted(found for found in agencies if found is not None):
        own = [step for step in steps if step.agency == agency]
        given = {id(lane): lane for step in own if (lane := by_lane.get(step.id)) is not None}
        rest = _summed([step for step in own if step.id not in by_lane])
        total = sum(lane.limit.seconds for lane in given.values() if lane.limit is not None)
        if rest is not None and total + rest > 0:
            limits[agency] = total + rest
    return limits


def _summed(steps: Iterable[PlannedStep]) -> int | None:
    total, groups = 0, set()
    for step in steps:
        if step.limit is None:
            if not step.last:
                return None
            continue
        if step.limit.unit == "calendar":
            return None
        if step.group is None or step.group not in groups:
            total += step.limit.seconds
        if step.group is not None:
            groups.add(step.group)
    return total
