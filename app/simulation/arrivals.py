"""When dossiers come: a Poisson stream whose strength follows the weekday, the hour and the desk's opening hours.

A stream is drawn in units of its own strength and then laid over the calendar, so that a fifth fewer dossiers are the same
dossiers, each a little later.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from app.rules.calendar import WorkCalendar
from app.simulation.draws import Draws
from app.simulation.plan import LoadPlan, Stream

_DAY, _HOUR, _WEEK = 86_400, 3_600, 7


def arrivals(plan: LoadPlan, stream: Stream, desk: WorkCalendar, draws: Draws) -> list[datetime]:
    """The instants at which the stream's dossiers come, in order, within the plan's weeks; aware UTC, whole seconds."""
    starts, lengths, rates = _strength(plan, desk)
    strongest = max(
        (sum(one[0] * one[1] for one in week) for week in _weeks(plan, lengths, rates, starts)), default=0.0
    )
    if strongest <= 0 or stream.per_week <= 0:
        return []
    before = [0.0]
    for length, rate in zip(lengths, rates, strict=True):
        before.append(before[-1] + stream.per_week * length * rate / strongest)
    source, at, found = draws.of("arrivals", stream.agency), 0.0, []
    while (at := at + source.expovariate(1.0)) < before[-1]:
        place = bisect_left(before, at) - 1
        part = (at - before[place]) / (before[place + 1] - before[place])
        second = starts[place] + int(part * lengths[place])
        found.append(first_instant(plan, desk) + timedelta(seconds=second))
    return found


def first_instant(plan: LoadPlan, desk: WorkCalendar) -> datetime:
    """Midnight, local, of the plan's first day."""
    return datetime.combine(plan.from_on, time(), desk.tz).astimezone(UTC)


def last_instant(plan: LoadPlan, desk: WorkCalendar) -> datetime:
    """Midnight, local, after the plan's last day."""
    return first_instant(plan, desk) + timedelta(weeks=plan.weeks)


def _strength(plan: LoadPlan, desk: WorkCalendar) -> tuple[list[int], list[int], list[float]]:
    """Stretches in which the stream is as strong throughout: seconds from the first midnight, length, weight of a second."""
    starts, lengths, rates = [], [], []
    for number in range(plan.weeks * _WEEK):
        day = plan.from_on + timedelta(days=number)
        for opening, close in _stretches(plan, desk, day):
            weight = plan.weekdays[day.weekday()] * plan.hours[opening // _HOUR]
            if weight > 0 and close > opening:
                starts.append(number * _DAY + opening)
                lengths.append(close - opening)
                rates.append(weight)
    return starts, lengths, rates


def _stretches(plan: LoadPlan, desk: WorkCalendar, day: date) -> Iterator[tuple[int, int]]:
    """A day's open time, cut at every hour."""
    for opening, close in desk.hours(day) if plan.open_only else ((0, _DAY),):
        while opening < close:
            end = min(close, (opening // _HOUR + 1) * _HOUR)
            yield opening, end
            opening = end


def _weeks(
    plan: LoadPlan, lengths: list[int], rates: list[float], starts: list[int]
) -> Iterator[list[tuple[int, float]]]:
    """Length and weight of the stretches week by week: the strongest week is one without holidays."""
    week = _WEEK * _DAY
    for number in range(plan.weeks):
        low, high = bisect_left(starts, number * week), bisect_left(starts, (number + 1) * week)
        yield list(zip(lengths[low:high], rates[low:high], strict=True))
