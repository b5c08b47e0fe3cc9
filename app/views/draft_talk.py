"""What is said about a draft, and who is at it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.access.caller import Caller
from app.errors import DomainError
from app.store import diagram_drafts, draft_comments, draft_presence
from app.store.draft_comments import CommentRow
from app.store.transaction import reading


def talk_of(draft_id: int) -> list[dict[str, Any]]:
    """The comments on a draft, the open ones first, each with its `answers`. Errors: DomainError not_found."""
    with reading() as connection:
        if diagram_drafts.find_draft(connection, draft_id) is None:
            raise DomainError("not_found", "Không có bản vẽ này.")
        rows = draft_comments.comments_of(connection, draft_id)
    answers: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        if row.parent_id is not None:
            answers.setdefault(row.parent_id, []).append(_said(row))
    found = [_said(row) | _about(row) | {"answers": answers.get(row.id, [])} for row in rows if row.parent_id is None]
    return sorted(found, key=lambda one: one["resolved"])


def people_at(caller: Caller, draft_id: int, now: datetime) -> dict[str, Any]:
    """Who else is at a draft: {people: [{name, changing}], revision, changed_by}. Errors: DomainError not_found."""
    with reading() as connection:
        draft = diagram_drafts.find_draft(connection, draft_id)
        if draft is None:
            raise DomainError("not_found", "Không có bản vẽ này.")
        rows = draft_presence.at_drafts(connection, [draft_id], caller.account_id, now)
    people = [{"name": row.name, "changing": row.changing(now)} for row in rows]
    return {"people": people, "revision": draft.revision, "changed_by": draft.changed_by_name}


def here_words(people: Sequence[dict[str, Any]]) -> str:
    """Who is here and who is changing it, in one line; empty when nobody is."""
    changing = [one["name"] for one in people if one["changing"]]
    looking = [one["name"] for one in people if not one["changing"]]
    parts = [f"{_names(changing)} đang sửa"] if changing else []
    parts += [f"{_names(looking)} đang mở"] if looking else []
    return f"{'; '.join(parts)} bản vẽ này." if parts else ""


def _names(names: list[str]) -> str:
    shown = [name if len(name) <= 60 else f"{name[:60]}…" for name in names[:3]]
    return ", ".join(shown) + (f" và {len(names) - 3} người khác" if len(names) > 3 else "")


def _said(row: CommentRow) -> dict[str, Any]:
    return {"id": row.id, "text": row.text, "by": row.by, "at": row.at}


def _about(row: CommentRow) -> dict[str, Any]:
    return {
        "element": row.element,
        "element_name": row.element_name,
        "revision": row.revision,
        "resolved": row.resolved_at is not None,
        "resolved_by": row.resolved_by,
        "resolved_at": row.resolved_at,
    }
