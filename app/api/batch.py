"""One action on many tasks in one request, each answered for by itself."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Response

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.batch import MOST_ITEMS, batch_state, run_batch
from app.actions.by_name import ACTIONS
from app.actions.late import happened_in
from app.api.acting import acting_context, key_of_path
from app.api.blueprint import Blueprint, reply
from app.api.present import TaskSchema
from app.api.problems import ProblemSchema
from app.errors import DomainError, invalid
from app.rules.permissions import READERS
from app.schemas.fields import Choice, Flag, Instant, Many, Part, Record, Schema, Whole
from app.schemas.tasks import read_body
from app.views.acting import outcome_view

blueprint = Blueprint("task-batch", __name__, url_prefix="/api/v1/tasks", description="Một thao tác cho nhiều bước")


class BatchBody(Schema):
    action = Choice(ACTIONS, required=True)
    ids = Many(Whole(1), most=MOST_ITEMS, required=True)
    body = Record(allow_none=True, metadata={"description": "Như nội dung của chính thao tác đó, dùng cho mọi bước"})


class BatchResultSchema(TaskSchema):
    """A task's own answer with its HTTP status, or its own problem."""

    status = Whole(  # type: ignore[assignment]
        200, 599, metadata={"description": "Mã HTTP của riêng bước này"}
    )
    problem = Part(ProblemSchema)


class BatchSchema(Schema):
    results = Many(Part(BatchResultSchema), metadata={"description": "Theo thứ tự của ids"})


class BatchStateSchema(Schema):
    """`done` and `refused` of `total`; whatever is left is still to be done, by sending the same batch again if need be."""

    total = Whole(1, MOST_ITEMS)
    done = Whole(0, MOST_ITEMS)
    refused = Whole(0, MOST_ITEMS)
    finished = Flag()
    updated_at = Instant(metadata={"description": "Lần gần nhất biết tin về thao tác này"})
    results = Many(Part(BatchResultSchema), metadata={"description": "Chỉ có khi đã xong, theo thứ tự của ids"})


@blueprint.post("/batch")
@requires(*READERS)
@blueprint.arguments(BatchBody)
@blueprint.response(200, BatchSchema)
def act_on_many(asked: dict[str, Any]) -> Response:
    """Each task is a transaction of its own with rights of its own: one refusal stops none of the others."""
    action, body = asked["action"], asked.get("body") or {}
    try:
        body = read_body(action, body)
    except DomainError as error:
        raise invalid({f"body.{field}": told for field, told in (error.errors or {}).items()}) from error
    context = replace(acting_context(), happened=happened_in(body))
    return reply({"results": run_batch(action, asked["ids"], body, context, outcome_view)})


@blueprint.get("/batch/<path:key>")
@requires(*READERS)
@blueprint.response(200, BatchStateSchema)
def state_of_batch(key: str) -> Response:
    """How far one's own batch under that Idempotency-Key has come; its results once it has finished."""
    state = batch_state(current_caller(), key_of_path(key))
    told = {
        "total": state.total,
        "done": state.done,
        "refused": state.refused,
        "finished": state.finished,
        "updated_at": state.updated_at,
    }
    return reply(told | ({"results": state.results} if state.finished else {}))
