"""How a task and a dossier look in answers: one shape wherever they appear, ready to be turned into JSON.

Instants stay instants here; `app.jsontext` writes them with the local offset, in answers and in kept answers alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from app.api.colours import COLOURS, colour_words, task_colour
from app.api.fields import Anything, Choice, Flag, Instant, Many, Part, Record, Schema, Text, Whole
from app.rules.clock import ClockRules, ClockState, colour, is_overdue
from app.rules.status import status_of
from app.store.dossiers import DossierRow
from app.store.tasks import TaskRow


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


class StatusSchema(Schema):
    number = Whole(1, 10)
    name = Text(100)


class TaskSchema(Schema):
    """A task: a step that waits in the inbox of a position, or that has been worked."""

    id = Whole(1)
    dossier = Text(64)
    procedure = Text(64)
    procedure_name = Text(2000)
    step = Text(64)
    step_name = Text(500)
    stage = Choice(("receive", "resolve", "return"))
    position = Text(64)
    position_name = Text(500)
    agency = Text(64)
    assignee = Text(64, allow_none=True)
    assignee_name = Text(500, allow_none=True)
    entered_at = Instant()
    due_at = Instant(allow_none=True)
    colour = Choice(COLOURS)
    note = Text(4000)
    version = Whole(1)
    state = Choice(("open", "done", "cancelled"))
    outcome = Text(64, allow_none=True)
    finished_at = Instant(allow_none=True)
    status = Part(StatusSchema)
    applicant = Text(4000, metadata={"description": "Chỉ có trong danh sách"})
    form = Record(allow_none=True, metadata={"description": "Biểu mẫu form-js của bước, khi mở bước"})
    data = Record(metadata={"description": "Dữ liệu của hồ sơ, khi mở bước"})
    actions = Many(Anything(), metadata={"description": "Các thao tác và điều kiện, khi mở bước"})
    limit = Text(64, allow_none=True)
    limit_unit = Choice(("working", "calendar"))
    dossier_status = Part(StatusSchema)
    led_to = Many(Anything(), metadata={"description": "Các bước mà thao tác vừa mở ra"})
    received_at = Instant()
    deadline_at = Instant(allow_none=True)
    appointment_at = Instant(allow_none=True)


class CandidateTaskSchema(TaskSchema):
    candidates = Many(Text(64))


class DossierSchema(Schema):
    code = Text(64)
    procedure = Text(64)
    procedure_name = Text(2000)
    agency = Text(64)
    agency_name = Text(500)
    channel = Choice(("counter", "online", "post"))
    status = Part(StatusSchema)
    outcome = Text(32, allow_none=True)
    overdue = Flag()
    colour = Choice(COLOURS)
    received_at = Instant()
    deadline_at = Instant(allow_none=True)
    appointment_at = Instant(allow_none=True)
    paused_at = Instant(allow_none=True)
    result_at = Instant(allow_none=True)
    closed_at = Instant(allow_none=True)
    applicant = Text(4000)
    version = Whole(1)


class DossierDetailSchema(DossierSchema):
    applicant = Record()  # type: ignore[assignment]
    components = Many(Anything())
    notify = Many(Text(32))
    deliver = Record()
    data = Record()
    open_tasks = Many(Part(CandidateTaskSchema))


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


def task_view(
    task: TaskRow,
    dossier: TaskDossier,
    state: ClockState,
    rules: ClockRules,
    now: datetime,
    applicant: str | None = None,
) -> dict[str, Any]:
    """A task as every answer shows it. `note` is what the previous handler wrote, else the colour in words (QT-21)."""
    shown = task_colour(task, state, rules, now)
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
        "note": task.note or colour_words(shown, task, state, rules, now),
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
    return {
        "code": dossier.code,
        "procedure": dossier.procedure,
        "procedure_name": dossier.procedure_name,
        "agency": dossier.agency,
        "agency_name": dossier.agency_name,
        "channel": dossier.channel,
        **dossier_facts(dossier),
        "outcome": dossier.outcome,
        "overdue": is_overdue(state, now),
        "colour": colour(state, now, rules),
        "paused_at": dossier.paused_at,
        "result_at": dossier.result_at,
        "closed_at": dossier.closed_at,
        "applicant": applicant,
        "version": dossier.version,
    }


def open_task_view(
    task: TaskRow,
    dossier: DossierRow,
    state: ClockState,
    rules: ClockRules,
    now: datetime,
    candidates: Sequence[str],
) -> dict[str, Any]:
    """An open task inside its dossier, with the user names of those who may act on it."""
    return task_view(task, dossier, state, rules, now) | {"candidates": list(candidates)}
