"""What heads see (ST-26.1, HT-21.4): open work by unit, officer, procedure and step; the list behind; a period's totals."""

from __future__ import annotations

from typing import Any, Literal

from flask import Response

from app.access.guard import requires
from app.access.request import current_caller
from app.api.blueprint import Blueprint, reply
from app.api.lists import PageArgs, list_schema
from app.api.present import TaskSchema
from app.rules.periods import PERIODS
from app.rules.permissions import READERS
from app.runtime import asked_at, runtime
from app.schemas.fields import Anything, Choice, Day, Instant, Many, Part, Record, Schema, Text, Whole
from app.store.monitor import MOST_MONITORED
from app.views import monitor, watched
from app.views.sheet_files import CSV, XLSX
from app.views.watched import FACTS_ASKED, WatchedAsk
from app.views.watched_file import watched_file
from app.wording import LOCAL

blueprint = Blueprint("monitor", __name__, url_prefix="/api/v1/monitor", description="Theo dõi, đôn đốc")


class PlaceArgs(Schema):
    agency = Text(64, least=1, metadata={"description": "Mã cơ quan; không ghi: mọi nơi được xem"})
    unit = Text(64, least=1, metadata={"description": "Mã đơn vị trong cơ quan"})


class WatchedArgs(PlaceArgs):
    officer = Text(64, least=1, metadata={"description": f"Tên đăng nhập; {watched.NOBODY}: chưa ai nhận"})
    procedure = Text(64, least=1)
    step = Text(128, least=1)
    fact = Choice(FACTS_ASKED)
    q = Text(200, metadata={"description": "Từ trong mã hồ sơ hoặc tên người nộp, có dấu hoặc không dấu"})


class WatchedPageArgs(WatchedArgs, PageArgs):
    pass


class TotalsArgs(PlaceArgs):
    period = Choice(PERIODS, load_default="month")
    of = Day(metadata={"description": "Một ngày trong kỳ; không ghi: hôm nay"})


class PlaceSchema(Schema):
    level = Choice(("province", "agency", "unit"))
    agency = Text(64, allow_none=True)
    agency_name = Text(500, allow_none=True)
    unit = Text(64, allow_none=True)
    unit_name = Text(500, allow_none=True)


class OpenCountsSchema(Schema):
    open = Whole(metadata={"description": "Hồ sơ có bước đang mở"})
    due_today = Whole()
    overdue = Whole()
    appointment_passed = Whole()
    transfer_limit_passed = Whole()
    step_late = Whole()
    due_soon = Whole()
    paused = Whole()


class AgencyLoadSchema(Schema):
    agency = Text(64)
    agency_name = Text(500)
    open = Whole(metadata={"description": "Bước đang mở"})
    due_today = Whole()
    step_late = Whole()
    at_least = Many(Text(32), metadata={"description": "Những số đã đếm đến 1.000 thì dừng"})


class OverviewSchema(PlaceSchema):
    whole = Part(OpenCountsSchema)
    standing = Whole(metadata={"description": "Hồ sơ đang đứng lại vì sự cố quy trình, đếm đến 1.000"})
    counted = Whole(metadata={"description": f"Đã xét bao nhiêu bước gấp nhất, nhiều nhất {MOST_MONITORED}"})
    counted_is = Choice(("at_least",))
    agencies = Many(Part(AgencyLoadSchema), most=10_000, metadata={"description": "Khi xem cả tỉnh"})
    units = Many(Anything(), most=10_000, metadata={"description": "[{unit, unit_name, agency, …số đếm}]"})
    officers = Many(
        Anything(), most=10_000, metadata={"description": "[{officer (null: chưa ai nhận), name, …số đếm}]"}
    )
    procedures = Many(Anything(), most=10_000, metadata={"description": "[{procedure, name, …số đếm}]"})
    steps = Many(Anything(), most=10_000, metadata={"description": "[{step, name, …số đếm}]"})
    choices = Many(
        Anything(), most=10_000, metadata={"description": "Các đơn vị có thể chọn: [{unit, unit_name, agency}]"}
    )


class WatchedSchema(TaskSchema):
    unit_name = Text(500, allow_none=True)
    agency_name = Text(500)
    held_since = Instant()
    held_seconds = Whole(metadata={"description": "Giây làm việc trong tay người đang giữ"})
    late_seconds = Whole(metadata={"description": "Giây làm việc sau hạn bước"})
    charged = Many(
        Anything(), metadata={"description": "[{agency, seconds}]: mỗi cơ quan đã dùng bao nhiêu giây làm việc"}
    )


class TotalsSchema(PlaceSchema):
    period = Record(metadata={"description": "{kind, name, first, end}"})
    earlier = Day()
    later = Day()
    whole = Record(
        allow_none=True,
        metadata={"description": "{received, resolved, early, on_time, late, resolution_rate, on_time_rate}"},
    )
    agencies = Many(Anything(), most=10_000)
    officers = Many(
        Anything(), most=10_000, metadata={"description": "[{account, name, unit_name, done, late}], theo bước"}
    )


@blueprint.get("")
@requires(*READERS)
@blueprint.arguments(PlaceArgs, location="query")
@blueprint.response(200, OverviewSchema)
def read(args: dict[str, Any]) -> Response:
    """Hồ sơ đang mở: cả tỉnh theo cơ quan; một cơ quan, đơn vị theo đơn vị, người, thủ tục, bước. Chỉ người phụ trách."""
    place = (args.get("agency"), args.get("unit"))
    return reply(monitor.overview(current_caller(), asked_at(), runtime().settings.profile, *place))


@blueprint.get("/tasks")
@requires(*READERS)
@blueprint.arguments(WatchedPageArgs, location="query")
@blueprint.response(200, list_schema("WatchedPage", WatchedSchema))
def list_tasks(args: dict[str, Any]) -> Response:
    """Danh sách sau mỗi con số, gấp nhất trước: ai đang giữ, đã bao lâu, quá hạn bao lâu (QT-28.5d)."""
    found = watched.watched_page(current_caller(), WatchedAsk(**args), asked_at(), runtime().settings.profile)
    return reply({name: value for name, value in found.items() if name != "place"})


@blueprint.get("/tasks.csv")
@requires(*READERS)
@blueprint.arguments(WatchedArgs, location="query")
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type="text/csv")
def tasks_csv(args: dict[str, Any]) -> Response:
    """Danh sách đó, nhiều nhất 5.000 dòng."""
    return sheet_reply(WatchedAsk(**args), "csv")


@blueprint.get("/tasks.xlsx")
@requires(*READERS)
@blueprint.arguments(WatchedArgs, location="query")
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type=XLSX)
def tasks_xlsx(args: dict[str, Any]) -> Response:
    """Danh sách đó cho bảng tính, nhiều nhất 5.000 dòng."""
    return sheet_reply(WatchedAsk(**args), "xlsx")


@blueprint.get("/totals")
@requires(*READERS)
@blueprint.arguments(TotalsArgs, location="query")
@blueprint.response(200, TotalsSchema)
def totals(args: dict[str, Any]) -> Response:
    """Một tháng, quý, năm: tiếp nhận, giải quyết trước hạn, đúng hạn, quá hạn, tỷ lệ; theo người: bước đã xong, quá hạn."""
    day = args.get("of") or asked_at().astimezone(LOCAL).date()
    return reply(monitor.totals(current_caller(), args["period"], day, args.get("agency"), args.get("unit")))


def sheet_reply(ask: WatchedAsk, form: Literal["csv", "xlsx"]) -> Response:
    """The list as a file to keep."""
    name, content = watched_file(current_caller(), ask, asked_at(), runtime().settings.profile, form)
    return Response(
        content,
        content_type=CSV if form == "csv" else XLSX,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )
