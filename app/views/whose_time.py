"""Whose time the open, the late or the overdue dossiers' was: by unit, person, agency and step, and what the applicant took.

QT-20 (whose time), QT-28.5d (late time is a person's and a step's). Counted over the most urgent MOST_ATTRIBUTED open steps of
what is looked at, from the stretches that the clock has kept and from who holds them now: no history is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from app.access.caller import Caller
from app.actions.running import MAIN
from app.errors import invalid
from app.lawbook import profile_named, rules_for
from app.rules.attribution import kept_stretch, running_stretches
from app.rules.clock import ClockRules, ClockState
from app.rules.holdings import Segment
from app.store import inbox, monitor, names, watched_time
from app.store.inbox import Filters, ListedTask
from app.store.transaction import reading
from app.store.watched_time import EndedStretch, OpenHolding
from app.views.monitor import place_view
from app.views.present import state_of
from app.views.reach import Looked, looked_at, scope_of
from app.wording import alphabetical

MOST_ATTRIBUTED = 1_000
AMONG: Final = ("overdue", "step_late", "open")
"""Of which dossiers: past their deadline, late at their present step, all that are open."""
WHOSE: Final = ("unit", "person", "agency", "step")
APPLICANT: Final = "applicant"
UNTAKEN: Final = "none"
MEASURES: Final[Mapping[str, str]] = {"overdue": "overdue_seconds", "step_late": "late_seconds", "open": "seconds"}
"""By which of its lengths a holder has a part in such dossiers."""


@dataclass(frozen=True, slots=True)
class Part:
    """Time in one holder's hands, in working seconds, as `app.rules.attribution.Stretch` has it."""

    dossier: int
    procedure: str
    agency: str
    unit: int | None
    person: str | None
    step: str
    step_name: str
    seconds: int
    late_seconds: int
    overdue_seconds: int
    running: bool


@dataclass(frozen=True, slots=True)
class Attributed:
    """`tasks` are the open steps that were looked at, most urgent first; `paused` the applicants' seconds by dossier."""

    tasks: Sequence[ListedTask]
    parts: Sequence[Part]
    paused: Mapping[int, int]
    more: bool


@dataclass(slots=True)
class _Sum:
    seconds: int = 0
    late_seconds: int = 0
    overdue_seconds: int = 0
    running: bool = False
    dossiers: set[int] = field(default_factory=set)

    def add(self, part: Part, measure: str) -> None:
        self.seconds += part.seconds
        self.late_seconds += part.late_seconds
        self.overdue_seconds += part.overdue_seconds
        self.running = self.running or part.running
        if getattr(part, measure):
            self.dossiers.add(part.dossier)


def whose_time(
    caller: Caller, now: datetime, profile: str, agency: str | None, unit: str | None, among: str, whose: str
) -> dict[str, Any]:
    """The holders of those dossiers, who has most of the asked time first. `among` of AMONG, `whose` of WHOSE.

    Errors: DomainError forbidden, invalid.
    """
    with reading() as connection:
        looked = looked_at(connection, caller, agency, unit)
        if (
            looked.level == "province" and among == "overdue"
        ):  # no index orders the province's steps by their dossiers' deadlines
            raise invalid({"among": ["Cả tỉnh chỉ xem được step_late hoặc open; hãy chọn cơ quan."]})
        return place_view(looked) | told_of(connection, looked, now, profile, among, whose)


def told_of(
    connection: Connection, looked: Looked, now: datetime, profile: str, among: str, whose: str
) -> dict[str, Any]:
    """The same for what is looked at: `{among, whose, counted, rows, applicant, total_seconds}`; see `WhoseTimeSchema`."""
    found = attributed(connection, looked, Filters(), among, now, profile)
    measure = MEASURES[among]
    sums: dict[Any, _Sum] = {}
    for part in found.parts:
        sums.setdefault(_key(part, whose), _Sum()).add(part, measure)
    rows = [
        {
            "holder": holder,
            **words,
            "dossiers": len(one.dossiers),
            "seconds": one.seconds,
            "late_seconds": one.late_seconds,
            "overdue_seconds": one.overdue_seconds,
            "running": one.running,
        }
        for (holder, words), one in zip(_called(connection, whose, sums, found.parts), sums.values(), strict=True)
        if one.dossiers
    ]
    rows.sort(key=lambda row: (-row[measure], -row["seconds"], alphabetical(row["name"])))
    whole = sum(row[measure] for row in rows)
    answer: dict[str, Any] = {
        "among": among,
        "whose": whose,
        "measure": measure,
        "counted": len({task.task.dossier_id for task in found.tasks}),
        "total_seconds": whole,
        "rows": [row | {"percent": round(100 * row[measure] / whole) if whole else 0} for row in rows],
        "applicant": {"dossiers": len(found.paused), "seconds": sum(found.paused.values())},
    }
    return answer | ({"counted_is": "at_least"} if found.more else {})


def tasks_of_holder(
    connection: Connection,
    looked: Looked,
    filters: Filters,
    now: datetime,
    profile: str,
    asked: tuple[str, str, str],
) -> list[int]:
    """Ids of the open steps, most urgent first, of those dossiers in which a holder has a part: (among, whose, holder)."""
    among, whose, holder = asked
    found = attributed(connection, looked, filters, among, now, profile)
    if holder == APPLICANT:
        chosen = set(found.paused)
    else:
        measure = MEASURES[among]
        parts = [part for part in found.parts if getattr(part, measure)]
        keys = dict.fromkeys(_key(part, whose) for part in parts)
        called = _called(connection, whose, keys, parts)
        named = {key for key, (name, _) in zip(keys, called, strict=True) if name == holder}
        chosen = {part.dossier for part in parts if _key(part, whose) in named}
    return [one.task.id for one in found.tasks if one.task.dossier_id in chosen]


def attributed(
    connection: Connection, looked: Looked, filters: Filters, among: str, now: datetime, profile: str
) -> Attributed:
    """The most urgent open steps of what is looked at and whose their dossiers' time was, in five statements."""
    filters = replace(filters, now=now, by_appointment=profile_named(profile).on_time_against == "appointment")
    if among != "open":
        filters = replace(filters, fact=among)
    if (
        among == "step_late"
    ):  # late steps come first in the order of due times: where they end nothing more is looked at
        filters = replace(filters, due_before=now + timedelta(microseconds=1))
    scope = scope_of(connection, looked)
    listed = inbox.task_page(connection, (looked.inbox,), scope, filters, "due_at", None, MOST_ATTRIBUTED + 1)
    more, listed = len(listed) > MOST_ATTRIBUTED, listed[:MOST_ATTRIBUTED]
    by_dossier = {one.task.dossier_id: one for one in listed}
    ended: dict[int, list[EndedStretch]] = {}
    for stretch in watched_time.ended_stretches(connection, list(by_dossier)):
        ended.setdefault(stretch.dossier, []).append(stretch)
    held = {(one.dossier, one.engine_task): one for one in watched_time.open_holdings(connection, list(by_dossier))}
    parts: list[Part] = []
    paused: dict[int, int] = {}
    for dossier, one in by_dossier.items():
        rules, state = rules_for(connection, one), state_of(one.clock)
        parts += _ended_parts(one, ended.get(dossier, ()), state, rules)
        parts += _running_parts(one, held, state, rules, now)
        if seconds := _paused(ended.get(dossier, ()), state, rules, now):
            paused[dossier] = seconds
    return Attributed(listed, parts, paused, more)


def _ended_parts(
    listed: ListedTask, stretches: Iterable[EndedStretch], state: ClockState, rules: ClockRules
) -> list[Part]:
    found = []
    for one in stretches:
        if not one.charged:
            continue
        place = ("", one.agency, None, one.step, one.account, one.from_at, one.to_at)
        told = kept_stretch(Segment(*place, one.seconds, one.charged), one.due_at, state, rules)
        who = (one.dossier, listed.procedure, one.agency, one.unit, one.account, one.step, one.step_name or one.step)
        found.append(Part(*who, told.seconds, told.late_seconds, told.overdue_seconds, False))
    return found


def _running_parts(
    listed: ListedTask,
    held: Mapping[tuple[int, str], OpenHolding],
    state: ClockState,
    rules: ClockRules,
    now: datetime,
) -> list[Part]:
    found, dossier = [], listed.task.dossier_id
    for told in running_stretches(state, rules, now):
        task = held.get((dossier, told.key))
        if told.charged:
            unit, name = (task.unit, task.step_name) if task is not None else (None, told.step)
            who = (dossier, listed.procedure, told.agency, unit, told.account, told.step, name)
            found.append(Part(*who, told.seconds, told.late_seconds, told.overdue_seconds, True))
    return found


def _paused(stretches: Iterable[EndedStretch], state: ClockState, rules: ClockRules, now: datetime) -> int:
    """Working seconds in which it waited for its applicant: with what its own steps were not charged before a result."""
    spans = [
        (one.from_at, one.to_at)
        for one in stretches
        if not one.charged and one.kind == MAIN and (state.result_at is None or one.to_at <= state.result_at)
    ]
    if state.paused_at is not None and state.result_at is None:
        spans.append((state.paused_at, now))
    whole, until = 0, None
    for begin, end in sorted(spans):
        begin = begin if until is None else max(begin, until)
        if begin < end:
            whole, until = whole + rules.calendar.between(begin, end), end
    return whole


def _key(part: Part, whose: str) -> Any:
    if whose == "agency":
        return part.agency
    if whose == "unit":
        return part.agency, part.unit
    if whose == "person":
        return part.person
    return part.procedure, part.step


def _called(
    connection: Connection, whose: str, keys: Iterable[Any], parts: Iterable[Part]
) -> list[tuple[str, dict[str, Any]]]:
    """Of each key how an address asks for it, and its names."""
    keys = list(keys)
    if whose == "agency":
        agencies = names.agency_names(connection, keys)
        return [(key, {"agency": key, "name": agencies.get(key, key)}) for key in keys]
    if whose == "unit":
        units = monitor.units_by_id(connection, [unit for _, unit in keys if unit is not None])
        agencies = names.agency_names(connection, [agency for agency, _ in keys])
        return [_unit_called(agency, units.get(unit), agencies.get(agency, agency)) for agency, unit in keys]
    if whose == "person":
        people = names.people_names(connection, [key for key in keys if key is not None])
        return [
            (UNTAKEN, {"person": None, "name": "Chờ người nhận"})
            if key is None
            else (key, {"person": key, "name": people.get(key, key)})
            for key in keys
        ]
    steps = {(part.procedure, part.step): part.step_name for part in parts}
    return [(f"{key[0]}/{key[1]}", {"procedure": key[0], "step": key[1], "name": steps[key]}) for key in keys]


def _unit_called(agency: str, unit: monitor.UnitRow | None, agency_name: str) -> tuple[str, dict[str, Any]]:
    code, name = (unit.code, unit.name) if unit is not None else (None, agency_name)
    return f"{agency}/{code or ''}", {
        "agency": agency,
        "agency_name": agency_name,
        "unit": code,
        "name": name,
    }
