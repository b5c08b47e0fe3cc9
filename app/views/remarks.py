"""Remarks on a dossier as a colleague reads them: those of the agencies in which she works, and no others (QT-17.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.access.caller import Caller
from app.actions.remarks import may_correct, remarking_agency
from app.rules.permissions import READERS
from app.store import remarks, tasks
from app.store.inbox import MOST_COUNTED
from app.store.remarks import RemarkRow
from app.store.transaction import reading
from app.views.cursors import an_id, make_cursor, page_answer, read_cursor
from app.views.visibility import visible_dossier


@dataclass(frozen=True, slots=True)
class RemarkAsk:
    page_size: int = 50
    cursor: str | None = None


def remark_list(caller: Caller, code: str, ask: RemarkAsk, now: datetime) -> dict[str, Any]:
    """A page of the remarks that the caller may read, the newest first. Errors: DomainError not_found, invalid."""
    before = read_cursor(ask.cursor, "remarks", an_id)[0] if ask.cursor is not None else None
    with reading() as connection:
        dossier = visible_dossier(connection, code, caller)
        rows = remarks.remarks_of(connection, dossier.id, caller.agency_ids, before, ask.page_size + 1)
        whole = before is None and len(rows) <= ask.page_size
        mine = caller.agency_ids
        total = len(rows) if whole else remarks.count_remarks(connection, dossier.id, mine, MOST_COUNTED + 1)
    shown = rows[: ask.page_size]
    following = make_cursor("remarks", shown[-1].id) if len(rows) > ask.page_size else None
    return page_answer([remark_view(row, caller, now) for row in shown], total, following)


def one_remark(caller: Caller, code: str, remark_id: int, now: datetime) -> dict[str, Any] | None:
    """One remark that the caller may read, or None. Errors: DomainError not_found for the dossier."""
    with reading() as connection:
        dossier = visible_dossier(connection, code, caller)
        row = remarks.remark_of(connection, dossier.id, remark_id)
    return remark_view(row, caller, now) if row is not None and row.agency_id in caller.agency_ids else None


def latest_remarks(connection: Connection, dossier_id: int, caller: Caller, limit: int) -> list[RemarkRow]:
    """The newest remarks that the caller may read."""
    return remarks.remarks_of(connection, dossier_id, caller.agency_ids, None, limit)


def colleagues_to_name(caller: Caller, code: str) -> list[tuple[str, str]] | None:
    """User name and name of whom a remark of the caller may name; None where her agencies have no part in the dossier.

    Errors: DomainError not_found.
    """
    with reading() as connection:
        dossier = visible_dossier(connection, code, caller)
        agency_id = remarking_agency(caller, tasks.agencies_with_part(connection, dossier.id))
        if agency_id is None:
            return None
        found = remarks.colleagues_of(connection, agency_id, caller.day, READERS)
    return [(one.username, one.name) for one in found if one.username != caller.username]


def remark_view(row: RemarkRow, caller: Caller, now: datetime) -> dict[str, Any]:
    """A remark as its readers see it; `earlier` is what it said before it was corrected."""
    return {
        "id": row.id,
        "text": row.text,
        "author": row.username,
        "author_name": row.name,
        "agency": row.agency,
        "agency_name": row.agency_name,
        "mentioned": list(row.mentioned),
        "created_at": row.created_at,
        "corrected_at": row.corrected_at,
        "earlier": [
            {"text": one["text"], "replaced_at": datetime.fromisoformat(one["replaced_at"])} for one in row.earlier
        ],
        "version": row.version,
        "may_correct": may_correct(row, caller, now),
    }
