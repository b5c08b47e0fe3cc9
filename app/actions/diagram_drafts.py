"""Working on a draft of a diagram: begin it, save it, take up an earlier state, put it away.

A draft is nobody's alone: whoever designs may work on any. Saving names the state that the page began with; when somebody
else has saved since, it is refused and nothing is overwritten.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from app.actions.runner import Context
from app.errors import DomainError
from app.store import diagram_drafts, procedures
from app.store.diagram_drafts import AUTO, DraftFiles, DraftRow
from app.store.transaction import transaction

ONE_SITTING = timedelta(minutes=10)
"""Automatic states of one person within this time are one state."""
LARGEST_DIAGRAM = 5 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Saved:
    revision: int
    saved_at: datetime


def begin_draft(
    context: Context,
    procedure: str,
    title: str,
    files: DraftFiles,
    origin: Mapping[str, Any],
    base_version: int | None = None,
) -> int:
    """A new draft of that procedure; its id. Errors: DomainError not_found, too_large."""
    _bounded(files)
    with transaction() as connection:
        found = procedures.find_procedure(connection, procedure)
        if found is None:
            raise DomainError("not_found", f"Không có thủ tục mã “{procedure}”.")
        values = {"procedure_id": found.id, "title": title, "base_version": base_version, "origin": dict(origin)}
        return diagram_drafts.add_draft(connection, values, files, context.caller.account_id, context.now)


def save_draft(
    context: Context, draft_id: int, revision: int, files: DraftFiles, kind: str = AUTO, label: str | None = None
) -> Saved:
    """Keep a new state of the draft, made from its state number `revision`.

    Errors: DomainError not_found; wrong_state (published or put away); stale_version (somebody saved since; `extra` has
    `revision`, `saved_by`, `saved_at`); too_large.
    """
    _bounded(files)
    account, now = context.caller.account_id, context.now
    with transaction() as connection:
        draft = open_draft(connection, draft_id)
        if draft.revision != revision:
            raise _moved_on(draft)
        before = diagram_drafts.revisions(connection, draft_id, most=1)
        if before and diagram_drafts.files_of(connection, draft_id, before[0].number) == files and kind == AUTO:
            return Saved(draft.revision, before[0].saved_at)
        number = diagram_drafts.add_revision(connection, draft_id, kind, files, account, now, label)
        same = before and before[0].kind == AUTO and before[0].saved_by_id == account
        if kind == AUTO and same and now - before[0].saved_at < ONE_SITTING:
            diagram_drafts.drop_revision(connection, draft_id, before[0].number)
        return Saved(number, now)


def open_draft(connection: Connection, draft_id: int) -> DraftRow:
    """A draft that may still be changed, locked. Errors: DomainError not_found, wrong_state."""
    draft = diagram_drafts.lock_draft(connection, draft_id)
    if draft is None:
        raise DomainError("not_found", "Không có bản vẽ này.")
    if draft.state != diagram_drafts.OPEN:
        raise DomainError(
            "wrong_state", "Bản vẽ này đã ban hành hoặc đã bỏ nên không sửa được nữa; hãy lập bản vẽ mới."
        )
    return draft


def _bounded(files: DraftFiles) -> None:
    if len(files.diagram) > LARGEST_DIAGRAM:
        raise DomainError("too_large", f"Sơ đồ lớn nhất {LARGEST_DIAGRAM // 1024**2} MB.")


def _moved_on(draft: DraftRow) -> DomainError:
    detail = f"{draft.changed_by_name} đã lưu bản vẽ này sau khi bạn mở; hãy mở lại để không ghi đè lên nhau."
    extra = {
        "revision": draft.revision,
        "saved_by": draft.changed_by_name,
        "saved_at": draft.changed_at.isoformat(),
    }
    return DomainError("stale_version", detail, extra=extra)
