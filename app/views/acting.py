"""What an action tells who took it."""

from __future__ import annotations

from typing import Any

from app.actions.runner import Outcome
from app.views.present import dossier_facts, task_view


def outcome_view(outcome: Outcome) -> dict[str, Any]:
    """The changed task, what it led to, and how the dossier stands now."""
    work, task = outcome.work, outcome.task
    body: dict[str, Any] = {}
    if task is not None:
        body = task_view(task, work.dossier, work.clock, work.rules, work.now)
    body["led_to"] = [task_view(led, work.dossier, work.clock, work.rules, work.now) for led in outcome.led_to]
    return body | dossier_facts(work.dossier)


def registered_view(outcome: Outcome) -> dict[str, Any]:
    """The new dossier's code, how it stands, its slips and the task that it led to, or None."""
    work, task = outcome.work, outcome.task
    return dossier_facts(work.dossier) | {
        "code": work.dossier.code,
        "slips": [dict(slip) for slip in outcome.extra.get("slips", ())],
        "task": task_view(task, work.dossier, work.clock, work.rules, work.now) if task else None,
    }
