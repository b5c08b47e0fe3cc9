"""What heads see: how much is open and late, at whom, and how a period went (ST-26.1, HT-21.4, QT-28.5d)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from app.access.caller import Caller
from app.lawbook import profile_named
from app.rules.outcome import Counts, rates
from app.rules.periods import PeriodKind, period_of
from app.store import dossier_lists, monitor
from app.store.dossier_lists import DossierFilters
from app.store.monitor import MOST_MONITORED, AgencyTotals, Group
from app.store.task_walks import MOST_COUNTED
from app.store.transaction import reading
from app.views.reach import Looked, looked_at, scope_of
from app.wording import LOCAL, alphabetical


@dataclass(frozen=True, slots=True)
class Names:
    units: Mapping[int, monitor.UnitRow]
    officers: Mapping[int, tuple[str, str]]
    procedures: Mapping[int, tuple[str, str]]


def overview(caller: Caller, now: datetime, profile: str, agency: str | None, unit: str | None) -> dict[str, Any]:
    """Open work of what the caller may look at: of a province by agency, else by unit, officer, procedure and step.

    Every group: `{…, open, due_today, overdue, appointment_passed, transfer_limit_passed, step_late, due_soon, paused}`, in
    dossiers; `standing`: how many of the agency, or of the province, stand for an incident. Errors: DomainError forbidden,
    invalid.
    """
    with reading() as connection:
        looked = looked_at(connection, caller, agency, unit)
        answer = place_view(looked)
        if looked.level != "unit":
            standing = dossier_lists.count_dossiers(connection, DossierFilters(looked.agencies, stands=True))
            answer["standing"] = min(standing, MOST_COUNTED)
        if looked.level == "province":
            loads = monitor.agency_loads(connection, None, now, today_of(now))
            answer["agencies"] = [_load(load) for load in loads if load.open]
            return answer
        scope = scope_of(connection, looked)
        by_appointment = profile_named(profile).on_time_against == "appointment"
        found, tasks = monitor.groups(connection, looked.inbox, scope, now, today_of(now), by_appointment)
        names = Names(
            monitor.units_by_id(connection, _ids(found, "unit")),
            monitor.people_by_id(connection, _ids(found, "officer")),
            monitor.procedures_by_id(connection, [*_ids(found, "procedure"), *_ids(found, "step")]),
        )
        own = monitor.units_in(connection, looked.agencies) if looked.agencies else []
    answer["whole"] = next((dict(one.counts) for one in found if one.kind == "whole"), dict.fromkeys(monitor.COUNTS, 0))
    answer["counted"] = tasks
    if tasks >= MOST_MONITORED:
        answer["counted_is"] = "at_least"
    for kind, name in (("unit", "units"), ("officer", "officers"), ("procedure", "procedures"), ("step", "steps")):
        answer[name] = _sorted(_named(one, names) for one in found if one.kind == kind)
    answer["choices"] = [{"unit": one.code, "unit_name": one.name, "agency": one.agency} for one in own]
    return answer


def totals(caller: Caller, kind: PeriodKind, day: date, agency: str | None, unit: str | None) -> dict[str, Any]:
    """A month, quarter or year: by agency dossiers received and resolved early, on time, late, with the two rates; by officer
    the steps finished and those finished late (not for a whole province). Errors: DomainError forbidden, invalid."""
    period = period_of(kind, day)
    begin, end = period.bounds(LOCAL)
    with reading() as connection:
        looked = looked_at(connection, caller, agency, unit)
        rows = _agency_totals(connection, looked, begin, end)
        officers = _officer_totals(connection, looked, begin, end)
    whole = AgencyTotals(0, "", "", *(sum(getattr(row, name) for row in rows) for name in _TOTALLED))
    return place_view(looked) | {
        "period": {"kind": period.kind, "name": period.name, "first": period.first, "end": period.end},
        "earlier": period.moved(-1).first,
        "later": period.moved(1).first,
        "whole": _totals(whole) if looked.level != "unit" else None,
        "agencies": [{"agency": row.code, "agency_name": row.name} | _totals(row) for row in rows],
        "officers": officers,
    }


_TOTALLED = ("received", "early", "on_time", "late")


def _agency_totals(connection: Connection, looked: Looked, begin: datetime, end: datetime) -> list[AgencyTotals]:
    if looked.level == "unit":  # a unit has steps, not dossiers of its own
        return []
    return monitor.agency_totals(connection, looked.agencies, begin, end)


def _totals(row: AgencyTotals) -> dict[str, Any]:
    counts = Counts(row.received, row.early, row.on_time, row.late)
    found = rates(counts)
    return {
        **{name: getattr(row, name) for name in _TOTALLED},
        "resolved": counts.resolved,
        "resolution_rate": None if found.resolution is None else float(found.resolution),
        "on_time_rate": None if found.on_time is None else float(found.on_time),
    }


def _officer_totals(connection: Connection, looked: Looked, begin: datetime, end: datetime) -> list[dict[str, Any]]:
    units = looked.units
    if looked.level == "agency" and looked.agencies:
        units = tuple(one.id for one in monitor.units_in(connection, looked.agencies))
    if not units:
        return []
    rows = monitor.officer_totals(connection, units, begin, end)
    people = monitor.people_by_id(connection, [row.account for row in rows if row.account is not None])
    names = monitor.units_by_id(connection, [row.unit for row in rows])
    found = [
        {
            "account": people[row.account][0] if row.account in people else None,
            "name": people[row.account][1] if row.account in people else None,
            "unit_name": names[row.unit].name,
            "done": row.done,
            "late": row.late,
        }
        for row in rows
    ]
    return sorted(found, key=lambda one: (-one["late"], -one["done"], alphabetical(one["name"] or "")))


def place_view(looked: Looked) -> dict[str, Any]:
    """What is looked at: `{level, agency, agency_name, unit, unit_name}`."""
    return {
        "level": looked.level,
        "agency": looked.agency.code if looked.agency else None,
        "agency_name": looked.agency.name if looked.agency else None,
        "unit": looked.unit.code if looked.unit else None,
        "unit_name": looked.unit.name if looked.unit else None,
    }


def today_of(now: datetime) -> tuple[datetime, datetime]:
    midnight = now.astimezone(LOCAL).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight, midnight + timedelta(days=1)


def _load(load: monitor.AgencyLoad) -> dict[str, Any]:
    counts = {"open": load.open, "due_today": load.due_today, "step_late": load.step_late}
    told: dict[str, Any] = {"agency": load.code, "agency_name": load.name}
    told |= {name: min(number, MOST_COUNTED) for name, number in counts.items()}
    capped = [name for name, number in counts.items() if number > MOST_COUNTED]
    return told | ({"at_least": capped} if capped else {})


def _ids(found: Iterable[Group], kind: str) -> Sequence[int]:
    return [one.id for one in found if one.kind == kind and one.id is not None]


def _named(group: Group, names: Names) -> dict[str, Any]:
    told: dict[str, Any]
    if group.kind == "unit":
        unit = names.units[group.id or 0]
        told = {"unit": unit.code, "unit_name": unit.name, "agency": unit.agency, "name": unit.name}
    elif group.kind == "officer":
        username, name = names.officers[group.id] if group.id is not None else (None, None)
        told = {"officer": username, "name": name}
    elif group.kind == "procedure":
        code, name = names.procedures[group.id or 0]
        told = {"procedure": code, "name": name}
    else:
        code, name = names.procedures[group.id or 0]
        told = {"step": group.step, "name": group.step_name, "procedure": code, "procedure_name": name}
    return told | dict(group.counts)


def _sorted(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """What is gravest first: most overdue, then most late steps, then most open."""
    return sorted(
        rows, key=lambda row: (-row["overdue"], -row["step_late"], -row["open"], alphabetical(row["name"] or ""))
    )
