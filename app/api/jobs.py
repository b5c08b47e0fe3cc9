"""Deferred work that failed."""

from __future__ import annotations

from typing import Any

from flask import Response

from app.access.guard import requires
from app.actions.keyed import keyed
from app.actions.settle_job import MANAGE, SettleJob
from app.api.acting import acting_context
from app.api.blueprint import Blueprint, reply
from app.api.lists import PageArgs, list_schema
from app.runtime import asked_at
from app.schemas.fields import Choice, Instant, Record, Schema, Text, Whole
from app.views.jobs import STATES, queue_state, standing_list

blueprint = Blueprint("jobs", __name__, url_prefix="/api/v1", description="Công việc nền")


class JobSchema(Schema):
    id = Whole(1)
    name = Text(128)
    title = Text(500)
    state = Choice(tuple(STATES))
    state_title = Text(200)
    attempts = Whole()
    at = Instant(allow_none=True)
    next_at = Instant(allow_none=True, metadata={"description": "Lúc tự thử lại"})
    reason = Text(2000)
    link = Record(allow_none=True, metadata={"description": "{url, title}: trang của điều mà công việc nói đến"})


class QueueStateSchema(Schema):
    workers = Whole(metadata={"description": "Số tiến trình xử lý đã chạy trong một phút qua"})
    ticked_at = Instant(allow_none=True)
    due = Whole()
    later = Whole()
    doing = Whole()
    failed = Whole()
    oldest_at = Instant(allow_none=True, metadata={"description": "Việc chờ làm ngay đầu tiên chờ từ lúc nào"})


class SettledJobSchema(Schema):
    id = Whole(1)


@blueprint.get("/jobs")
@requires(MANAGE)
@blueprint.arguments(PageArgs, location="query")
@blueprint.response(200, list_schema("JobPage", JobSchema))
def list_jobs(args: dict[str, Any]) -> Response:
    """Công việc nền thất bại, chờ thử lại hoặc đang dở, mới nhất trước."""
    return reply(standing_list(args.get("cursor"), args["page_size"]))


@blueprint.get("/jobs/state")
@requires(MANAGE)
@blueprint.response(200, QueueStateSchema)
def read_queue_state() -> Response:
    """Có tiến trình xử lý nào đang chạy, hàng đợi dài bao nhiêu."""
    return reply(queue_state(asked_at()))


@blueprint.post("/jobs/<id:job_id>/retry")
@requires(MANAGE)
@blueprint.response(200, SettledJobSchema)
def retry_job(job_id: int) -> Response:
    """Cho chạy lại ngay."""
    return _settle(SettleJob(job_id))


@blueprint.post("/jobs/<id:job_id>/give-up")
@requires(MANAGE)
@blueprint.response(200, SettledJobSchema)
def give_up_job(job_id: int) -> Response:
    """Bỏ, không thử nữa."""
    return _settle(SettleJob(job_id, give_up=True))


def _settle(command: SettleJob) -> Response:
    context = acting_context()
    return reply(keyed(context, lambda held: command.make(held, context)))
