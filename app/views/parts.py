"""What stands behind a dossier: its history, how its deadline came about, where it is in its diagram, slips, files."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.access.caller import Caller
from app.actions.running import MAIN
from app.engine.reading import as_text
from app.errors import DomainError
from app.lawbook import refold, rules_as_folded
from app.rules.outcome import standing_of
from app.slips.receipt import ReceiptContent, render_receipt
from app.store import attachments, history, procedures, slips, tasks
from app.store.attachments import AttachmentRow
from app.store.dossiers import DossierRow
from app.store.history import HistoryRow
from app.store.slips import SlipRow
from app.store.tasks import TaskRow
from app.store.transaction import reading
from app.views.present import standing_view
from app.views.titles import SLIP_TITLES, history_title, timer_title
from app.views.visibility import visible_dossier
from app.wording import spoken_date

CLOCK_FACTS = (
    "limit_seconds",
    "limit_unit",
    "cut_off",
    "started_at",
    "deadline_at",
    "appointment_at",
    "original_deadline_at",
    "original_appointment_at",
    "due_soon_at",
    "notice_due_at",
    "apologised_at",
    "extended_at",
    "paused_at",
    "paused_for",
    "result_at",
)


def timeline_of(caller: Caller, code: str) -> list[dict[str, Any]]:
    """What has happened to a dossier, in order. Errors: DomainError not_found."""
    with reading() as connection:
        dossier = visible_dossier(connection, code, caller)
        rows = history.history_of(connection, dossier.id)
    return [_history_view(row) for row in rows]


def clock_of(caller: Caller, code: str, now: datetime) -> dict[str, Any]:
    """How deadline and appointment were worked out, line by line with the rule; whose time it was (working seconds).

    `lines`: [{at, event, title, rule, article, text, before, after, mark}]; `segments`: [{agency, unit, step, account, from_at,
    to_at, seconds, charged}]; `extra`: working seconds by which each agency had the appointment put off (QT-20.2đ).
    Errors: DomainError not_found.
    """
    with reading() as connection:
        dossier = visible_dossier(connection, code, caller)
        rows = history.history_of(connection, dossier.id)
        rules = rules_as_folded(connection, dossier)
    applied = refold(rows, rules)
    return {name: getattr(applied.state, name) for name in CLOCK_FACTS} | {
        **standing_view(standing_of(applied.state, now, rules.profile, rules.calendar.tz)),
        "profile": rules.profile.name,
        "regulation": rules.profile.regulation,
        "extra": dict(applied.state.extra),
        "lines": [line.to_dict() | {"at": line.at, "title": history_title(line.event)} for line in applied.lines],
        "segments": [
            {
                "agency": segment.agency,
                "unit": segment.unit,
                "step": segment.step,
                "account": segment.account,
                "from_at": segment.from_at,
                "to_at": segment.to_at,
                "seconds": segment.seconds,
                "charged": segment.charged,
            }
            for segment in applied.segments
        ],
    }


def diagram_of(caller: Caller, code: str, now: datetime) -> dict[str, Any]:
    """The dossier's diagram and how its steps stand: `{"xml", "steps": {id: done | current | late}}`.

    Errors: DomainError not_found.
    """
    with reading() as connection:
        dossier = visible_dossier(connection, code, caller)
        xml = procedures.main_diagram(connection, dossier.version_id)
        found = tasks.every_task_of(connection, dossier.id)
    return {"xml": as_text(xml), "steps": step_states(found, now)}


def step_states(found: list[TaskRow], now: datetime) -> dict[str, str]:
    """`done`, `current` or `late` by step of the main diagram; an open task outweighs an earlier pass."""
    states: dict[str, str] = {}
    for task in found:
        if task.instance_kind != MAIN or task.state == "cancelled":
            continue
        if task.state in tasks.LIVE:
            states[task.step] = "late" if task.due_at is not None and now >= task.due_at else "current"
        else:
            states[task.step] = "done"
    return states


def slips_of(caller: Caller, code: str) -> list[dict[str, Any]]:
    """The slips issued for a dossier: [{id, kind, title, issued_at}]. Errors: DomainError not_found."""
    with reading() as connection:
        dossier = visible_dossier(connection, code, caller)
        issued = slips.slips_of(connection, dossier.id)
    return [slip_view(slip) for slip in issued]


def slip_view(slip: SlipRow) -> dict[str, Any]:
    return {"id": slip.id, "kind": slip.kind, "title": SLIP_TITLES[slip.kind], "issued_at": slip.issued_at}


def slip_pdf(caller: Caller, code: str, slip_id: int, copy: int | None = None) -> tuple[str, bytes]:
    """File name and PDF of a slip, exactly as it was issued, or the copy of that number. Errors: DomainError not_found."""
    with reading() as connection:
        return printed_slip(connection, visible_dossier(connection, code, caller), slip_id, copy)


def printed_slip(
    connection: Connection, dossier: DossierRow, slip_id: int, copy: int | None = None
) -> tuple[str, bytes]:
    """The same for a dossier that may be seen. Errors: DomainError not_found."""
    found = slips.slip_content(connection, dossier.id, slip_id)
    if found is None:
        raise DomainError("not_found", "Hồ sơ không có phiếu này.")
    kind, content = found
    mark = "" if copy is None else _copy_mark(connection, dossier, slip_id, copy)
    name = f"{dossier.code}-{kind}-{slip_id}" + (f"-{copy}" if copy is not None else "")
    return f"{name}.pdf", render_receipt(ReceiptContent.from_dict(content), mark)


def _copy_mark(connection: Connection, dossier: DossierRow, slip_id: int, copy: int) -> str:
    """What stands on a copy: when it was made again, and why."""
    rows = history.history_of(connection, dossier.id)
    row = next((row for row in rows if row.seq == copy and row.kind == "slip_reprinted"), None)
    if row is None or row.data.get("slip") != slip_id:
        raise DomainError("not_found", "Phiếu này không có lần in lại như vậy.")
    return f"BẢN IN LẠI {spoken_date(row.at)} – Lý do: {row.data.get('comment', '')}"


def attachments_of(caller: Caller, code: str) -> list[dict[str, Any]]:
    """The files of a dossier. Errors: DomainError not_found."""
    with reading() as connection:
        dossier = visible_dossier(connection, code, caller)
        rows = attachments.attachments_of(connection, dossier.id)
    return [attachment_view(row) for row in rows]


def attachment_of(caller: Caller, code: str, attachment_id: int) -> AttachmentRow:
    """One file of a dossier. Errors: DomainError not_found."""
    with reading() as connection:
        dossier = visible_dossier(connection, code, caller)
        row = attachments.find_attachment(connection, dossier.id, attachment_id)
    if row is None:
        raise DomainError("not_found", "Hồ sơ không có tệp này.")
    return row


def attachment_view(row: AttachmentRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "sha256": row.sha256,
        "name": row.name,
        "size": row.size,
        "media_type": row.media_type,
        "kind": row.kind,
        "component": row.component,
        "origin": row.origin,
        "added_at": row.added_at,
        "signatures": [],
    }


def _history_view(row: HistoryRow) -> dict[str, Any]:
    details = {key: value for key, value in row.data.items() if key != "event"}
    title = timer_title(str(details["element"])) if row.kind == "timer_fired" else history_title(row.kind)
    return {
        "seq": row.seq,
        "at": row.at,
        "kind": row.kind,
        "title": title,
        "account": row.username,
        "name": row.name,
        "task": row.task_id,
        "details": details,
        "correctable": "event" in row.data and row.kind != "corrected",
    }
