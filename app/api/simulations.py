"""Simulations of drafts and versions under load."""

from __future__ import annotations

from typing import Any

from flask import Response

from app.access.guard import requires
from app.actions.simulate import (
    ask_for_draft,
    ask_for_version,
    cancel_simulation,
    delete_simulation,
    retry_simulation,
)
from app.api.acting import acting_context
from app.api.blueprint import Blueprint, reply
from app.api.lists import list_schema
from app.errors import invalid
from app.rules.permissions import DESIGNERS
from app.runtime import asked_at, runtime
from app.schemas.fields import Amount, Choice, Flag, Instant, Record, Schema, Text, Whole
from app.schemas.simulations import SimulationBody, SimulationListArgs, planned
from app.store.simulations import SimulationRow
from app.views.cursors import whole_answer
from app.views.simulation_words import STATES
from app.views.simulations import proposal, run_of, runs_of, summary

blueprint = Blueprint("simulations", __name__, url_prefix="/api/v1", description="Mô phỏng quy trình")


class SimulationSchema(Schema):
    id = Whole(1)
    label = Text(200)
    procedure = Text(64)
    draft = Whole(1, allow_none=True)
    revision = Whole(1, allow_none=True)
    version = Whole(1, allow_none=True)
    what = Text(200, metadata={"description": "Sơ đồ nào, bằng lời"})
    copied_from = Whole(1, allow_none=True)
    state = Choice(tuple(STATES))
    state_title = Text(64)
    going = Flag(metadata={"description": "Đang chờ hoặc đang chạy"})
    done = Whole(metadata={"description": "Số hồ sơ đã đi hết quy trình"})
    total = Whole()
    percent = Whole()
    problem = Text(2000, allow_none=True)
    made_by = Text(500)
    made_at = Instant()
    finished_at = Instant(allow_none=True)
    late_share = Amount(allow_none=True)
    late_words = Text(64, allow_none=True)
    half_words = Text(64, allow_none=True, metadata={"description": "Một nửa hồ sơ xong trong"})


class SimulationDetailSchema(SimulationSchema):
    plan = Record(metadata={"description": "Cấu hình đã chạy"})
    result = Record(allow_none=True, metadata={"description": "Số liệu; thời gian là giây làm việc"})


def _detail(row: SimulationRow) -> dict[str, Any]:
    return summary(row) | {"plan": row.plan, "result": row.result}


@blueprint.get("/simulations")
@requires(*DESIGNERS)
@blueprint.arguments(SimulationListArgs, location="query")
@blueprint.response(200, list_schema("SimulationPage", SimulationSchema))
def list_simulations(args: dict[str, Any]) -> Response:
    """Các lần mô phỏng của một bản vẽ (`draft`), hoặc của một phiên bản (`procedure`, `version`), mới nhất trước."""
    _one_subject(args)
    return reply(whole_answer(runs_of(args.get("draft"), args.get("procedure"), args.get("version"))))


@blueprint.post("/simulations")
@requires(*DESIGNERS)
@blueprint.arguments(SimulationBody)
@blueprint.response(201, SimulationDetailSchema)
def ask_simulation(body: dict[str, Any]) -> Response:
    """Mô phỏng một bản vẽ hoặc phiên bản dưới tải. Máy chủ chạy ở nền; hỏi lại để biết tiến độ và kết quả."""
    _one_subject(body)
    profile, context, copied = runtime().settings.profile, acting_context(), body.get("copied_from")
    draft, code, version = body.get("draft"), body.get("procedure"), body.get("version")
    revision = body.get("revision")
    offered = proposal(draft, code, version, profile, asked_at(), revision=revision, copied=copied)
    plan = planned(offered.plan, body.get("plan") or {})
    if draft is not None:
        made = ask_for_draft(context, draft, revision, plan, body["label"], profile, copied)
    else:
        made = ask_for_version(context, code or "", version or 0, plan, body["label"], profile, copied)
    return reply(_detail(run_of(made)), 201)


@blueprint.get("/simulations/<id:simulation_id>")
@requires(*DESIGNERS)
@blueprint.response(200, SimulationDetailSchema)
def read_simulation(simulation_id: int) -> Response:
    """Một lần mô phỏng: tiến độ, cấu hình, và số liệu khi đã xong."""
    return reply(_detail(run_of(simulation_id)))


@blueprint.post("/simulations/<id:simulation_id>/cancel")
@requires(*DESIGNERS)
@blueprint.response(200, SimulationDetailSchema)
def cancel(simulation_id: int) -> Response:
    """Dừng; kết quả dở dang không được giữ."""
    cancel_simulation(acting_context(), simulation_id)
    return reply(_detail(run_of(simulation_id)))


@blueprint.post("/simulations/<id:simulation_id>/retry")
@requires(*DESIGNERS)
@blueprint.response(200, SimulationDetailSchema)
def retry(simulation_id: int) -> Response:
    """Chạy lại từ đầu một lần đã dừng hoặc không chạy được."""
    retry_simulation(acting_context(), simulation_id)
    return reply(_detail(run_of(simulation_id)))


@blueprint.post("/simulations/<id:simulation_id>/delete")
@requires(*DESIGNERS)
@blueprint.response(204)
def delete(simulation_id: int) -> Response:
    """Xóa một lần mô phỏng đã kết thúc."""
    delete_simulation(acting_context(), simulation_id)
    return Response(status=204)


def _one_subject(told: dict[str, Any]) -> None:
    """Errors: DomainError invalid: neither or both of a draft and a version."""
    version = told.get("procedure") is not None and told.get("version") is not None
    if (told.get("draft") is not None) == version:
        raise invalid({"draft": ["Ghi `draft`, hoặc cả `procedure` và `version`."]})
