"""The ground that a simulation stands on: the files of a draft's state or of a version, with calendars and profile of today.

What a plan needs besides is proposed from what is known: who has the positions now, and what came in lately.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy import Connection

from app.actions.draft_files import diagram_text
from app.calendars import DAYS
from app.engine.problems import DiagramRejected
from app.engine.steps import LEAD, Step
from app.errors import DomainError
from app.simulation.draws import Spread
from app.simulation.loading import Ground
from app.simulation.plan import MOST_AGENCIES, MOST_PEOPLE, LoadPlan, Place, Stream, Worker
from app.store import calendars, diagram_drafts, organisation, procedures, received, step_statistics, version_reviews
from app.store.procedures import ProcedureRow
from app.wording import LOCAL

PER_WEEK = 20.0
"""Dossiers a week where nothing is known."""
_YEARS = 4
"""Holidays of so many years are kept with a run."""
_HISTORY = timedelta(weeks=12)
_MOST_ASKED = 30
"""Agencies beside the receiving ones whose people are looked up."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is simulated: state `revision` of a draft, or version `version`."""

    procedure: ProcedureRow
    draft_id: int | None
    revision: int | None
    version: int | None


def draft_ground(
    connection: Connection, draft_id: int, revision: int | None, profile: str, today: date
) -> tuple[Subject, Ground]:
    """Of a draft's newest state, or of the one named. Errors: DomainError not_found, diagram_rejected."""
    draft = diagram_drafts.find_draft(connection, draft_id)
    number = revision or (draft.revision if draft is not None else 0)
    files = diagram_drafts.files_of(connection, draft_id, number)
    procedure = procedures.find_procedure(connection, draft.procedure) if draft is not None else None
    if draft is None or files is None or procedure is None:
        raise DomainError("not_found", "Không có bản vẽ này, hoặc lần lưu này không còn.")
    called = {name: str(text) for name, text in files.called.items()}
    diagram = diagram_text(files.diagram)
    ground = _ground(connection, procedure, diagram, called, files.forms, profile, today)
    return Subject(procedure, draft.id, number, None), ground


def version_ground(connection: Connection, code: str, number: int, profile: str, today: date) -> tuple[Subject, Ground]:
    """Of a published version. Errors: DomainError not_found, diagram_rejected."""
    procedure = procedures.find_procedure(connection, code)
    version = version_reviews.find_version(connection, code, number) if procedure is not None else None
    if procedure is None or version is None:
        raise DomainError("not_found", "Thủ tục này không có phiên bản đó.")
    files = procedures.version_files(connection, version.id)
    main = next(diagram_text(content) for kind, content in files.values() if kind == "main")
    called = {name: diagram_text(content) for name, (kind, content) in files.items() if kind == "called"}
    forms = {PurePosixPath(name).stem: json.loads(content) for name, (kind, content) in files.items() if kind == "form"}
    return Subject(procedure, None, None, number), _ground(connection, procedure, main, called, forms, profile, today)


def _ground(
    connection: Connection,
    procedure: ProcedureRow,
    diagram: str,
    called: Mapping[str, str],
    forms: Mapping[str, Any],
    profile: str,
    today: date,
) -> Ground:
    hours = calendars.agencies_hours(connection)
    names = {row.id: row.code for row in calendars.every_calendar(connection)}
    kept = {row.code: _of_years(row.data, today) for row in calendars.every_calendar(connection)}
    own = next((one.calendar for one in calendars.procedures_hours(connection) if one.id == procedure.id), None)
    most = Counter(names[one.office] for one in hours)
    ground = Ground(
        profile,
        procedure.limit,
        procedure.limit_unit,
        diagram,
        called,
        dict(forms),
        kept,
        most.most_common(1)[0][0] if most else next(iter(kept)),
        {one.code: (names[one.office], names[one.desk or one.office]) for one in hours},
        names[own] if own is not None else None,
    )
    steps = steps_of(ground)
    wanted = {step.position for step in steps.values()} | _form_positions(forms)
    holders = {
        position: [code for code, _ in organisation.agencies_with(connection, position, today)][:_MOST_ASKED]
        for position in sorted(wanted)
    }
    return replace(ground, holders=holders)


def steps_of(ground: Ground) -> Mapping[str, Step]:
    """The steps as they would run, the desk's own ones included. Errors: DomainError diagram_rejected."""
    try:
        return ground.played().definition.steps
    except DiagramRejected as rejected:
        told = [problem.to_dict() for problem in rejected.problems]
        raise DomainError(
            "diagram_rejected",
            f"Sơ đồ chưa chạy được nên chưa mô phỏng được: {rejected.problems[0].message}",
            extra={"problems": told},
        ) from rejected


def _form_positions(forms: Mapping[str, Any]) -> set[str]:
    found = set()
    for schema in forms.values():
        for one in schema.get("components", ()) if isinstance(schema, Mapping) else ():
            named = (one.get("properties") or {}).get("position") if isinstance(one, Mapping) else None
            if isinstance(named, str):
                found.add(named)
    return found


def _of_years(data: Mapping[str, Any], today: date) -> dict[str, Any]:
    years = {str(today.year + more) for more in range(-1, _YEARS)}
    few = {name: [day for day in data.get(name, ()) if str(day)[:4] in years] for name in DAYS if name in data}
    return {**data, **few}


def proposed_plan(connection: Connection, subject: Subject, ground: Ground, now: datetime) -> LoadPlan:
    """One press runs it: the next eight weeks, as many dossiers as lately came, by who has the positions now."""
    today = now.astimezone(LOCAL).date()
    plan = LoadPlan(today + timedelta(days=7 - today.weekday()), 8, streams=_streams(connection, subject))
    plan = from_history(connection, subject, plan, now) or plan
    return replace(plan, people=people_now(connection, ground, [one.agency for one in plan.streams], today))


def _streams(connection: Connection, subject: Subject) -> tuple[Stream, ...]:
    agencies = list(procedures.handling_agencies(connection, subject.procedure.id))[:1]
    return tuple(Stream(code, PER_WEEK) for code in agencies or list(organisation.agency_ids(connection))[:1])


def from_history(
    connection: Connection, subject: Subject, plan: LoadPlan, now: datetime, span: timedelta = _HISTORY
) -> LoadPlan | None:
    """The plan with dossiers coming as they did in the last weeks; None when none came."""
    found = received.received_by_hour(connection, subject.procedure.id, now - span, now)
    if not found:
        return None
    by_agency: dict[str, int] = defaultdict(int)
    weekdays, hours = [0.0] * 7, [0.0] * 24
    for one in found:
        by_agency[one.agency] += one.number
        weekdays[one.weekday] += one.number
        hours[one.hour] += one.number
    weeks = span / timedelta(weeks=1)
    busiest = sorted(by_agency, key=lambda code: (-by_agency[code], code))[:MOST_AGENCIES]
    streams = tuple(Stream(code, round(by_agency[code] / weeks, 1)) for code in busiest)
    outside = sum(weekdays[5:]) > 0 or sum(hours[:6]) + sum(hours[18:]) > 0
    return replace(plan, streams=streams, weekdays=tuple(weekdays), hours=tuple(hours), open_only=not outside)


def spreads_from_history(connection: Connection, subject: Subject, plan: LoadPlan, now: datetime) -> LoadPlan:
    """Steps take what they took lately under the version in force: half of all less than the median, one in ten more than the
    ninth tenth. Those times hold the waiting in inboxes, too: whoever takes them sees at best what is."""
    version = procedures.version_in_force(connection, subject.procedure.id, now.astimezone(LOCAL).date())
    if version is None:
        return plan
    cohort = step_statistics.Cohort(version.id, now - _HISTORY, now)
    ids = step_statistics.dossiers_of(connection, cohort)
    known = {one.step: one for one in step_statistics.steps_of(connection, ids, now)} if ids else {}
    found = {
        step: Spread.measured(one.median_seconds / 60, one.slow_seconds / 60)
        for step, one in known.items()
        if one.done and one.median_seconds and one.slow_seconds
    }
    return replace(plan, spreads={**plan.spreads, **found})


def places_of(ground: Ground, agencies: list[str]) -> dict[Place, bool]:
    """Where the steps of dossiers of these agencies are done; whether the diagram says so, or only data will."""
    found: dict[Place, bool] = {}
    for step in steps_of(ground).values():
        said = not step.agency.startswith("=")
        where = agencies if step.agency == LEAD else [step.agency] if said else ground.holders.get(step.position, ())
        for agency in where:
            found[agency, step.position] = found.get((agency, step.position), False) or said
    return found


def people_now(connection: Connection, ground: Ground, agencies: list[str], today: date) -> tuple[Worker, ...]:
    """Whoever has the positions now, each once; a place that nobody has gets one person."""
    places = places_of(ground, agencies)
    asked = received.holders_of(
        connection, sorted({agency for agency, _ in places}), sorted({position for _, position in places}), today
    )
    wanted = set(places)
    held: dict[tuple[str, str], list[Place]] = defaultdict(list)
    for one in asked:
        if (one.agency, one.position) in wanted:
            held[one.username, one.name].append((one.agency, one.position))
    people = [Worker(f"{name} ({username})", tuple(has)) for (username, name), has in held.items()]
    taken = {place for one in people for place in one.places}
    own = [place for place, said in places.items() if said and place not in taken]
    people += [Worker(f"Người giữ {position} ({agency})", ((agency, position),)) for agency, position in own]
    return tuple(people[:MOST_PEOPLE])


def ground_data(ground: Ground) -> dict[str, Any]:
    """As JSON."""
    return asdict(ground)
