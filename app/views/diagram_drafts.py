"""Drafts of diagrams as designers see them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from app.actions.draft_files import diagram_text
from app.errors import DomainError
from app.store import diagram_drafts
from app.store.diagram_drafts import DraftFiles, DraftRow, RevisionRow
from app.store.transaction import reading


def draft_of(draft_id: int) -> DraftRow:
    """Errors: DomainError not_found."""
    with reading() as connection:
        found = diagram_drafts.find_draft(connection, draft_id)
    if found is None:
        raise DomainError("not_found", "Không có bản vẽ này.")
    return found


def files_of(draft_id: int, number: int | None = None) -> DraftFiles:
    """What a draft consists of, now or in its state `number`. Errors: DomainError not_found."""
    with reading() as connection:
        found = diagram_drafts.files_of(connection, draft_id, number)
    if found is None:
        raise DomainError("not_found", "Không có bản vẽ này, hoặc lần lưu này không còn.")
    return found


def revisions_of(draft_id: int) -> list[RevisionRow]:
    """The states that are kept, the newest first."""
    with reading() as connection:
        return list(diagram_drafts.revisions(connection, draft_id))


def whole_draft(draft_id: int) -> dict[str, Any]:
    """A draft with its files, as scripts read it: {id, title, procedure: {code, name}, state, base_version, revision, diagram,
    forms, called, sides, saved_at, saved_by}; diagrams are text. Errors: DomainError not_found."""
    with reading() as connection:
        newest = diagram_drafts.revisions(connection, draft_id, most=1)
        return _with_files(connection, draft_id, newest[0] if newest else None)


def state_files(draft_id: int, number: int) -> dict[str, Any]:
    """As `whole_draft`, in its state `number`. Errors: DomainError not_found."""
    with reading() as connection:
        return _with_files(connection, draft_id, diagram_drafts.find_revision(connection, draft_id, number))


def _with_files(connection: Connection, draft_id: int, state: RevisionRow | None) -> dict[str, Any]:
    draft = diagram_drafts.find_draft(connection, draft_id)
    files = diagram_drafts.files_of(connection, draft_id, state.number) if state else None
    if draft is None or state is None or files is None:
        raise DomainError("not_found", "Không có bản vẽ này, hoặc lần lưu này không còn.")
    return {
        "id": draft.id,
        "title": draft.title,
        "procedure": {"code": draft.procedure, "name": draft.procedure_name},
        "state": draft.state,
        "base_version": draft.base_version,
        "revision": state.number,
        "diagram": diagram_text(files.diagram),
        "forms": files.forms,
        "called": files.called,
        "sides": files.sides,
        "saved_at": state.saved_at,
        "saved_by": state.saved_by_name,
    }
