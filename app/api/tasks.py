"""Inboxes: lists of open tasks and how many there are of each colour."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from app.access.guard import requires
from app.access.request import current_caller
from app.api.blueprint import Blueprint, reply
from app.api.lists import PageArgs, list_schema
from app.api.present import TaskSchema
from app.rules.permissions import READERS
from app.runtime import asked_at, runtime
from app.schemas.fields import Choice, Instant, Many, Part, Schema, Text, Whole
from app.store.inbox import SORTS
from app.views.colours import COLOURS
from app.views.inbox import DUE, LISTS, InboxAsk, inbox_counts, inbox_page

blueprint = Blueprint("tasks", __name__, url_prefix="/api/v1/tasks", description="Hộp việc")


class TaskListArgs(PageArgs):
    inbox = Choice(
        LISTS,
        metadata={
            "description": "mine: đã nhận hoặc được giao; substituted: của người mình làm thay hôm nay; "
            "delegated: trong phạm vi được ủy quyền; position: chờ người nhận ở vị trí của mình, cả vị trí làm thay; "
            "joint: được mời phối hợp; unit, agency: mọi bước đang mở "
            "của đơn vị, cơ quan; waiting: việc đã chuyển đi hoặc đang dừng mà hồ sơ ở người khác (now_with); "
            "done: việc mình đã làm, hai loại này mới nhất trước, trong 2.000 việc gần nhất. "
            "Không ghi: mine, substituted, delegated và position"
        },
    )
    agency = Text(64, least=1, metadata={"description": "Cùng inbox=agency: một cơ quan"})
    due = Choice(
        DUE,
        metadata={"description": "Theo hạn của bước: đã quá, trong hôm nay, sắp đến hạn"},
    )
    procedure = Text(64, least=1)
    step = Text(64, least=1)
    q = Text(200, metadata={"description": "Từ trong mã hồ sơ hoặc tên người nộp, có dấu hoặc không dấu"})
    sort = Choice(SORTS, load_default="due_at")


class NowWithSchema(Schema):
    """A step that a dossier waits at now."""

    id = Whole(1)
    step_name = Text(500)
    position_name = Text(500)
    assignee_name = Text(500, allow_none=True)
    agency = Text(64)
    entered_at = Instant()
    due_at = Instant(allow_none=True)
    colour = Choice(COLOURS)
    words = Text(500)
    state = Choice(("open", "vacant"))


class ListedTaskSchema(TaskSchema):
    now_with = Many(
        Part(NowWithSchema), metadata={"description": "waiting, done: hồ sơ đang ở bước nào, ai giữ, từ lúc nào"}
    )
    led_to_names = Many(Text(500), metadata={"description": "waiting, done: các bước đã mở ra từ bước này"})


class ColourCountSchema(Schema):
    total = Whole()
    total_is = Choice(("at_least",))
    on_time = Whole()
    due_soon = Whole()
    late = Whole()
    step_late = Whole()
    paused = Whole()
    done = Whole()


class CountsSchema(Schema):
    mine = Part(ColourCountSchema)
    substituted = Part(ColourCountSchema)
    delegated = Part(ColourCountSchema)
    position = Part(ColourCountSchema)
    joint = Part(ColourCountSchema)
    unit = Part(ColourCountSchema)
    agency = Part(ColourCountSchema)


@blueprint.get("")
@requires(*READERS)
@blueprint.arguments(TaskListArgs, location="query")
@blueprint.response(200, list_schema("TaskPage", ListedTaskSchema))
def list_tasks(args: dict[str, Any]) -> Response:
    """Các bước đang chờ, gấp nhất trước, bước không có hạn ở cuối; hoặc việc của mình đã làm, mới nhất trước."""
    asked = InboxAsk(**args)
    return reply(inbox_page(current_caller(), asked, asked_at(), runtime().settings.profile))


@blueprint.get("/counts")
@requires(*READERS)
@blueprint.response(200, CountsSchema)
def count_tasks() -> Response:
    """Số bước của từng hộp theo màu, đếm đến 1.000 bước gấp nhất. Có ETag để hỏi lại mà không tải lại."""
    response = reply(inbox_counts(current_caller(), asked_at()), headers={"Cache-Control": "private, no-cache"})
    response.add_etag()
    response.make_conditional(request)
    return response
