"""One agency acts for another: given and ended by the centre's administrators."""

from __future__ import annotations

from typing import Any

from flask import Response

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.mandates import GIVE, SEE, end_mandate, give_mandate
from app.api.acting import acting_context
from app.api.blueprint import Blueprint, reply
from app.api.lists import list_schema
from app.schemas.fields import Choice, Day, Flag, Instant, Schema, Text, Whole
from app.schemas.mandates import MandateBody, mandate_command
from app.views.cursors import whole_answer
from app.views.mandates import mandate_detail, mandate_list

blueprint = Blueprint("mandates", __name__, url_prefix="/api/v1/mandates", description="Cơ quan thực hiện thay")


class MandateArgs(Schema):
    when = Choice(("current", "past"), load_default="current", metadata={"description": "past: đã hết, đã kết thúc"})


class MandateSchema(Schema):
    id = Whole(1)
    agency = Text(64)
    agency_name = Text(500)
    acting = Text(64)
    acting_name = Text(500)
    lead = Text(200)
    lead_name = Text(500)
    from_day = Day()
    to_day = Day()
    decision_number = Text(100)
    reason = Text(2000)
    state = Choice(("coming", "current", "over", "ended"))
    people = Whole(0, metadata={"description": "Số người đã hoặc đang giữ vị trí theo đó"})
    made_by_name = Text(500)
    made_at = Instant()
    ended_by_name = Text(500, allow_none=True)
    ended_at = Instant(allow_none=True)
    may_end = Flag()


@blueprint.get("")
@requires(*SEE)
@blueprint.arguments(MandateArgs, location="query")
@blueprint.response(200, list_schema("MandatePage", MandateSchema))
def list_mandates(args: dict[str, Any]) -> Response:
    """Cơ quan nào thực hiện thay cơ quan nào; quản trị viên cơ quan chỉ thấy của cơ quan mình, nhiều nhất 500."""
    caller = current_caller()
    return reply(whole_answer(mandate_list(caller, caller.day, past=args["when"] == "past")))


@blueprint.post("")
@requires(*GIVE)
@blueprint.arguments(MandateBody)
@blueprint.response(201, MandateSchema)
def create_mandate(body: dict[str, Any]) -> Response:
    """Giao một cơ quan thực hiện thay toàn bộ nhiệm vụ của cơ quan khác trong một thời gian, theo quyết định."""
    context = acting_context()
    made = give_mandate(mandate_command(body), context)
    return reply(mandate_detail(context.caller, made, context.caller.day), 201)


@blueprint.get("/<id:mandate_id>")
@requires(*SEE)
@blueprint.response(200, MandateSchema)
def read_mandate(mandate_id: int) -> Response:
    """Một lần thực hiện thay."""
    caller = current_caller()
    return reply(mandate_detail(caller, mandate_id, caller.day))


@blueprint.post("/<id:mandate_id>/end")
@requires(*GIVE)
@blueprint.response(200, MandateSchema)
def close_mandate(mandate_id: int) -> Response:
    """Kết thúc ngay: từ lúc này người của cơ quan thực hiện thay không giữ vị trí nào theo đó nữa."""
    context = acting_context()
    end_mandate(mandate_id, context)
    return reply(mandate_detail(context.caller, mandate_id, context.caller.day))
