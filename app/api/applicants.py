"""What is known of an applicant from earlier dossiers, for the desk that registers the next one (TN-21.7)."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from app.access.guard import requires
from app.access.request import current_caller
from app.api.blueprint import Blueprint, reply
from app.api.lists import list_schema
from app.runtime import asked_at
from app.schemas.components import ORIGINS
from app.schemas.fields import Choice, Instant, Many, Schema, Text, Whole
from app.store.attachments import PAPER, RESULT
from app.store.reusable_papers import LEAST_OF_A_NUMBER
from app.views.cursors import whole_answer
from app.views.papers import papers_for

blueprint = Blueprint("applicants", __name__, url_prefix="/api/v1/applicants", description="Người nộp")


class PapersArgs(Schema):
    id_number = Text(32, required=True, least=LEAST_OF_A_NUMBER)
    procedure = Text(64, metadata={"description": "Để biết giấy tờ hợp với thành phần nào"})


class EarlierPaperSchema(Schema):
    attachment = Whole(1, metadata={"description": "Ghi vào components[].attachment khi đăng ký hồ sơ mới"})
    name = Text(500)
    size = Whole(0)
    media_type = Text(200)
    kind = Choice((PAPER, RESULT))
    component = Text(64, allow_none=True)
    component_name = Text(2000)
    origin = Choice(ORIGINS, allow_none=True)
    added_at = Instant()
    dossier = Text(64)
    procedure = Text(64)
    procedure_name = Text(2000)
    components = Many(Text(64), metadata={"description": "Các thành phần của thủ tục mà giấy tờ này có thể dùng lại"})


@blueprint.get("/papers")
@requires("dossier.register")
@blueprint.arguments(PapersArgs, location="query")
@blueprint.response(200, list_schema("EarlierPaperList", EarlierPaperSchema))
def list_papers(args: dict[str, Any]) -> Response:
    """Giấy tờ đã có của người nộp theo số định danh, để dùng lại (TN-21.7); việc tra cứu được ghi lại."""
    found = papers_for(
        current_caller(), args["id_number"], args.get("procedure"), asked_at(), address=request.remote_addr
    )
    return reply(whole_answer(found))
