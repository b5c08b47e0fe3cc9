"""Calendars for tests: that of the worked cases, and strategies for strange ones."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from app.rules.calendar import WorkCalendar

LOCAL = timezone(timedelta(hours=7))
CASES_FILE = Path(__file__).parents[1] / "data" / "clock_cases.json"
CASES: list[dict[str, Any]] = json.loads(CASES_FILE.read_text(encoding="utf-8"))
OFFICE: dict[str, Any] = CASES[0]["calendar"]
OFFICE_CALENDAR = WorkCalendar.from_dict(OFFICE)
FIRST_DAY, LAST_DAY = date(2026, 8, 17), date(2026, 9, 13)  # holds a swapped day, a working Saturday and two holidays


def at(text: str) -> datetime:
    """A local instant: `2026-03-11 18:20`."""
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


def shown(instant: datetime) -> str:
    """What `at` reads."""
    local = instant.astimezone(LOCAL)
    return f"{local:%Y-%m-%d %H:%M:%S}".removesuffix(":00")


def instants(step: timedelta = timedelta(minutes=1)) -> st.SearchStrategy[datetime]:
    """Naive local instants of four weeks, on whole steps."""
    first = datetime.combine(FIRST_DAY, datetime.min.time())
    span = datetime.combine(LAST_DAY, datetime.min.time()) - first
    return st.integers(0, span // step).map(lambda count: first + count * step)


def _pairs(edges: set[int]) -> list[int]:
    return sorted(edges)[: len(edges) // 2 * 2]


def _two_hours(edges: list[int]) -> bool:
    """Enough work a day for a walk over it to end soon."""
    return sum(edges[1::2]) - sum(edges[::2]) >= 8


@st.composite
def weeks(draw: Callable[[st.SearchStrategy[Any]], Any]) -> dict[str, list[list[str]]]:
    """A week with one to three periods on its days; some begin at midnight."""
    week = {}
    for name in draw(st.sampled_from([["mon-fri"], ["mon-thu", "fri"], ["mon-sat"], ["mon", "tue-sun"], ["wed"]])):
        edges = draw(st.sets(st.integers(0, 95), min_size=2, max_size=6).map(_pairs).filter(_two_hours))
        clock = [f"{edge // 4:02d}:{edge % 4 * 15:02d}" for edge in edges]
        week[name] = [[clock[index], clock[index + 1]] for index in range(0, len(clock), 2)]
    return week


@st.composite
def calendars(draw: Callable[[st.SearchStrategy[Any]], Any]) -> dict[str, Any]:
    """Calendar data with holidays, swaps, worked rest days and a change of hours within the four weeks of `instants`."""
    days = st.dates(FIRST_DAY, LAST_DAY)
    rest = draw(st.sets(days, max_size=6))
    worked = draw(st.sets(days, max_size=3)) - rest
    data: dict[str, Any] = {
        "tz": "Asia/Ho_Chi_Minh",
        "weekly": draw(weeks()),
        "holidays": [day.isoformat() for day in sorted(rest)[:3]],
        "swapped_rest_days": [day.isoformat() for day in sorted(rest)[3:]],
        "working_saturdays": [day.isoformat() for day in sorted(worked)],
        "minutes_per_day": 480,
    }
    if any("mon" in name for name in data["weekly"]) and draw(st.booleans()):
        first, last = sorted(draw(st.tuples(days, days)))
        data["patterns"] = [
            {
                "from": first.isoformat(),
                "to": last.isoformat(),
                "weekly": draw(weeks().filter(lambda w: "wed" not in w)),
            }
        ]
    if not any("mon" in name for name in data["weekly"]):
        data["working_saturdays"] = []  # without Monday hours the oracle and the calendar would have to agree on a rule
    return data
