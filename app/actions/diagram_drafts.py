"""Working on a draft of a diagram: begin it, save it, take up an earlier state, put it away and take it up again.

A draft is nobody's alone: whoever designs may work on any. Saving names the state that the page began with; when somebody
else has saved since, it is refused and nothing is overwritten.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from app.actions import draft_files
from app.actions.draft_files import check_files, with_parts
from app.actions.runner import Context
from app.errors import DomainError
from app.jsontext import shown_instant
from app.store import diagram_drafts, procedures
from app.store.diagram_drafts import AUTO, DraftFiles, DraftRow
from app.store.transaction import transaction
from app.wording import clean_line

LARGEST_DIAGRAM = draft_files.LARGEST_DIAGRAM
ONE_SITTING = timedelta(minutes=10)
"""Automatic states of one person are at least so far apart, but for the newest."""


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
    """A new draft of that procedure; its id. Errors: DomainError not_found, invalid, too_large."""
    check_files(files)
    with transaction() as connection:
        return begin_in(connection, context, procedure, title, files, origin, base_version)


def begin_in(
    connection: Connection,
    context: Context,
    procedure: str,
    title: str,
    files: DraftFiles,
    origin: Mapping[str, Any],
    base_version: int | None = None,
) -> int:
    """As `begin_draft`, inside the caller's transaction and with files that were checked."""
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
    `revision`, `saved_by`, `saved_at`); invalid; too_large.
    """
    check_files(files)
    with transaction() as connection:
        return keep_state(connection, context, _unmoved(connection, draft_id, revision), files, kind, label)


def save_parts(
    context: Context,
    draft_id: int,
    revision: int,
    parts: Mapping[str, Any],
    kind: str = AUTO,
    label: str | None = None,
) -> Saved:
    """As `save_draft`, with the files of which only some were sent (`app.actions.draft_files.with_parts`).

    What is kept already is no second state: a page that never heard the answer may send it again.
    """
    with transaction() as connection:
        draft = open_draft(connection, draft_id)
        before = diagram_drafts.files_of(connection, draft_id, draft.revision)
        if before is None:
            raise DomainError("not_found", "Không có bản vẽ này.")
        files = with_parts(before, parts)
        if draft.revision != revision:
            newest = diagram_drafts.revisions(connection, draft_id, most=1)[0]
            if files == before and newest.saved_by_id == context.caller.account_id:
                return Saved(newest.number, newest.saved_at)
            raise _moved_on(connection, draft)
        check_files(files)
        return keep_state(connection, context, draft, files, kind, label)


def take_file(context: Context, draft_id: int, revision: int | None, diagram: bytes, name: str) -> Saved:
    """A diagram that comes back from another modeller as a new state, byte for byte; `revision` None: after whatever is newest.

    Errors: as `save_draft`.
    """
    with transaction() as connection:
        draft = open_draft(connection, draft_id)
        if revision is not None and draft.revision != revision:
            raise _moved_on(connection, draft)
        before = diagram_drafts.files_of(connection, draft_id, draft.revision)
        if before is None:
            raise DomainError("not_found", "Không có bản vẽ này.")
        files = replace(before, diagram=diagram)
        check_files(files)
        label = clean_line(name)[:200] or None
        return keep_state(connection, context, draft, files, diagram_drafts.IMPORTED, label)


def _unmoved(connection: Connection, draft_id: int, revision: int) -> DraftRow:
    draft = open_draft(connection, draft_id)
    if draft.revision != revision:
        raise _moved_on(connection, draft)
    return draft


def keep_state(
    connection: Connection, context: Context, draft: DraftRow, files: DraftFiles, kind: str, label: str | None
) -> Saved:
    """Inside the caller's transaction, of a locked draft and with files that were checked."""
    account, now = context.caller.account_id, context.now
    before = diagram_drafts.revisions(connection, draft.id, most=2)
    if kind == AUTO and diagram_drafts.files_of(connection, draft.id, draft.revision) == files:
        return Saved(draft.revision, before[0].saved_at)
    number = diagram_drafts.add_revision(connection, draft.id, kind, files, account, now, label)
    last = before[0]
    # What stays is never further apart than a sitting: the state before the last one says how long ago that was kept.
    recent = len(before) > 1 and now - before[1].saved_at < ONE_SITTING
    if kind == AUTO and last.kind == AUTO and last.label is None and last.saved_by_id == account and recent:
        diagram_drafts.drop_revision(connection, draft.id, last.number)
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


def _moved_on(connection: Connection, draft: DraftRow) -> DomainError:
    newest = diagram_drafts.revisions(connection, draft.id, most=1)[0]
    detail = f"{newest.saved_by_name} đã lưu bản vẽ này sau khi bạn mở; hãy mở lại để không ghi đè lên nhau."
    extra = {
        "revision": draft.revision,
        "saved_by": newest.saved_by_name,
        "saved_at": shown_instant(newest.saved_at),
    }
    return DomainError("stale_version", detail, extra=extra)
