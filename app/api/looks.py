"""Who looked at dossiers."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from app.access.guard import requires
from app.access.request import current_caller
from app.api.blueprint import Blueprint, reply
from app.api.lists import PageArgs, list_schema
from app.runtime import asked_at
from app.schemas.fields import Choice, Day, Flag, Instant, Schema, Text
from app.views.looks import GROUNDS, SEE, SEE_ALL, LookAsk, look_list, looks_of_dossier

blueprint = Blueprint("looks", __name__, url_prefix="/api/v1", description="Lượt xem hồ sơ")


class LookArgs(PageArgs):
    dossier = Text(64, metadata={"description": "Mã hồ sơ"})
    person = Text(200, metadata={"description": "Tên đăng nhập, hoặc từ trong họ tên"})
    agency = Text(64, metadata={"description": "Cơ quan của người xem"})
    ground = Choice(tuple(GROUNDS), metadata={"description": "Xem theo quyền nào"})
    strange = Flag(metadata={"description": "Chỉ người chưa từng có bước nào của hồ sơ"})
    since = Day()
    until = Day()


class LookSchema(Schema):
    at = Instant()
    dossier = Text(64)
    account = Text(200)
    name = Text(500)
    agency = Text(64)
    agency_name = Text(500)
    ground = Choice(tuple(GROUNDS))
    ground_title = Text(200)
    handled = Flag(metadata={"description": "Người xem đã hoặc đang có bước của hồ sơ"})
    way = Choice(("page", "api"))
    address = Text(100, allow_none=True)


@blueprint.get("/dossiers/<code:code>/looks")
@requires(*SEE)
@blueprint.arguments(PageArgs, location="query")
@blueprint.response(200, list_schema("DossierLookPage", LookSchema))
def list_dossier_looks(args: dict[str, Any], code: str) -> Response:
    """Ai đã xem hồ sơ này, mới nhất trước; mỗi người mười phút ghi một lượt."""
    return reply(looks_of_dossier(current_caller(), code, args.get("cursor"), args["page_size"]))


@blueprint.get("/looks")
@requires(*SEE_ALL)
@blueprint.arguments(LookArgs, location="query")
@blueprint.response(200, list_schema("LookPage", LookSchema))
def list_looks(args: dict[str, Any]) -> Response:
    """Lượt xem hồ sơ của toàn tỉnh, mới nhất trước. Việc tra cứu này cũng được ghi."""
    cursor, size = args.pop("cursor", None), args.pop("page_size")
    return reply(look_list(current_caller(), LookAsk(**args), cursor, size, asked_at(), request.remote_addr))
