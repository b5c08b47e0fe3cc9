"""Files that were chosen in the form of an action: kept at once, added to the dossier with the action and not without it."""

from __future__ import annotations

from flask import request

from app.access.request import current_caller
from app.actions.attach import Attach, check_may_add_to_task, received
from app.actions.scanning import scanned_at_once
from app.runtime import runtime
from app.store.files import file_store
from app.web.action_fields import form_name


def uploads_of(action: str, task_id: int) -> tuple[Attach, ...]:
    """Those of that action, in order.

    Errors: DomainError invalid for a file that cannot be taken; not_found, forbidden where the caller adds none there.
    """
    chosen = [one for one in request.files.getlist(f"{form_name(action, 'attachments')}-upload") if one.filename]
    if not chosen:
        return ()
    check_may_add_to_task(task_id, current_caller())
    settings = runtime().settings
    store = file_store(settings)
    taken = [received("", store, one.stream, one.filename or "") for one in chosen]
    return tuple(scanned_at_once(command, store, settings.clamav) for command in taken)
