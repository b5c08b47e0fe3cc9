"""What stands behind a dossier: its history, how its deadline came about, where it is in its diagram, its files."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from app.access.caller import Caller
from app.actions.attach import CONVERTED
from app.actions.running import MAIN
from app.engine.reading import as_text
from app.errors import DomainError
from app.lawbook import refold, rules_as_folded
from app.rules.outcome import standing_of
from app.rules.permissions import lacking
from app.store import attachments, file_accesses, history, imports, procedures, tasks
from app.store.attachments import AttachmentRow
from app.store.history import HistoryRow
from app.store.tasks import TaskRow
from app.store.transaction import reading
from app.views.cursors import make_cursor, read_cursor
from app.views.present import standing_view
from app.views.titles import history_title, timer_title
from app.views.visibility import visible_dossier

SEE_ACCESSES = ("report.view", "control.view")
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
    return [history_view(row) for row in rows]


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
        passed = imports.passed_steps(connection, dossier.id)
    return {"xml": as_text(xml), "steps": step_states(found, now, passed)}


def step_states(found: list[TaskRow], now: datetime, passed: Iterable[str] = ()) -> dict[str, str]:
    """`done`, `current` or `late` by step of the main diagram; an open task outweighs an earlier pass. `passed`: the steps that
    were done in the system from which the dossier was taken over."""
    states: dict[str, str] = dict.fromkeys(passed, "done")
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
        "reused_from": row.reused_from,
        "scan": row.scan,
        "scan_result": row.scan_result,
        "pages": row.pages,
        "has_javascript": row.has_javascript,
        "encrypted": row.encrypted,
        "readable": row.readable,
        "conversion": conversion_view(row),
    }


def conversion_view(row: AttachmentRow) -> dict[str, Any] | None:
    """For a result that was converted from paper: whether it has the value of the paper (HT-8.3b, ND 45/2020 Art. 25(3)), which
    takes the digital signature of whoever converted it: `{valid, signers, why}`; None for anything else."""
    if row.kind != attachments.RESULT or row.origin != CONVERTED:
        return None
    good = [one for one in row.signatures or [] if one.get("valid")]
    return {
        "valid": bool(good),
        "signers": [one.get("signer") for one in good],
        "why": None if good else "Chưa có chữ ký số hợp lệ của cơ quan chuyển đổi (NĐ 45/2020 Điều 25 khoản 3).",
    }


def accesses_of(caller: Caller, code: str, attachment_id: int, cursor: str | None, page_size: int) -> dict[str, Any]:
    """Who had a file, the latest first, a page of it. Errors: DomainError not_found, forbidden, invalid."""
    row = attachment_of(caller, code, attachment_id)
    if not may_see_accesses(caller):
        raise DomainError("forbidden", lacking(SEE_ACCESSES))
    before = read_cursor(cursor, "accesses", int)[0] if cursor else None
    with reading() as connection:
        found = file_accesses.accesses_of(connection, row.id, before, page_size + 1)
    shown = [
        {
            "at": one.at,
            "what": one.what,
            "page": one.page,
            "account": one.account,
            "name": one.name,
            "address": one.address,
        }
        for one in found[:page_size]
    ]
    more = make_cursor("accesses", found[page_size - 1].id) if len(found) > page_size else None
    return {"data": shown, "total": len(shown), "next": more}


def may_see_accesses(caller: Caller) -> bool:
    """Heads and control focal points for the dossiers that their agency has a part in, the control office for all."""
    return any(caller.may(name) for name in SEE_ACCESSES)


def history_view(row: HistoryRow) -> dict[str, Any]:
    """An event as lists show it."""
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
