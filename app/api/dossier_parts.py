"""What stands behind a dossier: its history, how its deadline came about, where it is in its diagram."""

from __future__ import annotations

from flask import Response

from app.access.guard import requires
from app.access.request import current_caller
from app.api.blueprint import Blueprint, reply
from app.api.lists import list_schema
from app.rules.limits import LIMIT_UNITS
from app.rules.outcome import STANDINGS
from app.rules.permissions import READERS
from app.runtime import asked_at
from app.schemas.fields import Anything, Choice, Flag, Instant, Many, Record, Schema, Text, Whole
from app.views.control import control_sheet
from app.views.cursors import whole_answer
from app.views.parts import clock_of, diagram_of, timeline_of

blueprint = Blueprint(
    "dossier-parts", __name__, url_prefix="/api/v1/dossiers/<code:code>", description="Hồ sơ: chi tiết"
)


class HistorySchema(Schema):
    seq = Whole(1)
    at = Instant()
    kind = Text(64)
    title = Text(200)
    account = Text(200, allow_none=True)
    name = Text(500, allow_none=True)
    task = Whole(1, allow_none=True)
    details = Record()
    correctable = Flag(metadata={"description": "Có thể đính chính"})


class ClockSchema(Schema):
    limit_seconds = Whole(allow_none=True)
    limit_unit = Choice(LIMIT_UNITS)
    cut_off = Text(5, allow_none=True)
    started_at = Instant(allow_none=True)
    deadline_at = Instant(allow_none=True)
    appointment_at = Instant(allow_none=True)
    original_deadline_at = Instant(allow_none=True)
    original_appointment_at = Instant(allow_none=True)
    due_soon_at = Instant(allow_none=True)
    notice_due_at = Instant(allow_none=True)
    apologised_at = Instant(allow_none=True)
    extended_at = Instant(allow_none=True)
    paused_at = Instant(allow_none=True)
    paused_for = Choice(("supplement", "payment"), allow_none=True)
    result_at = Instant(allow_none=True)
    overdue = Flag()
    standing = Choice(STANDINGS, allow_none=True)
    outcome_label = Text(200, allow_none=True, metadata={"description": "standing, theo cách gọi của tỉnh"})
    profile = Text(200)
    regulation = Text(2000)
    extra = Record(metadata={"description": "{cơ quan xin hẹn lại: số giây làm việc kéo dài}"})
    lines = Many(
        Anything(),
        most=100_000,
        metadata={
            "description": "[{at, event, title, rule, article, text, before, after, mark: late_entry|corrected|null}]"
        },
    )
    segments = Many(
        Anything(),
        most=100_000,
        metadata={"description": "[{agency, unit, step, account, from_at, to_at, seconds, charged}], giây làm việc"},
    )


class DiagramSchema(Schema):
    xml = Text(10_000_000, lines=True)
    steps = Record(metadata={"description": "{mã bước: done | current | late}"})


class HandOverSchema(Schema):
    given_by = Text(500, allow_none=True, metadata={"description": "Người giao; null khi người nộp giao"})
    given_by_agency = Text(64, allow_none=True)
    given_to = Text(500, allow_none=True)
    position_name = Text(500)
    agency = Text(64)
    step_name = Text(500)
    handed_over_at = Instant()
    passed_on_at = Instant(allow_none=True)
    due_at = Instant(allow_none=True)
    in_time = Flag(allow_none=True)


@blueprint.get("/timeline")
@requires(*READERS)
@blueprint.response(200, list_schema("Timeline", HistorySchema))
def timeline(code: str) -> Response:
    """Những gì đã xảy ra với hồ sơ, theo thứ tự."""
    return reply(whole_answer(timeline_of(current_caller(), code)))


@blueprint.get("/clock")
@requires(*READERS)
@blueprint.response(200, ClockSchema)
def clock(code: str) -> Response:
    """Hạn xử lý và thời gian hẹn trả đã được tính thế nào, từng dòng với điều khoản; thời gian của ai."""
    return reply(clock_of(current_caller(), code, asked_at()))


@blueprint.get("/diagram")
@requires(*READERS)
@blueprint.response(200, DiagramSchema)
def diagram(code: str) -> Response:
    """Sơ đồ của hồ sơ với các bước đã xong, đang ở và quá hạn."""
    return reply(diagram_of(current_caller(), code, asked_at()))


@blueprint.get("/control")
@requires(*READERS)
@blueprint.response(200, list_schema("ControlSheet", HandOverSchema))
def control(code: str) -> Response:
    """Phiếu kiểm soát: hồ sơ đã qua tay ai, giao nhận lúc nào, đúng hạn hay không (ST-13.2)."""
    return reply(whole_answer(control_sheet(current_caller(), code)))
