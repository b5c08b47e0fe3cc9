"""Drafts of diagrams as designers see them."""

from __future__ import annotations

from app.errors import DomainError
from app.store import diagram_drafts
from app.store.diagram_drafts import DraftFiles, DraftRow
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
