"""Who holds a dossier, whose time it is, and how much of each limit is left (QT-20)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from app.rules.calendar import WorkCalendar
from app.rules.clock_state import ClockState, HeldStep, Meter
from app.rules.events import Event, EventError, Holding
from app.rules.limits import Limit

if TYPE_CHECKING:
    from app.rules.clock import ClockRules


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of time in one holder's hands: counted instants (aware UTC) and working seconds between them.

    `charged` is False before acceptance, during a pause and from the result on.
    """

    key: str
    agency: str
    unit: str | None
    step: str
    account: str | None
    from_at: datetime
    to_at: datetime
    seconds: int
    charged: bool

    def to_dict(self) -> dict[str, Any]:
        """JSON form; instants ISO UTC."""
        return {
            "key": self.key,
            "agency": self.agency,
            "unit": self.unit,
            "step": self.step,
            "account": self.account,
            "from_at": self.from_at.isoformat(),
            "to_at": self.to_at.isoformat(),
            "seconds": self.seconds,
            "charged": self.charged,
        }


def carry(
    before: ClockState, after: ClockState, event: Event, at: datetime, rules: ClockRules
) -> tuple[tuple[HeldStep, ...], Mapping[str, Meter], tuple[Segment, ...]]:
    """Holdings, meters and closed segments when the dossier goes from `before` to `after` by `event`, counted `at`.

    `after` has the dossier's own fields already; its holdings and meters are still those of `before` (meters: plus the
    agency limits of an acceptance; both as another version of the procedure calls and limits them). Every holder's time
    runs by the calendar of the place. Stretches of no length leave no segment. Errors: EventError.
    """
    cut = before.charging != after.charging or before.running != after.running
    fresh = after.rounds != before.rounds  # acceptance and every restart give the whole limits
    if not (cut or fresh or event.closes or event.opens):
        return after.holdings, after.meters, ()
    closing = set(event.closes)
    segments = []
    kept: list[HeldStep] = []
    for held in before.holdings:
        ends = held.key in closing
        closing.discard(held.key)
        if (ends or cut) and held.since < at:
            segments.append(_segment(held, at, before.charging, rules))
        if not ends:
            kept.append(replace(held, since=at) if cut else held)
    if closing:
        raise EventError(f"{event.kind}: closes tasks that are not open: {', '.join(sorted(closing))}")
    opened = _open(kept, event.opens, at)
    meters = _run_meters(before, after, [*kept, *opened], at, rules, fresh)
    known = before.meters
    holdings = [
        held
        if not cut and meters.get(held.meter) is known.get(held.meter)
        else _timed(held, after.running, meters, rules)
        for held in kept
    ]
    holdings += [_timed(held, after.running, meters, rules) for held in opened]
    return tuple(holdings), meters, tuple(segments)


def _segment(held: HeldStep, at: datetime, charged: bool, rules: ClockRules) -> Segment:
    seconds = rules.calendar_of(held.agency, held.desk).between(held.since, at)
    return Segment(held.key, held.agency, held.unit, held.step, held.account, held.since, at, seconds, charged)


def _open(kept: list[HeldStep], opens: Iterable[Holding], at: datetime) -> list[HeldStep]:
    taken = {held.key for held in kept}
    opened = []
    for new in opens:
        if new.key in taken:
            raise EventError(f"opens task {new.key}, which is already open")
        taken.add(new.key)
        opened.append(
            HeldStep(new.key, new.agency, new.step, new.unit, new.account, at, new.limit, new.group, desk=new.desk)
        )
    return opened


_FRESH = Meter()
_Run = tuple[Limit | None, WorkCalendar]


def _runs(holdings: Iterable[HeldStep], meters: Mapping[str, Meter], rules: ClockRules) -> dict[str, _Run]:
    """The meters that these holdings run, each with its limit and the calendar by which it runs: of the first that holds it;
    an agency's limit runs by its office's."""
    runs: dict[str, _Run] = {}
    for held in holdings:
        name = held.meter
        limit, calendar = runs.get(name) or (None, rules.calendar_of(held.agency, held.desk))
        runs[name] = (held.limit or limit, calendar)
        agency = f"@{held.agency}"
        if agency in meters:
            runs[agency] = (meters[agency].limit, rules.calendar_of(held.agency, False))
    return runs


def _run_meters(
    before: ClockState, after: ClockState, holdings: list[HeldStep], at: datetime, rules: ClockRules, fresh: bool
) -> dict[str, Meter]:
    """Stop the meters nobody runs any longer and start the others; one that goes on is not touched, so that taking over a
    step (claim, hand-off) never restarts its limit."""
    ran = _runs(before.holdings, before.meters, rules) if before.running and not fresh else {}
    runs = _runs(holdings, after.meters, rules) if after.running else {}
    meters = _new_round(after.meters) if fresh else dict(after.meters)
    for name, (_, calendar) in ran.items():
        limit, following = runs.get(name, (None, None))
        if following is not calendar or meters[name].limit != limit:
            meters[name] = stopped(meters[name], at, calendar)
    for name, (limit, calendar) in runs.items():
        meter = meters.get(name, _FRESH)
        if meter.since is None:
            meters[name] = started(meter, limit, at, calendar)
    return meters


def _new_round(meters: Mapping[str, Meter]) -> dict[str, Meter]:
    return {name: Meter(meter.limit) for name, meter in meters.items() if name.startswith("@")}


def stopped(meter: Meter, at: datetime, calendar: WorkCalendar) -> Meter:
    if meter.since is None:
        return meter
    if meter.limit is not None and meter.limit.unit == "calendar":
        used = meter.used + int((at - meter.since).total_seconds())
    else:
        used = meter.used + calendar.between(meter.since, at)
    spent = meter.limit is not None and used >= meter.limit.seconds
    return Meter(meter.limit, used, None, meter.due_at if spent else None)


def started(meter: Meter, limit: Limit | None, at: datetime, calendar: WorkCalendar) -> Meter:
    """The meter running from `at` with what is left of its limit (QT-20.1b); a used-up one keeps the instant it was."""
    if limit is None:
        return Meter(None, meter.used, at, None)
    rest = limit.seconds - meter.used
    if rest <= 0:
        due_at = meter.due_at or at
    elif limit.unit == "calendar":
        due_at = at + timedelta(seconds=rest)
    else:
        due_at = calendar.due(at, rest)
    return Meter(limit, meter.used, at, due_at)


def _timed(held: HeldStep, running: bool, meters: Mapping[str, Meter], rules: ClockRules) -> HeldStep:
    meter = meters[held.meter] if running else None
    if meter is None or meter.due_at is None:
        return held if held.due_at is None else replace(held, due_at=None, due_soon_at=None)
    soon = _due_soon(meter, rules.calendar_of(held.agency, held.desk), rules.step_due_soon_seconds)
    return replace(held, due_at=meter.due_at, due_soon_at=soon)


def _due_soon(meter: Meter, calendar: WorkCalendar, longest: int) -> datetime | None:
    """When a step's holder is told that its limit runs out: not before the step came, not at all when it is used up."""
    if meter.limit is None or meter.due_at is None or meter.since is None or meter.due_at <= meter.since:
        return None
    lead = min(longest, meter.limit.seconds // 2)
    if meter.limit.unit == "calendar":
        soon = meter.due_at - timedelta(seconds=lead)
    else:
        soon = calendar.back(meter.due_at, lead)
    return max(soon, meter.since)
