"""An official's own notices: the list, its number, marking as read, and how she wants them."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from app.access.guard import SIGNED_IN, requires
from app.access.request import current_caller
from app.actions.my_notices import MOST_READ, choose, read_notices, send_trial
from app.api.blueprint import Blueprint, reply
from app.api.lists import PageArgs
from app.api.present import TaskSchema
from app.errors import invalid
from app.rules.notices import EVENTS, MODES
from app.runtime import asked_at
from app.schemas.fields import Choice, Flag, Instant, Many, Part, Schema, Text, Whole
from app.store.inbox import MOST_COUNTED
from app.views.notices import NoticeAsk, bell, notice_list, switches

blueprint = Blueprint("notices", __name__, url_prefix="/api/v1", description="Thông báo của tôi")


class NoticeSchema(Schema):
    id = Whole(1)
    event = Choice(tuple(EVENTS))
    title = Text(200)
    text = Text(8000, lines=True, metadata={"description": "Lý do, nội dung; có thể rỗng"})
    dossier = Text(64, allow_none=True)
    procedure_name = Text(2000, allow_none=True)
    applicant = Text(500, allow_none=True)
    step_name = Text(2000, allow_none=True)
    task = Whole(1, allow_none=True, metadata={"description": "Bước mà thông báo nói đến; có thể đã xong"})
    incident = Whole(1, allow_none=True, metadata={"description": "Sự cố quy trình mà thông báo nói đến"})
    limit_at = Instant(allow_none=True, metadata={"description": "Hạn của bước, hạn trả lời"})
    created_at = Instant()
    read_at = Instant(allow_none=True)
    path = Text(200, metadata={"description": "Trang mà thông báo dẫn đến"})


class NoticePageSchema(Schema):
    data = Many(Part(NoticeSchema))
    total = Whole(metadata={"description": f"Đếm đến {MOST_COUNTED}; nhiều hơn thì có total_is"})
    total_is = Choice(("at_least",))
    next = Text(400, allow_none=True)
    new = Many(Part(TaskSchema), metadata={"description": "Trang đầu: việc mới đến mà chưa ai mở, mới nhất trước"})
    more_new = Flag(metadata={"description": "Còn việc mới đến khác, xem hộp việc"})


class BellSchema(Schema):
    unread = Whole(metadata={"description": "Thông báo chưa đọc, đếm đến 100"})
    new = Whole(metadata={"description": "Việc mới đến, đếm đến 100"})
    shown = Text(8, metadata={"description": "Cả hai, như trên chuông: đến 99, rồi 99+"})


class ReadBody(Schema):
    """Either `ids` or `all`."""

    ids = Many(Whole(1), most=MOST_READ)
    all = Flag(load_default=False, metadata={"description": "Mọi thông báo; việc mới đến cũng coi là đã xem"})


class ReadSchema(Schema):
    read = Whole(metadata={"description": "Số thông báo vừa thành đã đọc"})


class SwitchSchema(Schema):
    event = Choice(tuple(EVENTS))
    title = Text(200)
    screen = Choice(MODES, allow_none=True)
    email = Choice(MODES, allow_none=True)
    screens = Many(Choice(MODES), metadata={"description": "Chọn được gì trên màn hình; rỗng: không chọn được"})
    emails = Many(Choice(MODES), metadata={"description": "Chọn được gì qua thư điện tử"})


class SwitchesSchema(Schema):
    data = Many(Part(SwitchSchema))


class SwitchBody(Schema):
    event = Choice(tuple(EVENTS), required=True)
    screen = Choice(MODES)
    email = Choice(MODES)


class SwitchesBody(Schema):
    switches = Many(Part(SwitchBody), most=len(EVENTS), required=True)


class TrialSchema(Schema):
    email = Text(254, metadata={"description": "Địa chỉ mà thư thử được gửi đến"})


@blueprint.get("/notices")
@requires(SIGNED_IN)
@blueprint.arguments(PageArgs, location="query")
@blueprint.response(200, NoticePageSchema)
def list_notices(args: dict[str, Any]) -> Response:
    """Thông báo của tôi: chưa đọc trước, mới nhất trước; kèm việc mới đến ở trang đầu."""
    return reply(notice_list(current_caller(), NoticeAsk(**args), asked_at()))


@blueprint.get("/notices/count")
@requires(SIGNED_IN)
@blueprint.response(200, BellSchema)
def count_notices() -> Response:
    """Số trên chuông. Có ETag để hỏi lại mà không tải lại."""
    response = reply(bell(current_caller()), headers={"Cache-Control": "private, no-cache"})
    response.add_etag()
    response.make_conditional(request)
    return response


@blueprint.post("/notices/read")
@requires(SIGNED_IN)
@blueprint.arguments(ReadBody)
@blueprint.response(200, ReadSchema)
def mark_notices_read(body: dict[str, Any]) -> Response:
    """Đánh dấu đã đọc: những thông báo nêu ra, hoặc tất cả. Thông báo của người khác không đổi."""
    if body["all"] == ("ids" in body):
        raise invalid({"ids": ["Hãy nêu ids, hoặc all là true; chỉ một trong hai."]})
    ids = None if body["all"] else body["ids"]
    return reply({"read": read_notices(current_caller(), ids, asked_at())})


@blueprint.get("/me/notice-switches")
@requires(SIGNED_IN)
@blueprint.response(200, SwitchesSchema)
def read_switches() -> Response:
    """Cách nhận từng loại thông báo: ngay, trong thư tổng hợp, hoặc không."""
    return reply(switches(current_caller()))


@blueprint.put("/me/notice-switches")
@requires(SIGNED_IN)
@blueprint.arguments(SwitchesBody)
@blueprint.response(200, SwitchesSchema)
def change_switches(body: dict[str, Any]) -> Response:
    """Chọn cách nhận những loại nêu ra; loại khác giữ nguyên."""
    given = {(one["event"], way): one[way] for one in body["switches"] for way in ("screen", "email") if way in one}
    choose(current_caller(), given)
    return reply(switches(current_caller()))


@blueprint.post("/me/notice-trial")
@requires(SIGNED_IN)
@blueprint.response(202, TrialSchema)
def try_notices() -> Response:
    """Gửi thử: một thông báo trên màn hình và một thư đến địa chỉ của tôi."""
    return reply({"email": send_trial(current_caller(), asked_at())}, 202)
