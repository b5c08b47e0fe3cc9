"""Incidents as people see them: those of a dossier, the administrator's list, and one with what may be done about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.access.caller import Caller
from app.actions.close_incident import why_not_close
from app.actions.open_task import TITLES
from app.actions.repair_incident import standing_diagram, ways
from app.actions.retry_incident import why_not_retry
from app.actions.runner import Outcome, whole_second
from app.actions.work import Work
from app.engine.instance import EngineIncident
from app.errors import DomainError
from app.store import dossiers, incidents, tasks
from app.store.dossiers import DossierRow
from app.store.incidents import IncidentFilters, IncidentRow
from app.store.transaction import reading
from app.views.cursors import an_id, make_cursor, page_answer, read_cursor

KINDS = {
    "action": "Thao tác không thực hiện được",
    "timer": "Đồng hồ hẹn không chạy được",
    "vacancy": "Vị trí chưa có người giữ",
    "message": "Tin nhắn không nhận được",
}
RESOLUTIONS = {
    "continued": "Hồ sơ đã đi tiếp",
    "retried": "Đã thực hiện lại",
    "repaired": "Đã sửa chữa",
    "closed": "Đã đóng",
}
ALARMS = {"step_due_soon": "Nhắc bước sắp đến hạn", "step_overdue": "Nhắc bước đã đến hạn"}


@dataclass(frozen=True, slots=True)
class IncidentAsk:
    """Which incidents: unresolved ones (`open`), resolved ones, or with None both."""

    open: bool | None = True
    kind: str | None = None
    agency: str | None = None
    procedure: str | None = None
    page_size: int = 50
    cursor: str | None = None


def incident_list(ask: IncidentAsk) -> dict[str, Any]:
    """A page of incidents, the newest first. Errors: DomainError invalid."""
    before = read_cursor(ask.cursor, "incidents", an_id)[0] if ask.cursor is not None else None
    filters = IncidentFilters(ask.open, ask.kind, ask.agency, ask.procedure)
    with reading() as connection:
        rows = incidents.incident_page(connection, filters, before, ask.page_size + 1)
        total = incidents.count_incidents(connection, filters)
    shown = rows[: ask.page_size]
    following = make_cursor("incidents", shown[-1].id) if len(rows) > ask.page_size else None
    return page_answer([incident_view(row) for row in shown], total, following)


def incident_detail(caller: Caller, incident_id: int, now: datetime) -> dict[str, Any]:
    """An incident with what its diagram and its dossier hold, and what may be done. Errors: DomainError not_found."""
    with reading() as connection:
        row = incidents.incident_by_id(connection, incident_id)
        if row is None:
            raise DomainError("not_found", "Không có sự cố này.")
        return incident_view(row) | _detail(connection, caller, row, now)


def incident_view(row: IncidentRow) -> dict[str, Any]:
    """An incident as lists show it. What an official had written is in none of them."""
    details = row.details
    return {
        "id": row.id,
        "kind": row.kind,
        "title": KINDS[row.kind],
        "dossier": row.dossier,
        "procedure": row.procedure,
        "procedure_name": row.procedure_name,
        "agency": row.agency,
        "agency_name": row.agency_name,
        "element": row.element,
        "step": details.get("step"),
        "step_name": details.get("step_name") or ALARMS.get(str(details.get("timer"))),
        "position_name": details.get("position_name"),
        "step_agency": details.get("agency"),
        "message": details.get("message"),
        "action": details.get("action"),
        "action_title": TITLES.get(str(details.get("action"))),
        "account": details.get("account"),
        "account_name": details.get("name"),
        "reason": row.reason,
        "attempts": row.attempts,
        "opened_at": row.opened_at,
        "last_at": row.last_at,
        "resolved_at": row.resolved_at,
        "resolved_by_name": row.resolved_by_name,
        "resolution": row.resolution,
        "resolution_title": RESOLUTIONS.get(str(row.resolution)) if row.resolution else None,
        "resolution_reason": row.resolution_reason,
    }


def standstill(connection: Connection, dossier: DossierRow) -> list[dict[str, Any]]:
    """Why a dossier stands, for whoever may read it: its open incidents."""
    if not dossier.incidents:
        return []
    shown = ("id", "kind", "title", "step_name", "position_name", "reason", "opened_at")
    return [
        {name: view[name] for name in shown}
        for view in (incident_view(row) for row in incidents.open_incidents(connection, dossier.id))
    ]


def _detail(connection: Connection, caller: Caller, row: IncidentRow, now: datetime) -> dict[str, Any]:
    dossier = dossiers.dossier_by_id(connection, row.dossier_id)
    work = Work(connection, dossier, tasks.tasks_of(connection, dossier.id), whole_second(now), caller)
    over = "Sự cố đã được giải quyết." if row.resolved_at is not None else None
    no_retry = over or why_not_retry(connection, row)
    no_close = over or why_not_close(row)
    detail: dict[str, Any] = {
        "variables": {},
        "data": dict(work.data),
        "to_steps": [],
        "unreadable": None,
        "may": {
            "retry": {"allowed": no_retry is None, "why": no_retry},
            "repair": {"allowed": over is None, "why": over},
            "close": {"allowed": no_close is None, "why": no_close},
        },
    }
    if over is not None:
        return detail
    try:
        running = standing_diagram(work, row)
        detail["variables"] = running.engine.variables()
        detail["to_steps"] = [
            {"id": way.step.id, "name": way.step.name, "how": way.how} for way in ways(work, running, row)
        ]
    except (EngineIncident, DomainError) as problem:
        why = problem.detail if isinstance(problem, DomainError) else str(problem)
        detail["unreadable"] = why
        detail["may"]["repair"] = {"allowed": False, "why": why}
    return detail


def resolved_view(outcome: Outcome) -> dict[str, Any]:
    """The incident after what was done about it, inside the same transaction."""
    row = incidents.incident_by_id(outcome.work.connection, outcome.extra["incident"])
    assert row is not None  # noqa: S101 - incidents are never removed
    return incident_view(row) | {"resolved": row.resolved_at is not None}
