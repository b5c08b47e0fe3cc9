"""Messages under way in the small office: settings of other gateways, what the tables say, and time that passes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from tests.actions.scene import Scene

PERSON = {"name": "Trần Văn Bình", "email": "binh.tran@example.org", "phone": "0912 345 678"}


@contextmanager
def settings(scene: Scene, **changed: Any) -> Iterator[None]:
    """The scene's application with other settings."""
    running = scene.app.extensions["motcua"]
    scene.app.extensions["motcua"] = replace(running, settings=replace(running.settings, **changed))
    try:
        yield
    finally:
        scene.app.extensions["motcua"] = running


def rows(scene: Scene, question: str = "SELECT * FROM deliveries ORDER BY id") -> list[Any]:
    with scene.reading() as connection:
        return list(connection.execute(text(question)).all())


def jobs_waiting(scene: Scene) -> int:
    (found,) = rows(
        scene, "SELECT count(*) AS n FROM procrastinate_jobs WHERE task_name = 'send_delivery' AND status = 'todo'"
    )
    return int(found.n)


def pass_time(scene: Scene, work_off: Callable[[], None], span: timedelta) -> None:
    """Let time pass for clock and queue alike, and the worker do what is due meanwhile, as often as something is."""
    end = scene.clock.at + span
    while True:
        due = rows(scene, "SELECT min(next_try_at) AS at FROM deliveries WHERE state IN ('waiting', 'trying')")[0].at
        if due is None or due > end:
            scene.clock.at = end
            return
        scene.clock.at = max(due, scene.clock.at)
        with scene.writing() as connection:
            connection.execute(
                text(
                    "UPDATE procrastinate_jobs j SET scheduled_at = now() FROM deliveries d WHERE j.status = 'todo'"
                    " AND j.task_name = 'send_delivery' AND (j.args ->> 'delivery_id') = d.id::text"
                    " AND d.next_try_at <= :at"
                ),
                {"at": scene.clock.at},
            )
        work_off()
