"""What was asked for a dossier beside its own steps, and how far each request is."""

from __future__ import annotations

from typing import Any

from app.access.caller import Caller
from app.rules.side import SIDE
from app.store import requests, tasks
from app.store.requests import RequestRow
from app.store.tasks import TaskRow
from app.store.transaction import reading
from app.views.visibility import visible_dossier


def requests_view(caller: Caller, code: str) -> list[dict[str, Any]]:
    """The requests on a dossier, the newest first. Errors: DomainError not_found."""
    with reading() as connection:
        dossier = visible_dossier(connection, code, caller)
        asked = requests.requests_of(connection, dossier.id)
        opened = tasks.tasks_of(connection, dossier.id)
    return [_view(one, [task for task in opened if task.instance_id == one.instance_id]) for one in reversed(asked)]


def _view(request: RequestRow, opened: list[TaskRow]) -> dict[str, Any]:
    asker = request.data.get("asker", {})
    return {
        "id": request.instance_id,
        "kind": request.kind,
        "title": SIDE[request.kind].title,
        "asked_by": asker.get("account"),
        "asked_at": request.started_at,
        "limit_at": request.limit_at,
        "finished": request.finished_at is not None,
        "finished_at": request.finished_at,
        "details": {name: value for name, value in request.data.items() if name not in ("asker", "held_by")},
        "waits_for": [{"step": task.step_name, "position": task.position_name} for task in opened],
    }
