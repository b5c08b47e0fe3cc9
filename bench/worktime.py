"""`WorkCalendar.due` over thirty working days beside the package `businesstimedelta`, on one calendar with its holidays.

The package can be told the same hours in two ways: two working periods a day, or one with a lunch break taken out of it.
Both are timed, and ours is compared with the faster. Nothing is timed before both have answered every question alike.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import islice
from random import Random
from typing import Any

import holidays
import pytz
from businesstimedelta import BusinessTimeDelta, HolidayRule, LunchTimeRule, Rules, WorkDayRule

from app.rules.calendar import WorkCalendar
from app.wording import LOCAL
from bench.serving import Progress

YEARS = range(2025, 2032)
"""More than the starts: the package looks for a next holiday and wants to find one."""
HOURS = (("07:00", "11:30"), ("13:30", "17:00"))
DAYS = 30
FIRST, LAST = datetime(2026, 1, 1, tzinfo=LOCAL), datetime(2027, 12, 31, tzinfo=LOCAL)

Due = Callable[[datetime, int], datetime]


def run(quick: bool, progress: Progress) -> dict[str, Any]:
    """Microseconds a question of each way, and how many times ours is faster than the faster of the package's."""
    questions, rounds = (20, 2) if quick else (150, 9)
    days_off = sorted(day.isoformat() for day in holidays.country_holidays("VN", years=YEARS))
    calendar = WorkCalendar.from_dict(
        {"weekly": {"mon-fri": [list(period) for period in HOURS]}, "holidays": days_off, "minutes_per_day": 480}
    )
    seconds = DAYS * calendar.seconds_per_day
    theirs = _theirs(days_off)
    starts = _starts(questions)
    compared = _compare(calendar.due, theirs, starts, seconds)
    progress(f"{compared} câu trả lời giống nhau; bắt đầu đo")
    ways: Mapping[str, Due] = {"ours": calendar.due} | theirs
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds):
        for name, due in ways.items():  # in turn, so that whatever else the machine does meets all alike
            taken[name].append(_timed(due, starts, seconds, 50 if name == "ours" else 1))
        progress(f"lượt {number + 1}/{rounds}: " + ", ".join(f"{name} {of[-1]:.1f} µs" for name, of in taken.items()))
    ratios = [min(round_) / ours for ours, *round_ in zip(*taken.values(), strict=True)]
    return {
        "working_days": DAYS,
        "holidays": len(days_off),
        "answers_compared": compared,
        "rounds": rounds,
        "microseconds": {name: round(statistics.median(of), 2) for name, of in taken.items()},
        "ratio": round(statistics.median(ratios), 1),
        "ratio_lowest": round(min(ratios), 1),
        "ratio_highest": round(max(ratios), 1),
    }


def _theirs(days_off: list[str]) -> dict[str, Due]:
    """The same calendar, said in both ways that the package has for a break at noon."""
    zone = pytz.timezone("Asia/Ho_Chi_Minh")
    (opening, noon), (after, close) = (tuple(map(_clock, period)) for period in HOURS)
    rest = HolidayRule({datetime.fromisoformat(day).date() for day in days_off}, tz=zone)
    lunch = LunchTimeRule(noon, after, tz=zone)
    periods = Rules([WorkDayRule(opening, noon, tz=zone), WorkDayRule(after, close, tz=zone), rest], tz=zone)
    breaks = Rules([WorkDayRule(opening, close, tz=zone), lunch, rest], tz=zone)
    return {"businesstimedelta, two periods": _due_by(periods), "businesstimedelta, a lunch break": _due_by(breaks)}


def _clock(text: str) -> Any:
    return datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007 - a time of day


def _due_by(rules: Rules) -> Due:
    def due(at: datetime, seconds: int) -> datetime:
        answer: datetime = at + BusinessTimeDelta(rules, seconds=seconds)
        return answer

    return due


def _starts(many: int) -> list[datetime]:
    """Instants of two years, inside and outside office hours, the same in every run."""
    chance, span = Random(30), int((LAST - FIRST).total_seconds())  # noqa: S311
    drawn = iter(lambda: FIRST.astimezone(UTC) + timedelta(seconds=chance.randrange(span)), None)
    return list(islice(drawn, many))


def _compare(ours: Due, theirs: Mapping[str, Due], starts: list[datetime], seconds: int) -> int:
    for at in starts:
        answer = ours(at, seconds)
        for name, due in theirs.items():
            if (other := due(at, seconds)) != answer:
                raise RuntimeError(f"{name} từ {at.isoformat()}: {other.isoformat()}, của ta {answer.isoformat()}")
    return len(starts)


def _timed(due: Due, starts: list[datetime], seconds: int, times: int) -> float:
    begin = time.perf_counter()
    for _ in range(times):
        for at in starts:
            due(at, seconds)
    return (time.perf_counter() - begin) / (times * len(starts)) * 1e6
