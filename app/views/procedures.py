"""Procedures as published: what an applicant brings, how long it takes, through which steps it goes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy import Connection

from app.actions.publication import terms_of, why_no_process
from app.errors import DomainError
from app.lawbook import profile_named
from app.rules import services
from app.rules.legality import done_at_once
from app.rules.limits import SameDay, parse_published
from app.rules.side import SIDE
from app.store import procedures, version_reviews
from app.store.media_types import USUAL
from app.store.procedures import ProcedureRow, VersionRow
from app.store.transaction import reading
from app.views.cursors import a_code, make_cursor, page_answer, read_cursor

COMMUNE = "commune"
"""The member of a dossier's data that says in which commune it belongs, as the code of that agency."""


def procedure_list(
    q: str | None = None,
    cursor: str | None = None,
    page_size: int = 50,
    agencies: Sequence[int] | None = None,
    day: date | None = None,
) -> dict[str, Any]:
    """A page of procedures by code; `q` are words of code, name or field, with or without diacritics.

    `agencies`: only those that one of these agencies (ids) handles. With `day` each says whether it has a process in force on
    that day (ST-26.7).

    Errors: DomainError invalid.
    """
    after = read_cursor(cursor, "procedures", a_code)[0] if cursor is not None else None
    with reading() as connection:
        rows = procedures.search_procedures(connection, q, after, page_size + 1, agencies)
        total = procedures.count_procedures(connection, q, agencies)
        in_force = _in_force(connection, rows, day) if day is not None else {}
    next_cursor = make_cursor("procedures", rows[page_size - 1].code) if len(rows) > page_size else None
    return page_answer([procedure_view(row) | in_force.get(row.id, {}) for row in rows[:page_size]], total, next_cursor)


def procedure_detail(code: str, day: date, profile: str | None = None) -> dict[str, Any]:
    """A procedure with its components, fees, and the steps, form and decision that are in force on `day`.

    With the province's `profile` it says when it was published, by when that had to be, and whether it was late. Without a
    version in force there are no steps, and form, version and decision are None. Errors: DomainError not_found.
    """
    with reading() as connection:
        procedure = procedures.find_procedure(connection, code)
        if procedure is None:
            raise DomainError("not_found", f"Không có thủ tục mã “{code}”.")
        version = procedures.version_in_force(connection, procedure.id, day)
        return procedure_view(procedure) | {
            "components": procedure.components,
            "max_file_bytes": procedure.max_file_bytes,
            "file_types": list(procedure.file_types or USUAL),
            "fees": procedure.fees,
            "prepaid": services.prepaid(procedure.fees),
            "channels": list(services.channels(procedure.service_level)),
            "deliveries": list(services.deliveries(procedure.service_level)),
            "legal_basis": procedure.legal_basis,
            "agencies": list(procedures.handling_agencies(connection, procedure.id)),
            "steps": version.steps if version else [],
            "at_once": version is not None and _at_once(procedure, version),
            "asks_commune": version is not None and _asks_commune(version),
            "form": procedures.form_of(connection, version.id, _first_form(version)) if version else None,
            "transactions": _transactions(connection, version) if version else [],
            "version": version.number if version else None,
            "decision": _decision(version) if version else None,
            "no_process": _why_not(connection, procedure, version, day),
            **(_published(connection, code, version, profile) if version and profile is not None else {}),
        }


def _asks_commune(version: VersionRow) -> bool:
    """Whether some step goes to the agency that the dossier's data calls `commune`, and no form of a step asks for it."""
    goes = any((step.get("agency") or "").replace(" ", "") == f"={COMMUNE}" for step in version.steps)
    return goes and not any(step.get("form") for step in version.steps)


def _in_force(connection: Connection, rows: Sequence[ProcedureRow], day: date) -> dict[int, dict[str, bool]]:
    found = procedures.with_process(connection, [row.id for row in rows], day)
    return {row.id: {"in_force": row.id in found and not row.closed_on(day)} for row in rows}


def _why_not(connection: Connection, procedure: ProcedureRow, version: VersionRow | None, day: date) -> str | None:
    """Why no new dossier is received that day; None where one is."""
    if procedure.closed_on(day):
        return f"Thủ tục {procedure.code} thôi tiếp nhận hồ sơ mới từ ngày {procedure.closed_from:%d/%m/%Y}."
    return None if version else why_no_process(connection, procedure, day)


def _published(connection: Connection, code: str, version: VersionRow, profile: str) -> dict[str, Any]:
    row = version_reviews.find_version(connection, code, version.number)
    if row is None:
        return {}
    terms = terms_of(
        connection,
        profile_named(profile),
        version.procedure_id,
        decided_on=row.decided_on,
        effective_from=row.effective_from,
        published_at=row.published_at,
    )
    return {
        "published_at": row.published_at,
        "publish_by": terms.publish_by,
        "published_late": terms.published_late,
    }


def procedure_view(procedure: ProcedureRow) -> dict[str, Any]:
    return {
        "code": procedure.code,
        "name": procedure.name,
        "field": procedure.field,
        "level": procedure.level,
        "limit": procedure.limit,
        "limit_unit": procedure.limit_unit,
        "service_level": procedure.service_level,
        "result_name": procedure.result_name,
        "demonstration": procedure.demonstration,
        "closed_from": procedure.closed_from,
        "revision": procedure.revision,
    }


def _at_once(procedure: ProcedureRow, version: VersionRow) -> bool:
    """Whether it is resolved right after receipt, on one screen (QT-22.2c)."""
    limit = parse_published(procedure.limit, procedure.limit_unit)
    return done_at_once((step["stage"] for step in version.steps), isinstance(limit, SameDay))


def _decision(version: VersionRow) -> dict[str, Any]:
    return {
        "number": version.decision_number,
        "decided_on": version.decided_on,
        "effective_from": version.effective_from,
    }


def _transactions(connection: Connection, version: VersionRow) -> list[dict[str, str]]:
    """What may happen to a dossier beside its steps: the side processes of the version (QT-10.2c)."""
    drawn = {PurePosixPath(name).stem for name in procedures.side_names(connection, version.id)}
    return [{"name": rule.process, "title": rule.title} for rule in SIDE.values() if rule.process in drawn]


def _first_form(version: VersionRow) -> str | None:
    """The form of the first step is the applicant's."""
    return version.steps[0].get("form") if version.steps else None
