"""Actions on a task beside moving it: checking what came online, sharing out the work, joint handlers, papers on their way."""

from __future__ import annotations

from typing import Any

from flask import Response

from app.access.guard import requires
from app.api.acting import act_on_task
from app.api.blueprint import Blueprint
from app.api.present import TaskSchema
from app.rules.permissions import WORKERS
from app.schemas.tasks import AskCorrectionBody, ContentsBody, FiledBody, HandoffBody, NoBody

blueprint = Blueprint("desk-actions", __name__, url_prefix="/api/v1/tasks", description="Kiểm tra, phân công, phối hợp")


@blueprint.post("/<id:task_id>/refuse-intake")
@requires(*WORKERS)
@blueprint.arguments(FiledBody)
@blueprint.response(200, TaskSchema)
def refuse_intake(body: dict[str, Any], task_id: int) -> Response:
    """Not accept an online dossier, with a reason and the refusal slip; it ends with status 3 (HT-8.1a)."""
    return act_on_task("refuse-intake", task_id, body)


@blueprint.post("/<id:task_id>/ask-correction")
@requires(*WORKERS)
@blueprint.arguments(AskCorrectionBody)
@blueprint.response(200, TaskSchema)
def ask_correction(body: dict[str, Any], task_id: int) -> Response:
    """Send an online dossier back to the applicant with guidance; the check waits (HT-8.1a, ST-11.2c)."""
    return act_on_task("ask-correction", task_id, body)


@blueprint.post("/<id:task_id>/receive-correction")
@requires(*WORKERS)
@blueprint.arguments(ContentsBody)
@blueprint.response(200, TaskSchema)
def receive_correction(body: dict[str, Any], task_id: int) -> Response:
    """The applicant has sent it again: it is checked anew, in a time of its own (HT-8.1a)."""
    return act_on_task("receive-correction", task_id, body)


@blueprint.post("/<id:task_id>/reassign")
@requires("task.assign")
@blueprint.arguments(HandoffBody)
@blueprint.response(200, TaskSchema)
def reassign(body: dict[str, Any], task_id: int) -> Response:
    """Give the step to anybody of the agency, across its units (QT-17.4)."""
    return act_on_task("reassign", task_id, body)


@blueprint.post("/<id:task_id>/join")
@requires(*WORKERS, "task.assign")
@blueprint.arguments(HandoffBody)
@blueprint.response(200, TaskSchema)
def join(body: dict[str, Any], task_id: int) -> Response:
    """Ask somebody of the agency to contribute; the step stays where it is (QT-17.4)."""
    return act_on_task("join", task_id, body)


@blueprint.post("/<id:task_id>/contribute")
@requires(*WORKERS)
@blueprint.arguments(FiledBody)
@blueprint.response(200, TaskSchema)
def contribute(body: dict[str, Any], task_id: int) -> Response:
    """What a joint handler was asked for; the step does not move."""
    return act_on_task("contribute", task_id, body)


@blueprint.post("/<id:task_id>/paper-received")
@requires(*WORKERS)
@blueprint.arguments(NoBody)
@blueprint.response(200, TaskSchema)
def paper_received(body: dict[str, Any], task_id: int) -> Response:
    """Confirm that the papers have come (QT-20.1a)."""
    return act_on_task("paper-received", task_id, body)
