"""What is done to a draft besides drawing: named, put away and taken up again, an earlier state taken up, states named."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.actions.diagram_drafts import Saved, keep_state, open_draft
from app.actions.runner import Context
from app.errors import DomainError, invalid
from app.store import diagram_drafts
from app.store.diagram_drafts import AUTO, DISCARDED, KEPT, OPEN, RESTORED
from app.store.transaction import transaction
from app.wording import clean_line

LONGEST_TITLE = LONGEST_LABEL = 200
HOURLY_AFTER, DAILY_AFTER = timedelta(days=1), timedelta(days=30)
"""How old automatic states are when one an hour, and later one a day, is enough."""
THINNED_AT_ONCE = 5000


def rename_draft(context: Context, draft_id: int, title: str) -> None:
    """Give it another title. Errors: DomainError not_found, wrong_state, invalid (`title`)."""
    title = clean_line(title)
    if not title or len(title) > LONGEST_TITLE:
        raise invalid({"title": [f"Tên bản vẽ phải có từ 1 đến {LONGEST_TITLE} ký tự."]})
    with transaction() as connection:
        if open_draft(connection, draft_id).title != title:
            diagram_drafts.change_draft(connection, draft_id, context.caller.account_id, context.now, title=title)


def discard_draft(context: Context, draft_id: int) -> None:
    """Put it away; nothing of it is lost. Errors: DomainError not_found, wrong_state (published)."""
    with transaction() as connection:
        draft = diagram_drafts.lock_draft(connection, draft_id)
        if draft is not None and draft.state == DISCARDED:
            return
        open_draft(connection, draft_id)
        diagram_drafts.change_draft(connection, draft_id, context.caller.account_id, context.now, state=DISCARDED)


def reopen_draft(context: Context, draft_id: int) -> None:
    """Take a draft up again that was put away. Errors: DomainError not_found, wrong_state (published)."""
    with transaction() as connection:
        draft = diagram_drafts.lock_draft(connection, draft_id)
        if draft is None or draft.state != DISCARDED:
            open_draft(connection, draft_id)
            return
        diagram_drafts.change_draft(connection, draft_id, context.caller.account_id, context.now, state=OPEN)


def restore_state(context: Context, draft_id: int, number: int) -> Saved:
    """Take an earlier state up again, as a new one. Errors: DomainError not_found, wrong_state."""
    with transaction() as connection:
        draft = open_draft(connection, draft_id)
        files = diagram_drafts.files_of(connection, draft_id, number)
        if files is None:
            raise DomainError("not_found", "Lần lưu này không còn.")
        if number == draft.revision:
            raise DomainError("wrong_state", "Đây đang là lần lưu mới nhất của bản vẽ.")
        return keep_state(connection, context, draft, files, RESTORED, f"Lấy lại lần lưu {number}")


def label_state(context: Context, draft_id: int, number: int, label: str) -> None:
    """Name a state, which keeps it; without words it has no name. Errors: DomainError not_found, invalid (`label`)."""
    label = clean_line(label)
    if len(label) > LONGEST_LABEL:
        raise invalid({"label": [f"Dài quá {LONGEST_LABEL} ký tự."]})
    with transaction() as connection:
        diagram_drafts.lock_draft(connection, draft_id)
        found = diagram_drafts.find_revision(connection, draft_id, number)
        if found is None:
            raise DomainError("not_found", "Lần lưu này không còn.")
        kind = KEPT if found.kind == AUTO and label else None
        diagram_drafts.label_revision(connection, draft_id, number, label or None, kind)


def thin_states(now: datetime) -> int:
    """Leave one automatic state an hour of what is older than a day, and one a day of what is older than a month; answers how
    many went. States that somebody kept, named, took up or brought stay, and so does the newest of each draft."""
    with transaction() as connection:
        gone = diagram_drafts.thin_revisions(connection, now - HOURLY_AFTER, "hour", THINNED_AT_ONCE)
        return gone + diagram_drafts.thin_revisions(connection, now - DAILY_AFTER, "day", THINNED_AT_ONCE)
