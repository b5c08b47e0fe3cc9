"""What somebody is typing into the form of a task: kept while it is typed, so that a crash or another machine loses nothing.

A draft is its writer's alone, one a task: the newest wins. It is no act on the dossier, so it leaves no history and needs no
open task: what was being written while a colleague finished the step is still there to be copied. Files and passwords are
never part of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from app.access.caller import Caller
from app.errors import DomainError, invalid
from app.rules import permissions
from app.store import drafts, tasks
from app.store.drafts import DraftRow
from app.store.transaction import reading, transaction
from app.wording import TextFault, typed_text

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,199}", re.ASCII)
_SECRET = re.compile(r"password|passphrase|secret|token|mat-khau|mat_khau|(^|[-_.])pin($|[-_.])", re.IGNORECASE)
MOST_FIELDS = 1_000


def is_secret(name: str) -> bool:
    """Whether a field of that name holds what is never kept: a password, the PIN of a signing key, a token."""
    return _SECRET.search(name) is not None


@dataclass(frozen=True, slots=True)
class Typed:
    """The form as it stands: the comment, the other fields with their values, which action's part is open (not the first),
    and the key of the page."""

    comment: str = ""
    fields: Mapping[str, Sequence[str]] = field(default_factory=dict)
    action: str | None = None
    page: str | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """`replaced`: when another page had kept what this took the place of, or None."""

    at: datetime
    replaced: datetime | None


def save_draft(caller: Caller, task_id: int, typed: Typed, now: datetime) -> Kept:
    """Keep what the caller has typed on a task so far; nothing typed drops the draft.

    Errors: DomainError invalid (`comment`: too long, or characters that no comment may hold; `form`: too much), not_found.
    """
    draft = DraftRow(_comment(typed.comment), now, _fields(typed.fields), _named(typed.action), _named(typed.page))
    with transaction() as connection:
        _require_seen(connection, caller, task_id)
        before = drafts.draft_of(connection, caller.account_id, task_id)
        if draft.text or draft.fields:
            drafts.keep_draft(connection, caller.account_id, task_id, draft)
        else:
            drafts.drop_draft(connection, caller.account_id, task_id)
    elsewhere = before is not None and before.page is not None and draft.page is not None and before.page != draft.page
    return Kept(now, before.updated_at if before is not None and elsewhere else None)


def draft_for(caller: Caller, task_id: int) -> DraftRow | None:
    """What the caller typed on a task and did not send, or None."""
    with reading() as connection:
        return drafts.draft_of(connection, caller.account_id, task_id)


def forget_draft(caller: Caller, task_id: int) -> None:
    """Drop the caller's draft on a task, if there is one."""
    forget_drafts(caller, [task_id])


def forget_drafts(caller: Caller, task_ids: Sequence[int]) -> None:
    """Drop the caller's drafts on these tasks."""
    with transaction() as connection:
        drafts.drop_drafts(connection, caller.account_id, task_ids)


def _comment(text: str) -> str:
    try:
        return typed_text(text, drafts.LONGEST, lines=True)
    except TextFault as fault:
        raise invalid({"comment": [str(fault)]}) from fault


def _fields(fields: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """The fields, those that were emptied too, without what could be a secret; what no text may hold is left out."""
    kept: dict[str, list[str]] = {}
    room = drafts.MOST_CHARACTERS
    for name, values in fields.items():
        if not _NAME.fullmatch(name) or is_secret(name):
            continue
        told = [_text(value) for value in values]
        room -= len(name) + sum(map(len, told))
        if room < 0 or len(kept) >= MOST_FIELDS:
            raise invalid({"form": ["Biểu mẫu dài quá nên không giữ được bản nháp."]})
        kept[name] = told
    return kept if any(any(told) for told in kept.values()) else {}


def _text(value: str) -> str:
    try:
        return typed_text(value, drafts.MOST_CHARACTERS, lines=True, strip=False)
    except TextFault:
        return ""


def _named(text: str | None) -> str | None:
    return text if text and len(text) <= 64 and _NAME.fullmatch("x" + text) else None


def _require_seen(connection: Connection, caller: Caller, task_id: int) -> None:
    task = tasks.task_by_id(connection, task_id)
    parts = tasks.agencies_with_part(connection, task.dossier_id) if task else ()
    if task is None or not permissions.sees_dossier(caller.permissions, caller.agency_ids, parts):
        raise DomainError("not_found", "Không có bước này.")
