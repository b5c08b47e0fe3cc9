"""Files that were chosen in the form of an action: kept at once, added to the dossier with the action and not without it."""

from __future__ import annotations

from flask import request

from app.actions.attach import Attach, received
from app.runtime import runtime
from app.store.files import file_store
from app.web.action_fields import form_name


def uploads_of(action: str) -> tuple[Attach, ...]:
    """Those of that action, in order. Errors: DomainError invalid for a file that cannot be taken."""
    chosen = [one for one in request.files.getlist(f"{form_name(action, 'attachments')}-upload") if one.filename]
    if not chosen:
        return ()
    store = file_store(runtime().settings)
    return tuple(received("", store, one.stream, one.filename or "") for one in chosen)
