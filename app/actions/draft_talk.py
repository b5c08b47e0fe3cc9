"""Talking about a draft: comments on an element or on the whole, answers, settling; and saying that one is at it.

Designers talk, and so do those who will check what comes of it (ST-10.3b). A comment belongs to the draft and outlives what it
is about.
"""

from __future__ import annotations

from lxml import etree

from app.actions.runner import Context
from app.engine.reading import parse
from app.errors import DomainError, invalid
from app.store import diagram_drafts, draft_comments, draft_presence
from app.store.draft_comments import LONGEST, MOST
from app.store.transaction import transaction
from app.wording import TextFault, typed_text

LONGEST_ID = 200


def add_comment(
    context: Context, draft_id: int, text: str, element: str | None = None, parent: int | None = None
) -> int:
    """Say something; its id. An answer is about what its comment is about.

    Errors: DomainError not_found, invalid (`text`, `element`, `parent`), wrong_state (too many).
    """
    text = _typed(text)
    if element is not None and len(element) > LONGEST_ID:
        raise invalid({"element": [f"Dài quá {LONGEST_ID} ký tự."]})
    with transaction() as connection:
        draft = diagram_drafts.lock_draft(connection, draft_id)
        if draft is None:
            raise DomainError("not_found", "Không có bản vẽ này.")
        if draft_comments.count_comments(connection, draft_id) >= MOST:
            raise DomainError("wrong_state", f"Bản vẽ đã có {MOST} góp ý; hãy lập bản vẽ mới để trao đổi tiếp.")
        name = None
        if parent is not None:
            asked = draft_comments.find_comment(connection, draft_id, parent)
            if asked is None or asked.parent_id is not None:
                raise invalid({"parent": ["Không có góp ý này để trả lời."]})
            element, name = asked.element, asked.element_name
        elif element:
            files = diagram_drafts.files_of(connection, draft_id, draft.revision)
            name = _name_of(files.diagram if files else b"", element)
        values = {
            "draft_id": draft_id,
            "parent_id": parent,
            "element": element or None,
            "element_name": name,
            "revision": draft.revision,
            "text": text,
            "made_by": context.caller.account_id,
            "made_at": context.now,
        }
        return draft_comments.add_comment(connection, values)


def settle_comment(context: Context, draft_id: int, comment_id: int, *, settled: bool) -> None:
    """Say that a comment is settled, or that it is not after all. Errors: DomainError not_found, invalid (an answer)."""
    with transaction() as connection:
        diagram_drafts.lock_draft(connection, draft_id)
        found = draft_comments.find_comment(connection, draft_id, comment_id)
        if found is None:
            raise DomainError("not_found", "Không có góp ý này.")
        if found.parent_id is not None:
            raise invalid({"comment": ["Câu trả lời đi cùng góp ý của nó; hãy giải quyết góp ý."]})
        if settled != (found.resolved_at is not None):
            by, at = (context.caller.account_id, context.now) if settled else (None, None)
            draft_comments.settle_comment(connection, comment_id, by, at)


def note_at_draft(context: Context, draft_id: int, *, changing: bool = False, leaves: bool = False) -> None:
    """The caller is at the draft (and changes something), or leaves it. Errors: DomainError not_found."""
    with transaction() as connection:
        if diagram_drafts.find_draft(connection, draft_id) is None:
            raise DomainError("not_found", "Không có bản vẽ này.")
        account = context.caller.account_id
        if leaves:
            draft_presence.left_draft(connection, draft_id, account)
        else:
            draft_presence.note_at_draft(connection, draft_id, account, context.now, changing=changing)


def _typed(text: str) -> str:
    try:
        typed = typed_text(text, LONGEST, lines=True)
    except TextFault as fault:
        raise invalid({"text": [str(fault)]}) from fault
    if not typed:
        raise invalid({"text": ["Hãy ghi góp ý."]})
    return typed


def _name_of(diagram: bytes, element: str) -> str | None:
    """What the element is called; None where it has no name or is not there (yet: a page may be ahead of what it saved)."""
    try:
        found = next((one for one in parse(diagram).getroot().iter() if one.get("id") == element), None)
    except etree.XMLSyntaxError:
        return None
    return " ".join((found.get("name") or "").split())[:300] or None if found is not None else None
