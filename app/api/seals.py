"""The daily seals and the proof that a dossier stands in one (QT-6)."""

from __future__ import annotations

from typing import Any

from flask import Response

from app.access.guard import requires
from app.access.request import current_caller
from app.api.blueprint import Blueprint, reply
from app.api.lists import PageArgs, list_schema
from app.schemas.fields import Choice, Day, Instant, Many, Part, Schema, Text, Whole
from app.views.audit_seals import SEE, proof_for, seal_list

blueprint = Blueprint("seals", __name__, url_prefix="/api/v1", description="Niêm phong lịch sử và nhật ký")

_HASH = {"description": "SHA-256, 64 chữ số hệ 16"}


class SealSchema(Schema):
    number = Whole(1)
    day = Day(metadata={"description": "Niêm phong đến hết ngày này"})
    made_at = Instant()
    leaves = Whole(0)
    root = Text(64, metadata=_HASH)
    previous = Text(64, metadata={"description": "Mã của niêm phong trước; 64 số 0 ở niêm phong đầu"})
    hash = Text(64, metadata={"description": "Mã công bố: thay cho tất cả những gì trong niêm phong này và trước nó"})


class SealedDossierSchema(Schema):
    id = Whole(1)
    code = Text(64)
    seq = Whole(1, metadata={"description": "Số dòng lịch sử khi niêm phong"})
    hash = Text(64, metadata=_HASH)


class ProofStepSchema(Schema):
    side = Choice(("left", "right"))
    hash = Text(64, metadata=_HASH)


class ProofSchema(Schema):
    dossier = Part(SealedDossierSchema)
    path = Many(Part(ProofStepSchema), most=64)
    seal = Part(SealSchema)


class ProofArgs(Schema):
    seal = Whole(1, metadata={"description": "Niêm phong số mấy; bỏ trống: lần cuối có hồ sơ"})


@blueprint.get("/audit-seals")
@requires(SEE)
@blueprint.arguments(PageArgs, location="query")
@blueprint.response(200, list_schema("SealPage", SealSchema))
def list_audit_seals(args: dict[str, Any]) -> Response:
    """Các lần niêm phong, mới nhất trước."""
    return reply(seal_list(current_caller(), args.get("cursor"), args["page_size"]))


@blueprint.get("/dossiers/<code:code>/seal-proof")
@requires(SEE)
@blueprint.arguments(ProofArgs, location="query")
@blueprint.response(200, ProofSchema)
def dossier_seal_proof(args: dict[str, Any], code: str) -> Response:
    """Chứng thực rằng hồ sơ đứng trong một niêm phong; `motcua audit check-proof` kiểm tra mà không cần hệ thống."""
    return reply(proof_for(current_caller(), code, args.get("seal")))
