"""Registering a dossier at the desk."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Response

from app.access.guard import requires
from app.actions.late import happened_in
from app.actions.remind_result import RemindResult
from app.actions.runner import Outcome, run
from app.api.acting import acting_context
from app.api.blueprint import Blueprint, reply
from app.api.slips import slip_links
from app.rules.permissions import RIGHTS
from app.runtime import runtime
from app.schemas.fields import Anything, Instant, Many, Schema, Text
from app.schemas.registration import RegisterBody, register_command
from app.views.acting import registered_view

blueprint = Blueprint("registration", __name__, url_prefix="/api/v1/dossiers", description="Đăng ký hồ sơ")


class RegisteredSchema(Schema):
    code = Text(64)
    status = Anything()
    received_at = Instant()
    deadline_at = Instant(allow_none=True)
    appointment_at = Instant(allow_none=True)
    slips = Many(Anything())
    task = Anything()


class RemindBody(Schema):
    """Nothing is asked."""


class RemindedSchema(Schema):
    dossier = Text(64)


@blueprint.post("")
@requires("dossier.register")
@blueprint.arguments(RegisterBody)
@blueprint.response(201, RegisteredSchema)
def register(body: dict[str, Any]) -> Response:
    """Enter a dossier: at the counter and by post this accepts it; online it first waits for the desk's check.

    `at_once` also resolves one that is done right after receipt, as far as the caller holds its steps (QT-22.2c); its
    `receipt` is issued when asked for.
    """
    command = register_command(body, runtime().settings.profile)
    return reply(run(command, replace(acting_context(), happened=happened_in(body)), _answer), 201)


@blueprint.post("/<code:code>/remind-result")
@requires(*RIGHTS["remind-result"].permissions)
@blueprint.arguments(RemindBody)
@blueprint.response(200, RemindedSchema)
def remind(body: dict[str, Any], code: str) -> Response:
    """Nhắc người nộp đến nhận kết quả, mỗi ngày một lần."""
    return reply(run(RemindResult(code), acting_context(), lambda outcome: {"dossier": code}))


def _answer(outcome: Outcome) -> dict[str, Any]:
    answer = registered_view(outcome)
    answer["slips"] = [slip | slip_links(answer["code"], slip["id"]) for slip in answer["slips"]]
    return answer
