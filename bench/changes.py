"""What changes a dossier, asked of each of the two sizes in turn: forwarding, and registering the next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count

from app.config import Settings
from app.factory import create_app
from app.store.database import db
from bench.browser import Browser
from bench.dossiers import caller_of, more_waiting, token_for
from bench.register import registration
from bench.serving import Progress

Changes = dict[str, Callable[[], float]]


def changes(port: int, settings: Settings, times: int, progress: Progress) -> Changes:
    """By name what makes the change once and answers its seconds; each can be made `times` times."""
    tasks, deciding = more_waiting(settings, times, progress)
    with create_app(settings).app_context():
        now = datetime.now(UTC)
        receiving = token_for(caller_of("desk_officer", now).account_id, now)
        db.engine.dispose()
    head, desk, waiting, numbers = Browser(port, deciding), Browser(port, receiving), iter(tasks), count(1)

    def forward() -> float:
        return head.changed(f"/api/v1/tasks/{next(waiting)}/forward", b"{}", 200)

    def register() -> float:
        request = registration(next(numbers), receiving)
        return desk.changed(request.path, request.body, request.expected)

    return {"forward": forward, "registration": register}
