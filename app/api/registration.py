"""Registering a dossier at the desk."""

from __future__ import annotations

from typing import Any

from flask import Response

from app.access.guard import requires
from app.actions.register import Register
from app.actions.runner import Outcome, run
from app.api.acting import acting_context
from app.api.blueprint import Blueprint, reply
from app.api.dossier_parts import slip_link
from app.api.fields import Anything, Choice, Instant, Many, Part, Record, Schema, Text, Whole
from app.errors import invalid
from app.runtime import runtime
from app.views.acting import registered_view

blueprint = Blueprint("registration", __name__, url_prefix="/api/v1/dossiers", description="Đăng ký hồ sơ")

LONG = 4000


class ApplicantBody(Schema):
    name = Text(LONG, required=True, least=1)
    id_number = Text(32, allow_none=True)
    phone = Text(32, allow_none=True, pattern=r"[0-9+(). -]{3,32}", expected="số điện thoại")
    email = Text(254, allow_none=True, pattern=r"[^@\s]{1,64}@[^@\s]{1,189}", expected="địa chỉ thư điện tử")
    address = Text(LONG, allow_none=True, lines=True)


class ComponentBody(Schema):
    code = Text(64, required=True, least=1)
    kind = Choice(("original", "copy", "electronic"), required=True)
    quantity = Whole(0, 9999, load_default=1)
    attachment = Whole(1, allow_none=True)


class DeliverBody(Schema):
    mode = Choice(("desk", "post", "online"), required=True)
    address = Text(LONG, allow_none=True, lines=True)


class RegisterBody(Schema):
    procedure = Text(64, required=True, least=1)
    agency = Text(64, allow_none=True)
    applicant = Part(ApplicantBody, required=True)
    channel = Choice(("counter", "online", "post"), load_default="counter")
    components = Many(Part(ComponentBody), load_default=list)
    notify = Many(Choice(("email", "sms", "zalo", "phone")), most=4, load_default=list)
    deliver = Part(DeliverBody, allow_none=True)
    data = Record(allow_none=True)


class RegisteredSchema(Schema):
    code = Text(64)
    status = Anything()
    received_at = Instant()
    deadline_at = Instant(allow_none=True)
    appointment_at = Instant(allow_none=True)
    slips = Many(Anything())
    task = Anything()


@blueprint.post("")
@requires("dossier.register")
@blueprint.arguments(RegisterBody)
@blueprint.response(201, RegisteredSchema)
def register(body: dict[str, Any]) -> Response:
    """Enter a dossier: at the counter and by post this accepts it; online it first waits for the desk's check."""
    deliver = body.get("deliver") or {"mode": "desk"}
    if deliver["mode"] == "post" and not deliver.get("address"):
        raise invalid({"deliver.address": ["Trả kết quả qua bưu chính thì phải có địa chỉ nhận (QT-16.6)."]})
    command = Register(
        procedure=body["procedure"],
        applicant=body["applicant"],
        profile=runtime().settings.profile,
        agency=body.get("agency"),
        channel=body["channel"],
        components=tuple(body["components"]),
        notify=tuple(body["notify"]),
        deliver=deliver,
        data=body.get("data") or {},
    )
    return reply(run(command, acting_context(), _answer), 201)


def _answer(outcome: Outcome) -> dict[str, Any]:
    answer = registered_view(outcome)
    answer["slips"] = [slip | slip_link(answer["code"], slip["id"]) for slip in answer["slips"]]
    return answer
