"""Saying that one is at a dossier's page, or has left it. No act on the dossier: nothing of it is written into its history."""

from __future__ import annotations

from datetime import datetime

from app.access.caller import Caller
from app.errors import DomainError
from app.rules import permissions
from app.store import dossiers, presence, tasks
from app.store.transaction import transaction


def note_presence(caller: Caller, code: str, now: datetime, *, typing: bool = False, leaves: bool = False) -> None:
    """The caller is at the page (and types there), or leaves it. Errors: DomainError not_found."""
    with transaction() as connection:
        found = dossiers.find_dossier(connection, code)
        parts = tasks.agencies_with_part(connection, found.id) if found else set()
        if found is None or not permissions.sees_dossier(caller.permissions, caller.agency_ids, parts):
            raise DomainError("not_found", "Không có hồ sơ này, hoặc cơ quan của bạn không tham gia giải quyết.")
        if leaves:
            presence.gone(connection, found.id, caller.account_id)
        else:
            presence.note_present(connection, found.id, caller.account_id, now, typing=typing)
