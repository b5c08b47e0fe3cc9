"""What an action tells who took it."""

from __future__ import annotations

from typing import Any

from app.actions.runner import Outcome
from app.actions.work import Work
from app.store.tasks import TaskRow
from app.views.present import dossier_facts, task_view
from app.views.slips import slip_view


def outcome_view(outcome: Outcome) -> dict[str, Any]:
    """The changed task, what it led to, and how the dossier stands now."""
    work, task = outcome.work, outcome.task
    body: dict[str, Any] = {}
    if task is not None:
        body = _task_view(work, task)
    body["led_to"] = [_task_view(work, led) for led in outcome.led_to]
    return body | dossier_facts(work.dossier)


def registered_view(outcome: Outcome) -> dict[str, Any]:
    """The new dossier's code, how it stands, its slips and the task that it led to, or None."""
    work, task = outcome.work, outcome.task
    return dossier_facts(work.dossier) | {
        "code": work.dossier.code,
        "slips": [slip_view(slip) for slip in outcome.extra.get("slips", ())],
        "task": task_view(task, work.dossier, work.clock, work.rules, work.now) if task else None,
    }


def _task_view(work: Work, task: TaskRow) -> dict[str, Any]:
    """The task, and `instead_of` whom it came to who has it now, where the one it was meant for is away."""
    meant = work.meant.get(task.id)
    view = task_view(task, work.dossier, work.clock, work.rules, work.now)
    return view | ({"instead_of": {"username": meant.username, "name": meant.name}} if meant else {})
