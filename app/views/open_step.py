"""Which open step an act upon a whole dossier is done to."""

from __future__ import annotations

from collections.abc import Collection

from app.access.caller import Caller
from app.errors import DomainError
from app.store import tasks
from app.store.transaction import reading
from app.views.visibility import visible_dossier


def open_step(code: str, caller: Caller, kinds: Collection[str], step: str | None = None) -> int:
    """Id of the dossier's first open step in an instance of one of `kinds`, with that step id if one is named.

    Errors: DomainError not_found, wrong_state when the dossier has no such step now.
    """
    with reading() as connection:
        dossier = visible_dossier(connection, code, caller)
        for task in tasks.tasks_of(connection, dossier.id):
            if task.state == "open" and task.instance_kind in kinds and step in (None, task.step):
                return task.id
    raise DomainError("wrong_state", "Hồ sơ hiện không ở bước thực hiện được việc này.", extra={"rule": "QT-17.1"})
