"""Working calendars: read by everybody who is signed in, previewed and changed by whoever manages them."""

from __future__ import annotations

from typing import Any

from flask import Response

from app.access.guard import SIGNED_IN, open_to_programs, requires
from app.access.request import current_caller
from app.actions.change_calendar import ChangeCalendar, change
from app.api.acting import acting_context, etag, expected_version
from app.api.blueprint import Blueprint, reply
from app.api.lists import list_schema
from app.runtime import asked_at
from app.schemas.fields import Anything, Instant, Many, Record, Schema, Text, Whole
from app.views.calendars import calendar_detail, calendar_list, change_detail, preview_view
from app.views.cursors import whole_answer

blueprint = Blueprint("calendars", __name__, url_prefix="/api/v1/calendars", description="Lịch làm việc")

_DATA = "weekly, patterns, holidays, swapped_rest_days, working_saturdays, minutes_per_day, tz: xem docs/calendars.md"


class CalendarSchema(Schema):
    code = Text(64)
    name = Text(500)
    revision = Whole(1)
    offices = Many(Anything(), most=10_000, metadata={"description": "[{code, name}] cơ quan làm việc theo lịch"})
    desks = Many(
        Anything(), most=10_000, metadata={"description": "[{code, name}] cơ quan có bộ phận một cửa theo lịch"}
    )
    procedures = Many(Anything(), most=10_000, metadata={"description": "[{code, name}] thủ tục có lịch riêng này"})


class CalendarDetailSchema(CalendarSchema):
    data = Record(metadata={"description": _DATA})
    changes = Many(Anything(), metadata={"description": "Những lần thay đổi gần đây, mới nhất trước"})


class PreviewBody(Schema):
    data = Record(required=True, metadata={"description": _DATA})


class ChangeBody(PreviewBody):
    reason = Text(2000, required=True, least=1, metadata={"description": "Lý do, số văn bản"})


class PreviewSchema(Schema):
    total = Whole(metadata={"description": "Hồ sơ đang giải quyết theo lịch này"})
    counted = Whole(metadata={"description": "Số hồ sơ đã tính thử"})
    moved = Whole(metadata={"description": "Hạn xử lý đổi"})
    touched = Whole(metadata={"description": "Hạn xử lý, hạn bước hoặc thời gian đã tính đổi"})
    resets = Whole(metadata={"description": "Cần người hẹn lại với người nộp"})
    failed = Whole(metadata={"description": "Không tính được"})
    revision = Whole(1)
    dossiers = Many(
        Anything(),
        metadata={
            "description": "[{code, procedure_name, agency_name, deadline_before, deadline_at, appointment_at, reset}]"
        },
    )


class ChangeSchema(Schema):
    id = Whole(1)
    reason = Text(2000)
    made_by_name = Text(500, allow_none=True)
    made_at = Instant()
    finished_at = Instant(allow_none=True)
    total = Whole()
    done = Whole()
    moved = Whole()
    failed = Whole()
    before = Record()
    after = Record()
    resets = Many(Anything(), metadata={"description": "Hồ sơ của cơ quan mình cần hẹn lại"})


@blueprint.get("")
@requires(SIGNED_IN)
@open_to_programs()
@blueprint.response(200, list_schema("CalendarPage", CalendarSchema))
def list_calendars() -> Response:
    """Các lịch làm việc và ai làm việc theo lịch nào."""
    return reply(whole_answer(calendar_list()))


@blueprint.get("/<code:code>")
@requires(SIGNED_IN)
@open_to_programs()
@blueprint.response(200, CalendarDetailSchema)
def read_calendar(code: str) -> Response:
    """Một lịch với giờ làm việc, ngày nghỉ, ngày làm bù và những lần thay đổi."""
    found = calendar_detail(code)
    return reply(found, headers={"ETag": etag(found["revision"])})


@blueprint.post("/<code:code>/preview")
@requires("calendar.manage")
@blueprint.arguments(PreviewBody)
@blueprint.response(200, PreviewSchema)
def preview_calendar(body: dict[str, Any], code: str) -> Response:
    """Tính thử: bao nhiêu hồ sơ đổi hạn, hồ sơ nào phải hẹn lại. Không ghi gì."""
    return reply(preview_view(code, body["data"], asked_at()))


@blueprint.put("/<code:code>")
@requires("calendar.manage")
@blueprint.arguments(ChangeBody)
@blueprint.response(200, ChangeSchema)
def change_calendar(body: dict[str, Any], code: str) -> Response:
    """Thay dữ liệu của lịch; các hồ sơ đang giải quyết được tính lại hạn ngay sau đó, giờ đã hẹn trả giữ nguyên."""
    context = acting_context()
    command = ChangeCalendar(code, body["data"], body["reason"], expected_version())
    change_id = change(command, context.caller.account_id, context.now, context.key)
    return reply(change_detail(context.caller, code, change_id))


@blueprint.get("/<code:code>/changes/<id:change_id>")
@requires(SIGNED_IN)
@open_to_programs()
@blueprint.response(200, ChangeSchema)
def read_change(code: str, change_id: int) -> Response:
    """Một lần thay đổi và tiến độ tính lại hạn."""
    return reply(change_detail(current_caller(), code, change_id))
