"""The next two weeks as a head looks at them: who is away on which day, and which position nobody would hold then."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.access.caller import Caller
from app.actions.absences import ANYWHERE, IN_AGENCY
from app.rules.permissions import WORKERS
from app.store import absences, holders_ahead
from app.store.absences import AbsenceRow
from app.store.holders_ahead import HolderAhead
from app.store.transaction import reading

DAYS = 14


@dataclass(frozen=True, slots=True)
class Row:
    """A person who is away (`subject`, `told`: who stands in), or a position that is held today (`told`: its agency); `on`
    says of each of the days whether she is away, or nobody there."""

    subject: str
    told: str
    on: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Ahead:
    days: tuple[date, ...]
    away: tuple[Row, ...]
    gaps: tuple[Row, ...]


def absences_ahead(caller: Caller, today: date) -> Ahead | None:
    """Of the agencies whose absences the caller enters; None where she enters only her own."""
    if not (caller.may(ANYWHERE) or caller.may(IN_AGENCY)):
        return None
    agencies = None if caller.may(ANYWHERE) else caller.agency_ids
    days = tuple(today + timedelta(days=number) for number in range(DAYS))
    with reading() as connection:
        rows = absences.list_absences(connection, today, past=False, about=caller.account_id, agency_ids=agencies)
        held = holders_ahead.holders_between(connection, agencies, days[0], days[-1], WORKERS)
    shown = [one for one in rows if one.from_day <= days[-1]]
    away = tuple(Row(one.name, one.substitute_name, tuple(_is_away(one, day) for day in days)) for one in shown)
    return Ahead(days, away, tuple(_gaps(held, shown, days)))


def _is_away(one: AbsenceRow, day: date) -> bool:
    return one.from_day <= day <= one.to_day


def _gaps(held: Sequence[HolderAhead], rows: Sequence[AbsenceRow], days: Sequence[date]) -> list[Row]:
    """Positions that somebody holds today and nobody on a later day."""
    by_position: dict[int, list[HolderAhead]] = defaultdict(list)
    for one in held:
        by_position[one.position_id].append(one)
    away = {(one.account_id, day) for one in rows for day in days if _is_away(one, day)}
    found = []
    for holders in by_position.values():
        there = [any(_there(one, day, away) for one in holders) for day in days]
        if there[0] and not all(there):
            found.append(Row(holders[0].position, holders[0].agency, tuple(not one for one in there)))
    return found


def _there(one: HolderAhead, day: date, away: set[tuple[int, date]]) -> bool:
    if day < one.from_day or (one.to_day is not None and day > one.to_day):
        return False
    return one.stands_in or (one.account_id, day) not in away
