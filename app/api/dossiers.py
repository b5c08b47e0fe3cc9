"""Dossiers: lists, and one with its open tasks."""

from __future__ import annotations

from typing import Any

from flask import Response

from app.access.guard import requires
from app.access.request import current_caller
from app.api.blueprint import Blueprint, reply
from app.api.lists import PageArgs, list_schema
from app.api.present import DossierDetailSchema, DossierSchema
from app.rules.permissions import READERS
from app.runtime import asked_at
from app.schemas.fields import Flag, Text, Whole
from app.views.dossiers import DossierAsk, dossier_detail, dossier_list
from app.views.waiting import waits_of

blueprint = Blueprint("dossiers", __name__, url_prefix="/api/v1/dossiers", description="Hồ sơ")


class DossierListArgs(PageArgs):
    status = Whole(1, 10, metadata={"description": "Số trạng thái quốc gia"})
    procedure = Text(64, least=1)
    agency = Text(64, least=1, metadata={"description": "Cơ quan có tham gia"})
    stands = Flag(load_default=False, metadata={"description": "true: chỉ hồ sơ đang đứng lại vì sự cố quy trình"})
    q = Text(200, metadata={"description": "Từ trong mã hồ sơ hoặc tên người nộp, có dấu hoặc không dấu"})


@blueprint.get("")
@requires(*READERS)
@blueprint.arguments(DossierListArgs, location="query")
@blueprint.response(200, list_schema("DossierPage", DossierSchema))
def list_dossiers(args: dict[str, Any]) -> Response:
    """Hồ sơ mà cơ quan của mình có tham gia, mới nhất trước; người kiểm soát thấy toàn tỉnh."""
    return reply(dossier_list(current_caller(), DossierAsk(**args), asked_at()))


@blueprint.get("/<code:code>")
@requires(*READERS)
@blueprint.response(200, DossierDetailSchema)
def read_dossier(code: str) -> Response:
    """Một hồ sơ: người nộp, thành phần, dữ liệu, các bước đang mở cùng những người xử lý được, và tin, mốc hẹn đang chờ."""
    caller, now = current_caller(), asked_at()
    return reply(dossier_detail(caller, code, now) | {"waits_for": waits_of(caller, code, now)})
