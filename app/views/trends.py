"""How a province, an agency or a unit goes from week to week or month to month (ST-26.1, QT-18.7, LA-17.1).

Every number has a list of precisely its dossiers (`app.views.period_list`). What was open at a period's end is reckoned back
from what is open now: less what came since, and with what was resolved or ended since.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal, cast

from sqlalchemy import Connection

from app.access.caller import Caller
from app.rules.outcome import Counts, rates
from app.rules.periods import Period, period_of
from app.store import monitor, trends
from app.store.replica import reading_behind
from app.store.trends import Came
from app.views.monitor import place_view
from app.views.reach import Looked, looked_at
from app.wording import LOCAL, alphabetical

TrendKind = Literal["week", "month"]
KINDS: Final[tuple[TrendKind, ...]] = ("month", "week")
POINTS: Final = 12
CHANNELS: Final[Mapping[str, str]] = {"counter": "Trực tiếp", "online": "Trực tuyến", "post": "Bưu chính"}
BY_POST: Final = "Trả qua bưu chính"


@dataclass(frozen=True, slots=True)
class _Numbers:
    """What was counted: by period, procedure and channel."""

    received: Sequence[Came]
    resolved: Sequence[Came]
    ended: Sequence[Came]
    open_now: Mapping[tuple[int, str], int]
    procedures: Mapping[int, tuple[str, str, str]]


def trends_of(
    caller: Caller, now: datetime, kind: TrendKind, chosen: date | None, agency: str | None, unit: str | None
) -> dict[str, Any]:
    """The last POINTS weeks or months up to now, and one of them (`chosen`, else the present one) in detail: `TrendsSchema`.

    A unit has steps and no dossiers of its own, so only whose time it was. Errors: DomainError forbidden, invalid.
    """
    today = now.astimezone(LOCAL).date()
    periods = [period_of(kind, today).moved(-back) for back in reversed(range(POINTS))]
    begin, end = periods[0].bounds(LOCAL)[0], periods[-1].bounds(LOCAL)[1]
    with reading_behind() as connection:
        looked = looked_at(connection, caller, agency, unit)
        answer = place_view(looked) | {
            "kind": kind,
            "periods": [{"name": one.name, "first": one.first, "end": one.end} for one in periods],
        }
        answer |= _units(connection, looked, periods, begin, end)
        if looked.level == "unit":
            return answer
        found = _counted(connection, looked.agencies, kind, begin, end)
        period = next((one for one in periods if one.first == chosen), periods[-1])
        post = trends.returned_by_post(connection, looked.agencies, *period.bounds(LOCAL))
    return answer | _series(found, periods) | {"chosen": _detail(found, period, post)}


def _counted(
    connection: Connection, agencies: Sequence[int] | None, kind: str, begin: datetime, end: datetime
) -> _Numbers:
    before = begin - (end - begin)
    received = trends.received(connection, agencies, kind, begin, end)
    resolved = trends.resolved(connection, agencies, kind, begin, end)
    ended = trends.ended_without(connection, agencies, kind, begin, end, before)
    left = trends.open_now(connection, agencies)
    ids = {one.procedure for one in (*received, *resolved, *ended)} | {procedure for procedure, _ in left}
    return _Numbers(received, resolved, ended, left, trends.fields_of(connection, sorted(ids)))


_COUNTED = ("received", "early", "on_time", "late", "open")
Key = tuple[int, str]
"""A procedure and a channel."""


def _series(found: _Numbers, periods: Sequence[Period]) -> dict[str, Any]:
    books = [_book(found, one) for one in periods]
    return {
        "points": [_row(book.values()) for book in books],
        "channels": [
            {
                "channel": channel,
                "name": name,
                "received": [sum(one["received"] for key, one in book.items() if key[1] == channel) for book in books],
            }
            for channel, name in CHANNELS.items()
        ],
    }


def _book(found: _Numbers, period: Period) -> dict[Key, Counter[str]]:
    """One period's numbers by procedure and channel; `open`: at its end."""
    book: dict[Key, Counter[str]] = defaultdict(Counter)
    for key, number in found.open_now.items():
        book[key]["open"] += number
    for one in found.received:
        if one.first == period.first:
            book[one.procedure, one.channel]["received"] += one.number
        elif one.first >= period.end:
            book[one.procedure, one.channel]["open"] -= one.number
    for one in found.resolved:
        if one.first == period.first and one.timeliness is not None:
            book[one.procedure, one.channel][one.timeliness] += one.number
        elif one.first >= period.end:
            book[one.procedure, one.channel]["open"] += one.number
    for one in found.ended:
        if one.first >= period.end:
            book[one.procedure, one.channel]["open"] += one.number
    return book


def _row(numbers: Iterable[Mapping[str, int]]) -> dict[str, Any]:
    """Numbers of several procedures and channels together, with the two rates."""
    whole: Counter[str] = Counter()
    for one in numbers:
        whole.update(one)
    counts = Counts(whole["received"], whole["early"], whole["on_time"], whole["late"])
    rate = rates(counts)
    return {name: whole[name] for name in _COUNTED} | {
        "resolved": counts.resolved,
        "on_time_rate": None if rate.on_time is None else float(rate.on_time),
        "resolution_rate": None if rate.resolution is None else float(rate.resolution),
    }


def _detail(found: _Numbers, period: Period, post: Mapping[int, int]) -> dict[str, Any]:
    """One period by channel, field and procedure; rows with nothing in them are left out."""
    book = _book(found, period)
    by_field: dict[str, list[Key]] = {}
    by_procedure: dict[int, list[Key]] = {}
    for key in book:
        by_field.setdefault(found.procedures[key[0]][2], []).append(key)
        by_procedure.setdefault(key[0], []).append(key)

    def told(keys: Iterable[Key], **words: Any) -> dict[str, Any]:
        keys = list(keys)
        sent = {"by_post": sum(post.get(one, 0) for one in {key[0] for key in keys})}
        return words | _row(book[key] for key in keys) | sent

    procedures = {one: found.procedures[one] for one in by_procedure}
    return {
        "name": period.name,
        "first": period.first,
        "end": period.end,
        "whole": told(book),
        "channels": [
            {"channel": one, "name": title} | _row(numbers for key, numbers in book.items() if key[1] == one)
            for one, title in CHANNELS.items()
        ],
        "fields": _with_numbers(told(keys, field=name, name=name) for name, keys in by_field.items()),
        "procedures": _with_numbers(
            told(by_procedure[one], procedure=code, name=name) for one, (code, name, _) in procedures.items()
        ),
    }


def _with_numbers(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    kept = [row for row in rows if row["received"] or row["resolved"] or row["open"]]
    return sorted(kept, key=lambda row: (-row["received"] - row["resolved"], -row["open"], alphabetical(row["name"])))


def _units(
    connection: Connection, looked: Looked, periods: Sequence[Period], begin: datetime, end: datetime
) -> dict[str, Any]:
    """Steps finished by unit in each period, with their working time; periods that were not counted whole are None."""
    if looked.level == "province":
        return {"units": [], "units_counted": 0}
    units = (
        monitor.units_by_id(connection, looked.units)
        if looked.level == "unit"
        else {one.id: one for one in monitor.units_in(connection, looked.agencies or ())}
    )
    kind = cast(str, periods[0].kind)
    rows = trends.steps_done(connection, list(units), kind, begin, end)
    counted = sum(one.steps for one in rows)
    first = min((one.first for one in rows), default=periods[0].first)
    # The oldest period of a counting that was cut is not whole.
    whole = [one.first > first or counted < trends.MOST_STEPS for one in periods]
    found = {(one.unit, one.first): one for one in rows}
    told: list[dict[str, Any]] = []
    for unit, row in units.items():
        numbers = [found.get((unit, one.first)) for one in periods]
        if any(numbers):
            told.append(
                {
                    "unit": row.code,
                    "name": row.name,
                    "agency": row.agency,
                    **{
                        name: [
                            (getattr(one, name) if one is not None else 0) if known else None
                            for one, known in zip(numbers, whole, strict=True)
                        ]
                        for name in ("steps", "late", "seconds")
                    },
                }
            )
    told.sort(key=lambda row: -sum([number or 0 for number in row["seconds"]]))
    answer: dict[str, Any] = {"units": told, "units_counted": counted}
    return answer | ({"units_counted_is": "at_least"} if counted >= trends.MOST_STEPS else {})
