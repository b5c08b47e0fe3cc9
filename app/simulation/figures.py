"""What came of a simulation, as figures: plain JSON, seconds of working time unless a name says otherwise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from app.rules.calendar import WorkCalendar
from app.simulation.load import Dossier, Floor, Item, Run
from app.simulation.plan import Place
from app.simulation.staff import Person

PERCENTILES: Final = (10, 25, 50, 75, 90, 95, 99)
MOST_BARS: Final = 12
MOST_POINTS: Final = 60
"""Points of a row over time: days, or weeks where there are more days."""
_LITTLE: Final = 1_800
"""A wait below this heats nothing through."""

Calendars = Callable[[str, bool], WorkCalendar]


def percentile(ordered: Sequence[float], share: float) -> float:
    """Of values in order, between the two nearest; 0 of none."""
    if not ordered:
        return 0.0
    place = (len(ordered) - 1) * share
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def figures(floor: Floor, run: Run, counted_from: datetime, names: Mapping[str, str]) -> dict[str, Any]:
    """All figures of a run; dossiers that came before `counted_from` are not counted. `names`: of steps by id."""
    counted = [one for one in run.dossiers if one.arrived_at >= counted_from]
    done = [one for one in counted if one.ended_at is not None and one.problem is None]
    whole = {id(one): _taken(floor.calendar, one) for one in done}
    late = {id(one) for one in counted if _is_late(one, run.stopped_at)}
    items = [item for item in run.items if item.dossier.arrived_at >= counted_from]
    steps = _steps(floor.calendar, items, late, names)
    return {
        "dossiers": {
            "arrived": len(counted),
            "finished": len(done),
            "stopped": sum(one.problem is not None for one in counted),
            "open": sum(one.ended_at is None for one in counted),
            "before": len(run.dossiers) - len(counted),
        },
        "late": {"count": len(late), "share": _share(len(late), len(counted))},
        "taken": _spread(sorted(whole.values())),
        "histogram": _histogram(
            [(whole[id(one)], id(one) in late) for one in done], floor.calendar("", False).seconds_per_day
        ),
        "day": floor.calendar("", False).seconds_per_day,
        "steps": steps,
        "places": _places(floor.calendar, run, counted_from),
        "people": [_person(one, counted_from, run.ends_at) for one in run.people],
        "lost": _lost(steps),
        "problems": _problems(counted),
        "missing": [list(place) for place in run.missing],
        "cut": run.cut,
        "steps_done": sum(item.outcome in ("done", "sent_back", "asked") for item in run.items),
        "sent_back": sum(item.outcome == "sent_back" for item in items),
        "asked": sum(item.outcome == "asked" for item in items),
        "until": run.stopped_at.isoformat(),
    }


def _is_late(dossier: Dossier, stopped_at: datetime) -> bool:
    if dossier.ended_at is not None:
        return dossier.late
    return dossier.course is not None and dossier.course.is_late(stopped_at)


def _taken(calendars: Calendars, dossier: Dossier) -> int:
    result = dossier.course.result_at if dossier.course is not None else None
    end = result or dossier.ended_at or dossier.arrived_at
    return max(0, calendars(dossier.agency, False).between(dossier.arrived_at, end))


def _share(part: float, whole: float) -> float:
    return round(part / whole, 4) if whole else 0.0


def _spread(ordered: Sequence[float]) -> dict[str, Any]:
    found: dict[str, Any] = {f"p{one}": round(percentile(ordered, one / 100)) for one in PERCENTILES}
    found["mean"] = round(sum(ordered) / len(ordered)) if ordered else 0
    found["most"] = round(ordered[-1]) if ordered else 0
    return found


def _histogram(values: Sequence[tuple[int, bool]], day: int) -> list[dict[str, Any]]:
    """Bars of whole half days, at most MOST_BARS of them: from, to (seconds), in time, late."""
    if not values:
        return []
    width = day // 2
    most = max(value for value, _ in values)
    while most // width >= MOST_BARS:
        width += day // 2
    bars = [
        {"from": place * width, "to": (place + 1) * width, "in_time": 0, "late": 0}
        for place in range(most // width + 1)
    ]
    for value, is_late in values:
        bars[value // width]["late" if is_late else "in_time"] += 1
    return bars


@dataclass(slots=True)
class _StepSum:
    position: str
    agency: str
    waits: list[int] = field(default_factory=list)
    works: list[int] = field(default_factory=list)
    late: int = 0
    back: int = 0
    passes: bool = False
    of_late: list[int] = field(default_factory=list)
    of_others: list[int] = field(default_factory=list)


def _steps(
    calendars: Calendars, items: Iterable[Item], late: set[int], names: Mapping[str, str]
) -> list[dict[str, Any]]:
    found: dict[str, _StepSum] = {}
    for item in items:
        if item.outcome in ("taken", "") or item.began_at is None or item.ended_at is None:
            continue
        one = found.setdefault(item.work.step, _StepSum(item.place[1], item.place[0]))
        calendar = item.person.calendar if item.person is not None else calendars(item.place[0], item.work.desk)
        home = calendars(item.place[0], item.work.desk)
        wait, work = max(0, home.between(item.came_at, item.began_at)), calendar.between(item.began_at, item.ended_at)
        one.waits.append(wait)
        one.works.append(work)
        one.late += item.work.due_at is not None and item.ended_at > item.work.due_at
        one.back += item.outcome == "sent_back"
        one.passes = one.passes or item.work.waits or item.work.by_calendar
        (one.of_late if id(item.dossier) in late else one.of_others).append(wait + work)
    hottest = max((sum(one.waits) / len(one.waits) for one in found.values()), default=0)
    return [
        {"step": step, "name": names.get(step, step)} | _step(one, max(hottest, _LITTLE))
        for step, one in sorted(found.items(), key=lambda pair: _place_of(pair[0], names))
    ]


def _place_of(step: str, names: Mapping[str, str]) -> tuple[int, str]:
    order = list(names)
    return (order.index(step) if step in names else len(order), step)


def _step(one: _StepSum, hottest: float) -> dict[str, Any]:
    visits = len(one.waits)
    wait, work = sum(one.waits) / visits, sum(one.works) / visits
    return {
        "position": one.position,
        "agency": one.agency,
        "visits": visits,
        "wait": round(wait),
        "wait_p90": round(percentile(sorted(one.waits), 0.9)),
        "work": round(work),
        "late": one.late,
        "late_share": _share(one.late, visits),
        "sent_back": one.back,
        "passes": one.passes,
        "heat": round(min(1.0, wait / hottest), 3),
        "in_late": round(sum(one.of_late) / len(one.of_late)) if one.of_late else None,
        "in_others": round(sum(one.of_others) / len(one.of_others)) if one.of_others else None,
    }


def _lost(steps: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Where late dossiers were longer than those in time, the longest first."""
    found = [
        {"step": one["step"], "name": one["name"], "more": one["in_late"] - (one["in_others"] or 0)}
        for one in steps
        if one["in_late"] is not None
    ]
    total = sum(max(0, one["more"]) for one in found)
    found = [one | {"share": _share(one["more"], total)} for one in found if one["more"] > 0]
    return sorted(found, key=lambda one: -int(one["more"]))


def _problems(dossiers: Iterable[Dossier]) -> list[dict[str, Any]]:
    counts: dict[str, int] = defaultdict(int)
    for one in dossiers:
        if one.problem is not None:
            counts[one.problem] += 1
    return [{"text": text, "count": count} for text, count in sorted(counts.items(), key=lambda pair: -pair[1])[:10]]


def _person(person: Person, since: datetime, until: datetime) -> dict[str, Any]:
    there = max(0, person.calendar.between(since, until))
    return {
        "name": person.worker.name,
        "places": [list(place) for place in person.worker.places],
        "done": person.done,
        "busy": _share(_worked(person, since, until), there),
    }


def _worked(person: Person, since: datetime, until: datetime) -> int:
    inside = ((max(since, begin), min(until, end)) for begin, end in person.spans)
    return sum(person.calendar.between(begin, end) for begin, end in inside if begin < end)


def _places(calendars: Calendars, run: Run, since: datetime) -> list[dict[str, Any]]:
    """Of each inbox: who is at it, how much they had to do while dossiers came, how long the queue was."""
    changes: dict[Place, list[tuple[datetime, int]]] = defaultdict(list)
    waits: dict[Place, list[int]] = defaultdict(list)
    desks: dict[Place, bool] = {}
    for item in run.items:
        if item.work.waits or item.work.by_calendar:
            continue
        desks.setdefault(item.place, item.work.desk)
        left = item.began_at or item.ended_at
        changes[item.place].append((item.came_at, 1))
        if left is not None:
            changes[item.place].append((left, -1))
        if item.began_at is not None and item.dossier.arrived_at >= since:
            home = calendars(item.place[0], item.work.desk)
            waits[item.place].append(max(0, home.between(item.came_at, item.began_at)))
    return [
        {"agency": place[0], "position": place[1], "people": sum(place in one.worker.places for one in run.people)}
        | _busy(run, place, since)
        | {"wait": round(sum(waits[place]) / len(waits[place])) if waits[place] else 0}
        | _queue(calendars(place[0], desks[place]), changes[place], since, run)
        for place in sorted(changes)
    ]


def _busy(run: Run, place: Place, since: datetime) -> dict[str, Any]:
    people = [one for one in run.people if place in one.worker.places]
    there = sum(max(0, one.calendar.between(since, run.ends_at)) for one in people)
    return {"busy": _share(sum(_worked(one, since, run.ends_at) for one in people), there)}


def _queue(calendar: WorkCalendar, changes: list[tuple[datetime, int]], since: datetime, run: Run) -> dict[str, Any]:
    """Length over working time: mean and most while dossiers came, and by day (or week) until the end."""
    changes.sort(key=lambda change: change[0])
    days = max(1, -(-(run.stopped_at - run.begins_at) // timedelta(days=1)))
    size = timedelta(days=1 if days <= MOST_POINTS else 7 * -(-days // (7 * MOST_POINTS)))
    sums: dict[int, float] = defaultdict(float)
    spans: dict[int, int] = defaultdict(int)
    tops: dict[int, int] = defaultdict(int)
    length, area, time, most = 0, 0.0, 0, 0
    edges = [*changes, (run.stopped_at, 0)]
    at = run.begins_at
    for until, step in edges:
        while at < until:
            number = (at - run.begins_at) // size
            end = min(until, run.begins_at + (number + 1) * size)
            seconds = calendar.between(at, end)
            sums[number] += length * seconds
            spans[number] += seconds
            tops[number] = max(tops[number], length)
            inside = calendar.between(max(at, since), min(end, run.ends_at)) if at < run.ends_at and end > since else 0
            area, time = area + length * max(0, inside), time + max(0, inside)
            if inside > 0:
                most = max(most, length)
            at = end
        length += step
    rows = range(max(sums, default=-1) + 1)
    return {
        "queue": round(area / time, 2) if time else 0.0,
        "queue_most": most,
        "unit_days": size.days,
        "series": [
            [
                (run.begins_at + place * size).isoformat(),
                round(sums[place] / spans[place], 2) if spans[place] else None,
                tops[place],
            ]
            for place in rows
        ],
    }
