"""Duties handed to somebody else within limits: given by heads, ended by either of the two or an administrator."""

from __future__ import annotations

from typing import Any

from flask import Response

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.delegations import ANYWHERE, OWN_AGENCY, SHARES_OUT, delegate, end_delegation
from app.api.acting import acting_context
from app.api.blueprint import Blueprint, reply
from app.api.lists import list_schema
from app.rules.permissions import WORKERS
from app.schemas.delegations import DelegationBody, delegate_command
from app.schemas.fields import Choice, Day, Flag, Instant, Many, Part, Schema, Text, Whole
from app.views.cursors import whole_answer
from app.views.delegations import delegation_detail, delegation_list

blueprint = Blueprint("delegations", __name__, url_prefix="/api/v1/delegations", description="Ủy quyền")

WHO = (*WORKERS, SHARES_OUT, ANYWHERE, OWN_AGENCY)


class DelegationArgs(Schema):
    when = Choice(
        ("current", "past"), load_default="current", metadata={"description": "past: đã hết hoặc đã kết thúc"}
    )


class LimitedProcedureSchema(Schema):
    code = Text(64)
    name = Text(2000)


class DelegationSchema(Schema):
    id = Whole(1)
    role = Choice(
        ("given", "received", "other"), metadata={"description": "Mình ủy quyền, được ủy quyền, của người khác"}
    )
    delegator = Text(200)
    delegator_name = Text(500)
    delegate = Text(200)
    delegate_name = Text(500)
    position = Text(64)
    position_name = Text(500)
    agency = Text(64)
    from_day = Day()
    to_day = Day()
    procedures = Many(Part(LimitedProcedureSchema), metadata={"description": "Rỗng: mọi thủ tục"})
    steps = Many(Text(130), metadata={"description": "Rỗng: mọi bước của vị trí"})
    signs = Flag()
    form = Text(64)
    daily_most = Whole(1, allow_none=True)
    decision_number = Text(100)
    reason = Text(2000)
    state = Choice(("coming", "current", "over", "ended"))
    worked = Whole(0, metadata={"description": "Số việc đã xử lý theo ủy quyền"})
    made_at = Instant()
    ended_by_name = Text(500, allow_none=True)
    ended_at = Instant(allow_none=True)
    may_end = Flag()


@blueprint.get("")
@requires(*WHO)
@blueprint.arguments(DelegationArgs, location="query")
@blueprint.response(200, list_schema("DelegationPage", DelegationSchema))
def list_delegations(args: dict[str, Any]) -> Response:
    """Ủy quyền của mình, cho mình và của cơ quan mình phân công, quản trị; nhiều nhất 500."""
    caller = current_caller()
    return reply(whole_answer(delegation_list(caller, caller.day, past=args["when"] == "past")))


@blueprint.post("")
@requires(*WORKERS)
@blueprint.arguments(DelegationBody)
@blueprint.response(201, DelegationSchema)
def create_delegation(body: dict[str, Any]) -> Response:
    """Ủy quyền việc của một vị trí mình giữ trong giới hạn: ngày, thủ tục, bước, quyền ký, số việc mỗi ngày."""
    context = acting_context()
    delegation_id = delegate(delegate_command(body), context)
    return reply(delegation_detail(context.caller, delegation_id, context.caller.day), 201)


@blueprint.get("/<id:delegation_id>")
@requires(*WHO)
@blueprint.response(200, DelegationSchema)
def read_delegation(delegation_id: int) -> Response:
    """Một ủy quyền."""
    caller = current_caller()
    return reply(delegation_detail(caller, delegation_id, caller.day))


@blueprint.post("/<id:delegation_id>/end")
@requires(*WHO)
@blueprint.response(200, DelegationSchema)
def close_delegation(delegation_id: int) -> Response:
    """Kết thúc ngay: từ lúc này người được ủy quyền không làm được gì theo ủy quyền nữa."""
    context = acting_context()
    end_delegation(delegation_id, context)
    return reply(delegation_detail(context.caller, delegation_id, context.caller.day))
