"""Declining a request: whoever has a step of a side process sends it back undone, and the dossier goes on where it was.

There is a way out of every request that cannot be carried through any more, such as a supplement approved too late to be
asked for (QT-19.3b). Once the applicant was told, it is no longer the officials' to take back.
"""

from __future__ import annotations

from app.actions import watch
from app.actions.holding import give_back
from app.actions.running import MAIN, Running
from app.actions.work import Work
from app.rules import events
from app.store.tasks import TaskRow


def decline(work: Work, running: Running, task: TaskRow, comment: str) -> None:
    """End the request without its effect; `comment` says why, and stands with the steps that go on."""
    process = running.row.kind
    holding = work.dossier.held_by == process
    before = work.diagrams.request(running).data.get("held_by") if holding else None
    running.engine.cancel()
    work.move(
        events.SIDE_ENDED if holding else events.FORWARDED,
        running,
        task,
        details={"process": process, "comment": comment, "declined": True},
        clock_data={"process": process} if holding else None,
        gives_back=(before or MAIN) if holding and work.clock.started_at is not None else None,
    )
    if holding:
        give_back(work, before)
    watch.follow(work)
    work.restate()
