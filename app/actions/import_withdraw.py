"""Withdrawing what was taken over by mistake: a dossier, or all of an import, as long as nobody has done anything to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from app.actions.import_preview import PERMISSION, note_change
from app.actions.runner import Context, Outcome, run, work_on
from app.actions.undo_move import PASSES_BY
from app.errors import DomainError, invalid
from app.failures import failure_of
from app.rules import events
from app.rules.events import Event
from app.rules.permissions import lacking
from app.store import dossiers, history, imports, tasks
from app.store.imports import LineRow
from app.store.transaction import reading

_MOST = 100_000
NOBODYS = PASSES_BY | {
    events.IMPORTED,
    events.PAYMENT_REQUESTED,
    events.CALENDAR_CHANGED,
    events.TIMER_FIRED,
    "watch_started",
    "watch_ended",
    "notice_sent",
}
"""Rows of the history that are nobody's act, when nobody is named in them."""


@dataclass(frozen=True, slots=True)
class WithdrawImported:
    """One row's dossier: its steps end, nothing counts it, its code is free again."""

    import_id: int
    line: int
    reason: str

    def perform(self, connection: Connection, context: Context) -> Outcome:
        """Errors: DomainError not_found, settled, wrong_state (something was done to it)."""
        row = imports.line_of(connection, self.import_id, self.line, lock=True)
        if row is None:
            raise DomainError("not_found", "Lần chuyển này không có dòng đó.")
        if row.state != imports.IMPORTED or row.dossier_id is None:
            raise DomainError("settled", "Dòng này không có hồ sơ nào để rút.")
        dossier = dossiers.lock_dossier(connection, row.dossier_id)
        assert dossier is not None  # noqa: S101 - dossiers are never removed
        if done := _done_since(connection, row):
            raise DomainError("wrong_state", f"Hồ sơ {dossier.code} đã được xử lý ({done}) nên không rút được nữa.")
        work = work_on(connection, dossier, tasks.tasks_of(connection, dossier.id), context)
        closes = tuple(held.key for held in work.clock.holdings)
        for running in work.diagrams.unfinished():
            work.end(running)
        event = Event(events.IMPORT_WITHDRAWN, work.now, closes=closes, data={"reason": self.reason})
        work.apply(event)
        work.record(event.kind, None, {"reason": self.reason, "import": self.import_id}, event)
        work.finish()
        free = f"{dossier.code}-RUT{dossier.id}"
        imports.rename_dossier(connection, dossier.id, free)
        imports.settle_line(connection, self.import_id, self.line, state=imports.WITHDRAWN)
        said = {"line": self.line, "old_code": row.old_code, "code": dossier.code, "reason": self.reason}
        note_change(connection, context, self.import_id, "import_row_withdrawn", said, {"code": free})
        return Outcome(work, None, extra={"code": dossier.code})


def _done_since(connection: Connection, row: LineRow) -> str | None:
    """What was done to the dossier since it was taken over, in a few words."""
    assert row.dossier_id is not None  # noqa: S101 - it is a dossier
    assert row.history_seq is not None  # noqa: S101 - kept with it
    opened = [task for task in tasks.every_task_of(connection, row.dossier_id) if task.finished_by is not None]
    for found in history.history_of(connection, row.dossier_id):
        if found.seq > row.history_seq and (found.kind not in NOBODYS or found.account_id is not None):
            return str(found.name or "hệ thống")
    return opened[0].step_name if opened else None


def withdraw_line(import_id: int, line: int, reason: str, context: Context) -> str:
    """Withdraw one row's dossier; answers the code that it had. Errors: DomainError forbidden, invalid, not_found, settled,
    wrong_state."""
    _check(reason, context)
    done = run(WithdrawImported(import_id, line, reason.strip()), context, _told)
    return str(done["code"])


def withdraw_import(import_id: int, reason: str, context: Context) -> dict[str, Any]:
    """Withdraw all of an import that can be, each on its own: `{withdrawn, refused: [{line, old_code, dossier, why}]}`.

    Errors: DomainError forbidden, invalid, not_found, wrong_state (it is still being carried out).
    """
    _check(reason, context)
    with reading() as connection:
        found = imports.find_import(connection, import_id)
        if found is None or found.state == imports.DROPPED:
            raise DomainError("not_found", "Không có lần chuyển hồ sơ này.")
        if found.state != imports.DONE:
            raise DomainError("wrong_state", "Chỉ rút được khi lần chuyển đã chạy xong.")
        lines = imports.lines(connection, import_id, most=_MOST, which=(imports.IMPORTED,))
    withdrawn, refused = 0, []
    for row in lines:
        try:
            run(WithdrawImported(import_id, row.line, reason.strip()), context_without_key(context), _told)
            withdrawn += 1
        except Exception as error:  # one row's trouble, whatever it is, is not the others'
            members: Mapping[str, Any] = failure_of(error).members()
            why = str(members.get("detail") or members["title"])
            refused.append({"line": row.line, "old_code": row.old_code, "dossier": row.dossier, "why": why})
    return {"withdrawn": withdrawn, "refused": refused}


def context_without_key(context: Context) -> Context:
    """An Idempotency-Key is the whole request's; a row that is withdrawn is not withdrawn again anyway."""
    return Context(context.caller, context.now, None, context.public_url, address=context.address)


def _check(reason: str, context: Context) -> None:
    if not context.caller.may(PERMISSION):
        raise DomainError("forbidden", lacking((PERMISSION,)))
    if not reason.strip():
        raise invalid({"reason": ["Hãy ghi lý do rút."]})


def _told(outcome: Outcome) -> dict[str, Any]:
    return dict(outcome.extra)
