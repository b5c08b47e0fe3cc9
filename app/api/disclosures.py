"""Dossiers handed to a competent authority at its request (TN-19.3)."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from app.access.guard import requires
from app.access.request import current_caller
from app.api.acting import acting_context
from app.api.blueprint import Blueprint, reply
from app.api.lists import PageArgs, list_schema
from app.api.stored import disposition, stored_reply
from app.runtime import asked_at
from app.schemas.disclosures import DisclosureBody, disclose_command
from app.schemas.fields import Day, Flag, Instant, Many, Schema, Text, Whole
from app.views.disclosing import (
    DISCLOSE,
    SEE,
    ZIP,
    disclose,
    disclosure_detail,
    disclosure_list,
    take_package,
)

blueprint = Blueprint(
    "disclosures", __name__, url_prefix="/api/v1/disclosures", description="Cung cấp hồ sơ cho cơ quan có thẩm quyền"
)


class DisclosureSchema(Schema):
    id = Whole(1)
    authority = Text(500)
    request_number = Text(100)
    requested_on = Day()
    basis = Text(1000)
    reason = Text(2000)
    agency = Text(64)
    agency_name = Text(500)
    dossiers = Many(Text(64))
    files = Whole(0)
    size = Whole(0)
    sha256 = Text(64)
    made_by = Text(200)
    made_by_name = Text(500)
    made_at = Instant()
    may_take = Flag()


@blueprint.get("")
@requires(*SEE)
@blueprint.arguments(PageArgs, location="query")
@blueprint.response(200, list_schema("DisclosurePage", DisclosureSchema))
def list_disclosures(args: dict[str, Any]) -> Response:
    """Những lần cung cấp hồ sơ của cơ quan mình; người xem nhật ký thấy của toàn tỉnh. Mới nhất trước."""
    return reply(disclosure_list(current_caller(), args.get("cursor"), args["page_size"]))


@blueprint.post("")
@requires(DISCLOSE)
@blueprint.arguments(DisclosureBody)
@blueprint.response(201, DisclosureSchema)
def create_disclosure(body: dict[str, Any]) -> Response:
    """Lập gói hồ sơ theo yêu cầu của cơ quan có thẩm quyền; việc cung cấp được ghi nhật ký."""
    context = acting_context()
    made = disclose(disclose_command(body), context)
    return reply(disclosure_detail(context.caller, made), 201)


@blueprint.get("/<id:disclosure_id>")
@requires(*SEE)
@blueprint.response(200, DisclosureSchema)
def read_disclosure(disclosure_id: int) -> Response:
    """Một lần cung cấp hồ sơ."""
    return reply(disclosure_detail(current_caller(), disclosure_id))


@blueprint.get("/<id:disclosure_id>/package.zip")
@requires(DISCLOSE)
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type=ZIP)
def take_disclosure(disclosure_id: int) -> Response:
    """Gói hồ sơ: JSON, phiếu, tệp, manifest.json và SHA256SUMS; việc tải cũng được ghi."""
    name, sha256 = take_package(current_caller(), disclosure_id, asked_at(), request.remote_addr)
    response = stored_reply(sha256, ZIP)
    response.headers["Content-Disposition"] = disposition(name, inline=False)
    return response
