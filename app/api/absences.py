"""Absences and who stands in: one's own, those of one's agency for whoever shares out its work, all for administrators."""

from __future__ import annotations

from typing import Any

from flask import Response

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.absences import ANYWHERE, IN_AGENCY, end_absence, enter_absence
from app.api.acting import acting_context
from app.api.blueprint import Blueprint, reply
from app.api.lists import list_schema
from app.rules.permissions import WORKERS
from app.schemas.absences import AbsenceBody, absence_command
from app.schemas.fields import Choice, Day, Flag, Instant, Schema, Text, Whole
from app.views.absences import absence_detail, absence_list
from app.views.cursors import whole_answer

blueprint = Blueprint("absences", __name__, url_prefix="/api/v1/absences", description="Vắng mặt và người làm thay")

WHO = (*WORKERS, IN_AGENCY, ANYWHERE)


class AbsenceArgs(Schema):
    when = Choice(
        ("current", "past"), load_default="current", metadata={"description": "past: đã hết hoặc đã kết thúc"}
    )


class AbsenceSchema(Schema):
    id = Whole(1)
    account = Text(200)
    name = Text(500)
    agency = Text(64)
    substitute = Text(200)
    substitute_name = Text(500)
    from_day = Day()
    to_day = Day()
    reason = Text(2000)
    state = Choice(("coming", "current", "over", "ended"))
    made_by_name = Text(500)
    made_at = Instant()
    ended_by_name = Text(500, allow_none=True)
    ended_at = Instant(allow_none=True)
    may_end = Flag()


@blueprint.get("")
@requires(*WHO)
@blueprint.arguments(AbsenceArgs, location="query")
@blueprint.response(200, list_schema("AbsencePage", AbsenceSchema))
def list_absences(args: dict[str, Any]) -> Response:
    """Các kỳ vắng mặt của mình, của người mình làm thay và của cơ quan mình phân công; nhiều nhất 500 kỳ."""
    caller = current_caller()
    return reply(whole_answer(absence_list(caller, caller.day, past=args["when"] == "past")))


@blueprint.post("")
@requires(*WHO)
@blueprint.arguments(AbsenceBody)
@blueprint.response(201, AbsenceSchema)
def create_absence(body: dict[str, Any]) -> Response:
    """Ghi một kỳ vắng mặt: từ ngày đầu đến hết ngày cuối, người làm thay giữ các vị trí và nhận việc của người vắng."""
    context = acting_context()
    caller = context.caller
    absence_id = enter_absence(absence_command(body, caller.username), context)
    return reply(absence_detail(caller, absence_id, caller.day), 201)


@blueprint.post("/<id:absence_id>/end")
@requires(*WHO)
@blueprint.response(200, AbsenceSchema)
def close_absence(absence_id: int) -> Response:
    """Kết thúc sớm: từ hôm nay mọi việc trở lại như trước; kỳ chưa bắt đầu thì hủy."""
    context = acting_context()
    end_absence(absence_id, context)
    return reply(absence_detail(context.caller, absence_id, context.caller.day))
