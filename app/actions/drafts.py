"""The comment that somebody is writing on a task: kept while it is written, so that nothing typed is lost.

A draft is its writer's alone. It is no act on the dossier, so it leaves no history and needs no open task: a comment that was
being written while a colleague finished the step is still there to be copied.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from app.access.caller import Caller
from app.errors import DomainError, invalid
from app.rules import permissions
from app.store import drafts, tasks
from app.store.transaction import reading, transaction
from app.wording import TextFault, typed_text


def save_draft(caller: Caller, task_id: int, text: str, now: datetime) -> None:
    """Keep what the caller has written on a task so far; nothing written drops the draft.

    Errors: DomainError invalid (`comment`: too long, or characters that no comment may hold), not_found.
    """
    try:
        cleaned = typed_text(text, drafts.LONGEST, lines=True)
    except TextFault as fault:
        raise invalid({"comment": [str(fault)]}) from fault
    with transaction() as connection:
        _require_seen(connection, caller, task_id)
        if cleaned:
            drafts.keep_draft(connection, caller.account_id, task_id, cleaned, now)
        else:
            drafts.drop_draft(connection, caller.account_id, task_id)


def draft_for(caller: Caller, task_id: int) -> str | None:
    """What the caller wrote on a task and did not send, or None."""
    with reading() as connection:
        return drafts.draft_of(connection, caller.account_id, task_id)


def forget_draft(caller: Caller, task_id: int) -> None:
    """Drop the caller's draft on a task, if there is one."""
    forget_drafts(caller, [task_id])


def forget_drafts(caller: Caller, task_ids: Sequence[int]) -> None:
    """Drop the caller's drafts on these tasks."""
    with transaction() as connection:
        drafts.drop_drafts(connection, caller.account_id, task_ids)


def _require_seen(connection: Connection, caller: Caller, task_id: int) -> None:
    task = tasks.task_by_id(connection, task_id)
    parts = tasks.agencies_with_part(connection, task.dossier_id) if task else ()
    if task is None or not permissions.sees_dossier(caller.permissions, caller.agency_ids, parts):
        raise DomainError("not_found", "Không có bước này.")
