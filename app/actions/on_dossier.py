"""Actions on a dossier as a whole: found, seen, permitted, locked, in the right state; then the runner's work on it."""

from __future__ import annotations

from sqlalchemy import Connection

from app.actions.runner import Context, work_on
from app.actions.work import Work
from app.errors import DomainError
from app.rules import permissions, status
from app.store import dossiers, tasks


def work_on_dossier(connection: Connection, context: Context, action: str, code: str) -> Work:
    """The caller's work on a dossier of one of her agencies. Errors: DomainError not_found, forbidden, wrong_state, invalid."""
    caller = context.caller
    found = dossiers.find_dossier(connection, code)
    parts = tasks.agencies_with_part(connection, found.id) if found else set()
    if found is None or not permissions.sees_dossier(caller.permissions, caller.agency_ids, parts):
        raise DomainError("not_found", "Không có hồ sơ này, hoặc cơ quan của bạn không tham gia giải quyết.")
    wanted = permissions.RIGHTS[action].permissions
    if caller.agency_ids.isdisjoint(parts) or not any(caller.may(name) for name in wanted):
        raise DomainError("forbidden", "Bạn không được giao việc này ở các cơ quan tham gia giải quyết hồ sơ.")
    dossier = dossiers.lock_dossier(connection, found.id)
    assert dossier is not None  # noqa: S101 - dossiers are never removed
    if not permissions.in_state(action, dossier.status):
        name = status.status_of(dossier.status).name
        raise DomainError("wrong_state", f"Hồ sơ đang ở trạng thái “{name}” nên không thực hiện được.")
    return work_on(connection, dossier, tasks.tasks_of(connection, dossier.id), context)
