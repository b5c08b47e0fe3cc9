"""One task: reading it with what may be done, and each action as a path of its own."""

from __future__ import annotations

from typing import Any

from flask import Response

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.open_task import open_task
from app.api.acting import act_on_task, etag
from app.api.blueprint import Blueprint, reply
from app.api.present import TaskSchema
from app.rules.permissions import READERS, WORKERS
from app.runtime import asked_at
from app.schemas.tasks import AcceptBody, CompleteBody, DeliverResultBody, ForwardBody, HandoffBody, NoBody, ReturnBody
from app.views.tasks import task_detail

blueprint = Blueprint("task-actions", __name__, url_prefix="/api/v1/tasks", description="Một bước và các thao tác")


@blueprint.get("/<id:task_id>")
@requires("task.work", "dossier.register", "control.view", "report.view")
@blueprint.response(200, TaskSchema)
def read(task_id: int) -> Response:
    """The task, its form and data, and every action: allowed or why not, and what it needs."""
    now = asked_at()
    opened = open_task(task_id, current_caller(), now)
    return reply(task_detail(opened, now), headers={"ETag": etag(opened.task.version)})


@blueprint.post("/<id:task_id>/accept")
@requires("dossier.register", "task.work")
@blueprint.arguments(AcceptBody)
@blueprint.response(200, TaskSchema)
def accept(body: dict[str, Any], task_id: int) -> Response:
    """Take in an online dossier: its clock starts, the receipt is issued (QT-18.1)."""
    return act_on_task("accept", task_id, body)


@blueprint.post("/<id:task_id>/claim")
@requires(*WORKERS)
@blueprint.arguments(NoBody)
@blueprint.response(200, TaskSchema)
def claim(body: dict[str, Any], task_id: int) -> Response:
    """Take a waiting task (QT-22.2b)."""
    return act_on_task("claim", task_id, body)


@blueprint.post("/<id:task_id>/release")
@requires(*WORKERS)
@blueprint.arguments(NoBody)
@blueprint.response(200, TaskSchema)
def release(body: dict[str, Any], task_id: int) -> Response:
    """Give a claimed task back to its position."""
    return act_on_task("release", task_id, body)


@blueprint.post("/<id:task_id>/forward")
@requires(*WORKERS)
@blueprint.arguments(ForwardBody)
@blueprint.response(200, TaskSchema)
def forward(body: dict[str, Any], task_id: int) -> Response:
    """The step is done; the next one opens for its position or one account (QT-17.4, QT-22.2b)."""
    return act_on_task("forward", task_id, body)


@blueprint.post("/<id:task_id>/complete")
@requires(*WORKERS)
@blueprint.arguments(CompleteBody)
@blueprint.response(200, TaskSchema)
def complete(body: dict[str, Any], task_id: int) -> Response:
    """This step and the caller's own that follow, of a dossier that is resolved right after receipt (QT-22.2c)."""
    return act_on_task("complete", task_id, body)


@blueprint.post("/<id:task_id>/return")
@requires(*WORKERS)
@blueprint.arguments(ReturnBody)
@blueprint.response(200, TaskSchema)
def return_(body: dict[str, Any], task_id: int) -> Response:
    """An earlier step amends or explains; comment mandatory (QT-17.4, QT-20.1b)."""
    return act_on_task("return", task_id, body)


@blueprint.post("/<id:task_id>/press")
@requires(*READERS)
@blueprint.arguments(NoBody)
@blueprint.response(200, TaskSchema)
def press(body: dict[str, Any], task_id: int) -> Response:
    """A head reminds whoever holds the step; comment mandatory, nothing moves (ST-26.1)."""
    return act_on_task("press", task_id, body)


@blueprint.post("/<id:task_id>/recall")
@requires(*WORKERS)
@blueprint.arguments(NoBody)
@blueprint.response(200, TaskSchema)
def recall(body: dict[str, Any], task_id: int) -> Response:
    """Take back what was forwarded and not yet opened."""
    return act_on_task("recall", task_id, body)


@blueprint.post("/<id:task_id>/handoff")
@requires(*WORKERS)
@blueprint.arguments(HandoffBody)
@blueprint.response(200, TaskSchema)
def handoff(body: dict[str, Any], task_id: int) -> Response:
    """Another officer of the same unit takes over (QT-17.4). `comment` is understood as the reason."""
    return act_on_task("handoff", task_id, body)


@blueprint.post("/<id:task_id>/confirm-result")
@requires(*WORKERS)
@blueprint.arguments(NoBody)
@blueprint.response(200, TaskSchema)
def confirm_result(body: dict[str, Any], task_id: int) -> Response:
    """The desk confirms that the result exists: the clock stops (QT-18.4)."""
    return act_on_task("confirm-result", task_id, body)


@blueprint.post("/<id:task_id>/deliver-result")
@requires(*WORKERS)
@blueprint.arguments(DeliverResultBody)
@blueprint.response(200, TaskSchema)
def deliver_result(body: dict[str, Any], task_id: int) -> Response:
    """The applicant has the result; the dossier is closed (QT-18.5). What applies must be said (ST-16.1a, LA-8.3, ST-16.3)."""
    return act_on_task("deliver-result", task_id, body)
