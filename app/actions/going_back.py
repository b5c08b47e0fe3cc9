"""Going back to where the work began, when a resubmitted dossier is worked on from the start (defect 18 of the sources)."""

from __future__ import annotations

from app.actions.running import MAIN
from app.actions.work import Work
from app.rules import events
from app.rules.legality import RECEIVE


def to_first_step(work: Work) -> None:
    """The first step after the desk's own opens again; a dossier that has not left it stays where it is."""
    tasks = [task for task in work.live_tasks() if task.instance_kind == MAIN]
    for task in tasks[:1]:
        running = work.diagrams.get(task.instance_id)
        earlier = running.engine.earlier_steps(task.engine_task)
        worked = [found for found in earlier if found.step.stage != RECEIVE]
        if worked:
            running.engine.go_back(worked[-1].engine_task)
            work.move(events.RETURNED, running, None, details={"to_step": worked[-1].step.id, "resubmitted": True})
