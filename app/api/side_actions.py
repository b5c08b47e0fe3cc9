"""Asking for something to happen to a dossier beside its own steps: each a path of its own on an open task."""

from __future__ import annotations

from typing import Any

from flask import Response

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.running import MAIN
from app.api.acting import act_on_task
from app.api.blueprint import Blueprint, reply
from app.api.lists import list_schema
from app.api.present import TaskSchema
from app.engine.shared import INTAKE
from app.rules.permissions import READERS, WORKERS
from app.rules.side import SIDE, SUPPLEMENT
from app.schemas.fields import Anything, Choice, Flag, Instant, Many, Record, Schema, Text, Whole
from app.schemas.side import ExtensionBody, MergedBody, OpinionBody, PaymentBody, SlipBody, SupplementBody, VisitBody
from app.views.cursors import whole_answer
from app.views.open_step import open_step
from app.views.requests import requests_view

blueprint = Blueprint("side-actions", __name__, url_prefix="/api/v1/tasks", description="Thủ tục kèm theo của hồ sơ")


@blueprint.post("/<id:task_id>/request-supplement")
@requires(*WORKERS)
@blueprint.arguments(SupplementBody)
@blueprint.response(200, TaskSchema)
def request_supplement(body: dict[str, Any], task_id: int) -> Response:
    """What the applicant must add; time stands still once the slip is recorded (QT-19.3a, QT-19.3b)."""
    return act_on_task("request-supplement", task_id, body)


@blueprint.post("/<id:task_id>/reject")
@requires(*WORKERS)
@blueprint.arguments(MergedBody)
@blueprint.response(200, TaskSchema)
def reject(body: dict[str, Any], task_id: int) -> Response:
    """Not eligible: the refusal goes through its approval and, confirmed by the desk, is the result (QT-18.4, QT-19.2)."""
    return act_on_task("reject", task_id, body)


@blueprint.post("/<id:task_id>/withdraw")
@requires(*WORKERS)
@blueprint.arguments(SlipBody)
@blueprint.response(200, TaskSchema)
def withdraw(body: dict[str, Any], task_id: int) -> Response:
    """The applicant withdraws, in writing and with a reason; the desk confirms (QT-19.2c)."""
    return act_on_task("withdraw", task_id, body)


@blueprint.post("/<id:task_id>/stop")
@requires(*WORKERS)
@blueprint.arguments(SlipBody)
@blueprint.response(200, TaskSchema)
def stop(body: dict[str, Any], task_id: int) -> Response:
    """Nothing was decided yet and the dossier is to be stopped: the desk issues the notice."""
    return act_on_task("stop", task_id, body)


@blueprint.post("/<id:task_id>/request-extension")
@requires(*WORKERS)
@blueprint.arguments(ExtensionBody)
@blueprint.response(200, TaskSchema)
def request_extension(body: dict[str, Any], task_id: int) -> Response:
    """The agency proposes a new date, with its reason (QT-19.1a, ST-14.3d)."""
    return act_on_task("request-extension", task_id, body)


@blueprint.post("/<id:task_id>/apologise")
@requires(*WORKERS)
@blueprint.arguments(ExtensionBody)
@blueprint.response(200, TaskSchema)
def apologise(body: dict[str, Any], task_id: int) -> Response:
    """The desk tells the applicant a new date and apologises; with slip and date it is recorded at once (QT-19.1a)."""
    return act_on_task("apologise", task_id, body)


@blueprint.post("/<id:task_id>/request-payment")
@requires(*WORKERS)
@blueprint.arguments(PaymentBody)
@blueprint.response(200, TaskSchema)
def request_payment(body: dict[str, Any], task_id: int) -> Response:
    """A financial obligation: time stands still until the proof is in (QT-19.3)."""
    return act_on_task("request-payment", task_id, body)


@blueprint.post("/<id:task_id>/ask-opinion")
@requires(*WORKERS)
@blueprint.arguments(OpinionBody)
@blueprint.response(200, TaskSchema)
def ask_opinion(body: dict[str, Any], task_id: int) -> Response:
    """Other agencies answer in writing by a limit while the step goes on (QT-17.3, ST-14.3c)."""
    return act_on_task("ask-opinion", task_id, body)


@blueprint.post("/<id:task_id>/arrange-visit")
@requires(*WORKERS)
@blueprint.arguments(VisitBody)
@blueprint.response(200, TaskSchema)
def arrange_visit(body: dict[str, Any], task_id: int) -> Response:
    """A verification on site: time, place, participants and content (ST-14.3b)."""
    return act_on_task("arrange-visit", task_id, body)


class RequestSchema(Schema):
    id = Whole(1)
    kind = Choice(tuple(SIDE))
    title = Text(200)
    asked_by = Text(200, allow_none=True)
    asked_at = Instant()
    limit_at = Instant(allow_none=True)
    finished = Flag()
    finished_at = Instant(allow_none=True)
    details = Record(metadata={"description": "Lý do, giấy tờ, cơ quan … như khi đề nghị"})
    waits_for = Many(Anything(), metadata={"description": "[{step, position}]: đang chờ ai"})


dossier_blueprint = Blueprint(
    "side-actions-of-dossiers", __name__, url_prefix="/api/v1/dossiers/<code:code>", description="Thủ tục kèm theo"
)


@dossier_blueprint.get("/requests")
@requires(*READERS)
@dossier_blueprint.response(200, list_schema("RequestList", RequestSchema))
def list_requests(code: str) -> Response:
    """What was asked for the dossier beside its own steps, the newest first: content, limit, who it waits for."""
    return reply(whole_answer(requests_view(current_caller(), code)))


@dossier_blueprint.post("/withdraw")
@requires(*WORKERS)
@dossier_blueprint.arguments(SlipBody)
@dossier_blueprint.response(200, TaskSchema)
def withdraw_dossier(body: dict[str, Any], code: str) -> Response:
    """The applicant withdraws; the desk need not have a step of the dossier (QT-19.2c)."""
    return act_on_task("withdraw", open_step(code, current_caller(), (MAIN, INTAKE)), body)


@dossier_blueprint.post("/supplement")
@requires(*WORKERS)
@dossier_blueprint.arguments(SlipBody)
@dossier_blueprint.response(200, TaskSchema)
def supplement_dossier(body: dict[str, Any], code: str) -> Response:
    """The applicant has supplemented: the desk records it and the dossier goes on (QT-19.3a)."""
    return act_on_task("forward", open_step(code, current_caller(), (SUPPLEMENT,), "await_supplement"), body)
