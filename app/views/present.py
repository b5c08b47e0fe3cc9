"""How a task and a dossier look: one shape wherever they appear, in answers of the API and on pages.

Instants stay instants here; `app.jsontext` writes them with the local offset, in answers and in kept answers alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from app.rules.clock import ClockRules, ClockState, colour, facts
from app.rules.outcome import Standing, standing_of
from app.rules.status import status_of
from app.store.dossiers import DossierRow
from app.store.handlers import Candidate
from app.store.tasks import TaskRow
from app.views.colours import colour_words, dossier_words, facts_view, task_colour, task_facts


class TaskDossier(Protocol):
    """What a task's view shows of its dossier; `DossierRow` and the rows of lists have it."""

    @property
    def code(self) -> str: ...

    @property
    def status(self) -> int: ...

    @property
    def procedure(self) -> str: ...

    @property
    def procedure_name(self) -> str: ...


def state_of(clock: Mapping[str, Any]) -> ClockState:
    """The folded clock as the dossier's row keeps it."""
    return ClockState.from_dict(clock)


def dossier_facts(dossier: DossierRow) -> dict[str, Any]:
    """How a dossier stands: `{status, received_at, deadline_at, appointment_at}`."""
    return {
        "status": status_of(dossier.status).to_dict(),
        "received_at": dossier.received_at,
        "deadline_at": dossier.deadline_at,
        "appointment_at": dossier.appointment_at,
    }


def standing_view(standing: Standing | None) -> dict[str, Any]:
    """How a dossier stands against its time: `{overdue, standing, outcome_label}`, the label as its province calls it."""
    return {
        "overdue": standing is not None and standing.overdue,
        "standing": None if standing is None else standing.name,
        "outcome_label": None if standing is None else standing.label,
    }


def task_view(
    task: TaskRow,
    dossier: TaskDossier,
    state: ClockState,
    rules: ClockRules,
    now: datetime,
    applicant: str | None = None,
) -> dict[str, Any]:
    """A task as anybody sees it. `words`: its colour in words (QT-21). `note`: what the previous handler wrote, else those."""
    shown = task_colour(task, state, rules, now)
    words = colour_words(shown, task, state, rules, now)
    view = {
        "id": task.id,
        "dossier": dossier.code,
        "procedure": dossier.procedure,
        "procedure_name": dossier.procedure_name,
        "step": task.step,
        "step_name": task.step_name,
        "stage": task.stage,
        "position": task.position,
        "position_name": task.position_name,
        "agency": task.agency,
        "assignee": task.assignee,
        "assignee_name": task.assignee_name,
        "entered_at": task.entered_at,
        "due_at": task.due_at,
        "colour": shown,
        "words": words,
        **facts_view(shown, task_facts(task, state, rules, now), state, rules, now),
        "note": task.note or words,
        "version": task.version,
        "state": task.state,
        "outcome": task.outcome,
        "finished_at": task.finished_at,
        "status": status_of(dossier.status).to_dict(),
    }
    if applicant is not None:
        view["applicant"] = applicant
    return view


def dossier_view(dossier: DossierRow, applicant: Any, rules: ClockRules, now: datetime) -> dict[str, Any]:
    """A dossier as lists show it; `applicant` is the name there and the whole person in the dossier itself."""
    state = state_of(dossier.clock)
    shown = colour(state, now, rules)
    return {
        "code": dossier.code,
        "procedure": dossier.procedure,
        "procedure_name": dossier.procedure_name,
        "agency": dossier.agency,
        "agency_name": dossier.agency_name,
        "channel": dossier.channel,
        **dossier_facts(dossier),
        "outcome": dossier.outcome,
        **standing_view(standing_of(state, now, rules.profile, rules.calendar.tz)),
        "colour": shown,
        "words": dossier_words(shown, dossier.closed_at is not None, state, rules, now),
        **facts_view(shown, facts(state, now, rules), state, rules, now),
        "paused_at": dossier.paused_at,
        "result_at": dossier.result_at,
        "closed_at": dossier.closed_at,
        "stands": dossier.incidents > 0,
        "applicant": applicant,
        "version": dossier.version,
    }


def open_task_view(
    task: TaskRow,
    dossier: DossierRow,
    state: ClockState,
    rules: ClockRules,
    now: datetime,
    candidates: Sequence[Candidate],
) -> dict[str, Any]:
    """An open task inside its dossier, with who may act on it."""
    return task_view(task, dossier, state, rules, now) | candidates_view(candidates)


def candidates_view(candidates: Sequence[Candidate]) -> dict[str, Any]:
    """User names of who may act on a task, and of those of them who stand in, for whom."""
    return {
        "candidates": [one.username for one in candidates],
        "substitutes": [
            {
                "username": one.username,
                "name": one.name,
                "instead_of": one.instead_of.username,
                "instead_of_name": one.instead_of.name,
            }
            for one in candidates
            if one.instead_of is not None
        ],
    }
