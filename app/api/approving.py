"""Approving and signing many: what waits for the caller's approval, doing it, seeing how far it is, stopping it."""

from __future__ import annotations

from typing import Any

from flask import Response

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.approve_batch import Approved, With, approve_batch
from app.actions.batch import batch_state, stop_batch
from app.api.acting import acting_context, key_of_path, without_pin
from app.api.blueprint import Blueprint, reply
from app.api.lists import list_schema
from app.rules.permissions import WORKERS
from app.runtime import asked_at
from app.schemas.approving import ApproveBody
from app.schemas.fields import Anything, Flag, Instant, Many, Part, Record, Schema, Text, Whole
from app.views.approving import approved_view, awaiting
from app.views.cursors import whole_answer

blueprint = Blueprint("approving", __name__, url_prefix="/api/v1/approvals", description="Duyệt và ký nhiều")


class DraftSchema(Schema):
    id = Whole(1)
    name = Text(500)
    signed = Flag(metadata={"description": "Bạn đã ký bản này"})
    fit = Flag(metadata={"description": "Ký được ở đây: PDF, không bị cách ly"})


class AwaitingSchema(Schema):
    id = Whole(1, metadata={"description": "Số của bước"})
    version = Whole(1)
    dossier = Text(64)
    procedure_name = Text(2000)
    applicant = Text(500)
    step_name = Text(500)
    due_at = Instant(allow_none=True)
    note = Text(8000, allow_none=True)
    draft = Part(DraftSchema)
    under = Record(allow_none=True, metadata={"description": "Theo ủy quyền: {name, decision, signs}"})


class ApprovalResultSchema(Schema):
    id = Whole(1)
    status = Whole(200)
    code = Text(64)
    signed = Whole(1, allow_none=True, metadata={"description": "Tệp đã ký"})
    problem = Record()


class ApprovalResultsSchema(Schema):
    results = Many(Part(ApprovalResultSchema), most=200)


class ApprovalStateSchema(Schema):
    total = Whole(0)
    done = Whole(0)
    refused = Whole(0)
    finished = Flag()
    updated_at = Instant()
    results = Many(Anything(), most=200)


@blueprint.get("/waiting")
@requires(*WORKERS)
@blueprint.response(200, list_schema("AwaitingApprovals", AwaitingSchema))
def read_awaiting() -> Response:
    """Các hồ sơ chờ bạn duyệt có dự thảo kết quả, việc gấp trước; nhiều nhất 200."""
    return reply(whole_answer([_plain(one) for one in awaiting(current_caller(), asked_at())]))


@blueprint.post("")
@requires(*WORKERS)
@blueprint.arguments(ApproveBody)
@blueprint.response(200, ApprovalResultsSchema)
def approve_many(body: dict[str, Any]) -> Response:
    """Ký dự thảo và chuyển tiếp từng hồ sơ: mỗi hồ sơ một giao dịch, trả lời riêng. Mã PIN không được lưu."""
    items = [Approved(one["task"], one.get("draft"), one.get("version")) for one in body["items"]]
    using = With(body.get("key"), body.get("comment"), body.get("pin"))
    return reply({"results": approve_batch(items, using, without_pin(acting_context(), body), approved_view)})


@blueprint.get("/<key>")
@requires(*WORKERS)
@blueprint.response(200, ApprovalStateSchema)
def read_progress(key: str) -> Response:
    """Lượt duyệt với Idempotency-Key đó đã đến đâu."""
    state = batch_state(current_caller(), key_of_path(key))
    told: dict[str, Any] = {
        "total": state.total,
        "done": state.done,
        "refused": state.refused,
        "finished": state.finished,
        "updated_at": state.updated_at,
    }
    return reply(told | ({"results": state.results} if state.results is not None else {}))


@blueprint.post("/<key>/stop")
@requires(*WORKERS)
@blueprint.response(204)
def stop(key: str) -> Response:
    """Dừng sau hồ sơ đang làm; hồ sơ đã ký giữ nguyên."""
    stop_batch(current_caller(), key_of_path(key), asked_at())
    return Response(status=204)


def _plain(one: dict[str, Any]) -> dict[str, Any]:
    names = ("id", "version", "dossier", "procedure_name", "applicant", "step_name", "due_at", "note", "under")
    draft = {name: one["draft"][name] for name in ("id", "name", "signed", "fit")}
    return {name: one[name] for name in names} | {"draft": draft}
