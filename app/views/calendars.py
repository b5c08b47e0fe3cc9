"""Working calendars as people read them: who works by which, what was changed, how far the open dossiers are counted again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.access.caller import Caller
from app.actions.change_calendar import known
from app.actions.preview_calendar import Preview, preview
from app.errors import DomainError
from app.lawbook import current_law
from app.rules.clock import EMPTY, ClockState
from app.rules.permissions import READERS
from app.rules.recount import reset_wanted
from app.store import calendar_changes, calendars
from app.store.calendar_changes import ChangeRow
from app.store.calendars import CalendarRow
from app.store.concerned import dossiers_by_id, moved_since
from app.store.transaction import reading

MOST_CHANGES = 20
MOST_RESETS = 200
RESETS = {
    "before_deadline": "Giờ hẹn trả trước hạn xử lý mới",
    "closed": "Giờ hẹn trả vào lúc bộ phận một cửa không làm việc",
}
"""Why the applicant needs another date, in words."""


def calendar_list() -> list[dict[str, Any]]:
    """Every calendar with who works by it, by code; its days and hours are in `calendar_detail`."""
    with reading() as connection:
        rows = calendars.every_calendar(connection)
        used = _used(connection)
    return [_head(row) | used.get(row.id, _nobody()) for row in rows]


def calendar_detail(code: str) -> dict[str, Any]:
    """A calendar with its data and its latest changes. Errors: DomainError not_found."""
    with reading() as connection:
        row = known(connection, code)
        used = _used(connection).get(row.id, _nobody())
        changes = calendar_changes.changes_of(connection, row.id, MOST_CHANGES)
    return _head(row) | used | {"data": row.data, "changes": [_summary(change) for change in changes]}


def change_detail(caller: Caller, code: str, change_id: int) -> dict[str, Any]:
    """A change and its progress; `resets` are the dossiers of the caller's agencies whose applicants need another date.

    Errors: DomainError not_found.
    """
    with reading() as connection:
        row = known(connection, code)
        change = calendar_changes.find_change(connection, change_id)
        if change is None or change.calendar_id != row.id:
            raise DomainError("not_found", "Không có lần thay đổi này.")
        resets = _resets(connection, caller, change) if any(caller.may(name) for name in READERS) else []
    return _summary(change) | {"before": change.before, "after": change.after, "resets": resets}


def preview_view(code: str, data: dict[str, Any], now: datetime) -> dict[str, Any]:
    """What a change would do; nothing is written. Errors: DomainError not_found, invalid."""
    found: Preview = preview(code, data, now)
    return {
        "total": found.total,
        "counted": found.counted,
        "moved": found.moved,
        "touched": found.touched,
        "resets": found.resets,
        "failed": found.failed,
        "revision": found.calendar.revision,
        "dossiers": [
            {
                "code": one.code,
                "procedure_name": one.procedure_name,
                "agency_name": one.agency_name,
                "deadline_before": one.deadline_before,
                "deadline_at": one.deadline_at,
                "appointment_at": one.appointment_at,
                "reset": one.reset,
            }
            for one in found.dossiers
        ],
    }


def _head(row: CalendarRow) -> dict[str, Any]:
    return {"code": row.code, "name": row.name, "revision": row.revision}


def _nobody() -> dict[str, list[dict[str, str]]]:
    return {"offices": [], "desks": [], "procedures": []}


def _used(connection: Connection) -> dict[int, dict[str, list[dict[str, str]]]]:
    """By calendar: the agencies whose office, and those whose desk works by it, and the procedures whose own it is."""
    found: dict[int, dict[str, list[dict[str, str]]]] = {}
    for agency in calendars.agencies_hours(connection):
        told = {"code": agency.code, "name": agency.name}
        found.setdefault(agency.office, _nobody())["offices"].append(told)
        found.setdefault(agency.desk or agency.office, _nobody())["desks"].append(told)
    for procedure in calendars.procedures_hours(connection):
        told = {"code": procedure.code, "name": procedure.name}
        found.setdefault(procedure.calendar, _nobody())["procedures"].append(told)
    return found


def _summary(change: ChangeRow) -> dict[str, Any]:
    names = ("id", "reason", "made_by_name", "made_at", "finished_at", "total", "done", "moved", "failed")
    return {name: getattr(change, name) for name in names}


def _resets(connection: Connection, caller: Caller, change: ChangeRow) -> list[dict[str, Any]]:
    law = current_law(connection)
    everywhere = caller.may("control.view")
    found = []
    for agency_id, ids in moved_since(connection, change.calendar_id, change.made_at).items():
        if not everywhere and agency_id not in caller.agency_ids:
            continue
        for dossier in dossiers_by_id(connection, ids):
            state = ClockState.from_dict(dossier.clock) if dossier.clock else EMPTY
            why = reset_wanted(state, law.rules(dossier.profile, dossier.agency_id, dossier.procedure_id))
            if why is None:
                continue
            found.append(
                {
                    "code": dossier.code,
                    "procedure_name": dossier.procedure_name,
                    "agency_name": dossier.agency_name,
                    "deadline_at": dossier.deadline_at,
                    "appointment_at": dossier.appointment_at,
                    "reset": why,
                }
            )
            if len(found) == MOST_RESETS:
                return found
    return found
