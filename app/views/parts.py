"""What stands behind a dossier: its history, how its deadline came about, where it is in its diagram, its files."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.access.caller import Caller
from app.actions.running import MAIN
from app.engine.reading import as_text
from app.errors import DomainError
from app.lawbook import refold, rules_as_folded
from app.rules.outcome import standing_of
from app.store import attachments, history, procedures, tasks
from app.store.attachments import AttachmentRow
from app.store.history import HistoryRow
from app.store.tasks import TaskRow
from app.store.transaction import reading
from app.views.present import standing_view
from app.views.titles import history_title, timer_title
from app.views.visibility import visible_dossier

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
        "signatures": row.signatures or [],
        "signed_from": row.signed_from,
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
