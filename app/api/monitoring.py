"""What heads see (ST-26.1, HT-21.4): open work by unit, officer, procedure and step; the list behind; whose time; totals."""

from __future__ import annotations

from typing import Any

from flask import Response

from app.access.guard import requires
from app.access.request import current_caller
from app.api.blueprint import Blueprint, reply
from app.api.lists import PageArgs, list_schema
from app.api.present import TaskSchema
from app.rules.periods import PERIODS
from app.rules.permissions import READERS
from app.runtime import asked_at, runtime
from app.schemas.fields import Anything, Choice, Day, Flag, Instant, Many, Part, Record, Schema, Text, Whole
from app.store.monitor import MOST_MONITORED
from app.store.task_walks import SORTS
from app.views import monitor, watched
from app.views.board_file import board_file
from app.views.sheet_files import CSV, XLSX
from app.views.watched import FACTS_ASKED, WatchedAsk
from app.views.watched_file import Form, watched_file
from app.views.whose_time import AMONG, MOST_ATTRIBUTED, WHOSE, whose_time
from app.wording import LOCAL

PDF = "application/pdf"
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
    among = Choice(AMONG, metadata={"description": "Cùng whose, holder: hồ sơ sau một số của /monitor/time"})
    whose = Choice(WHOSE)
    holder = Text(200, least=1, metadata={"description": "holder của dòng ấy; applicant: người nộp"})
    sort = Choice(SORTS, load_default="due_at")


class WatchedPageArgs(WatchedArgs, PageArgs):
    pass


class TotalsArgs(PlaceArgs):
    period = Choice(PERIODS, load_default="month")
    of = Day(metadata={"description": "Một ngày trong kỳ; không ghi: hôm nay"})


class TimeArgs(PlaceArgs):
    among = Choice(
        AMONG, load_default="step_late", metadata={"description": "Trong các hồ sơ nào; cả tỉnh: không có overdue"}
    )
    whose = Choice(WHOSE, load_default="unit", metadata={"description": "Tính cho đơn vị, người, cơ quan hay bước"})


class BoardArgs(PlaceArgs):
    among = Choice(AMONG, load_default="step_late")


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
    steps = Many(
        Anything(), most=10_000, metadata={"description": "[{procedure, procedure_name, step, name, …số đếm}]"}
    )
    choices = Many(
        Anything(), most=10_000, metadata={"description": "Các đơn vị có thể chọn: [{unit, unit_name, agency}]"}
    )


class HolderSchema(Schema):
    holder = Text(200, metadata={"description": "Hỏi danh sách bằng holder này"})
    name = Text(500)
    agency = Text(64)
    agency_name = Text(500)
    unit = Text(64, allow_none=True)
    person = Text(64, allow_none=True, metadata={"description": "Tên đăng nhập; null: chờ người nhận"})
    procedure = Text(64)
    step = Text(200)
    dossiers = Whole(metadata={"description": "Số hồ sơ mà người này có phần thời gian được hỏi"})
    seconds = Whole(metadata={"description": "Giây làm việc đã dùng"})
    late_seconds = Whole(metadata={"description": "Trong đó sau hạn bước"})
    overdue_seconds = Whole(metadata={"description": "Trong đó sau hạn xử lý của hồ sơ"})
    percent = Whole(metadata={"description": "Phần của thời gian được hỏi"})
    running = Flag()


class ApplicantTimeSchema(Schema):
    dossiers = Whole()
    seconds = Whole(metadata={"description": "Giây làm việc tạm dừng chờ người nộp"})


class WhoseTimeSchema(PlaceSchema):
    among = Choice(AMONG)
    whose = Choice(WHOSE)
    measure = Choice(("seconds", "late_seconds", "overdue_seconds"))
    counted = Whole(
        metadata={"description": f"Tính trên bao nhiêu hồ sơ, của nhiều nhất {MOST_ATTRIBUTED} bước gấp nhất"}
    )
    counted_is = Choice(("at_least",))
    total_seconds = Whole()
    rows = Many(Part(HolderSchema), most=10_000)
    applicant = Part(ApplicantTimeSchema)


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
@blueprint.response(200, list_schema("WatchedPage", WatchedSchema, dossiers=Whole(), place=Record()))
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


@blueprint.get("/tasks.pdf")
@requires(*READERS)
@blueprint.arguments(WatchedArgs, location="query")
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type=PDF)
def tasks_pdf(args: dict[str, Any]) -> Response:
    """Danh sách đó, bản in A4 ngang."""
    return sheet_reply(WatchedAsk(**args), "pdf")


@blueprint.get("/time")
@requires(*READERS)
@blueprint.arguments(TimeArgs, location="query")
@blueprint.response(200, WhoseTimeSchema)
def time(args: dict[str, Any]) -> Response:
    """Thời gian của ai: trong hồ sơ đang mở, quá hạn bước hay quá hạn xử lý, mỗi đơn vị, người, cơ quan, bước dùng bao lâu,
    phần quá hạn là của ai; thời gian chờ người nộp tính riêng (QT-20, QT-28.5d)."""
    place = (args.get("agency"), args.get("unit"))
    asked = (args["among"], args["whose"])
    return reply(whose_time(current_caller(), asked_at(), runtime().settings.profile, *place, *asked))


@blueprint.get("/board.xlsx")
@requires(*READERS)
@blueprint.arguments(BoardArgs, location="query")
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type=XLSX)
def board_xlsx(args: dict[str, Any]) -> Response:
    """Bảng theo dõi và thời gian của ai, mỗi bảng một trang tính."""
    place = (args.get("agency"), args.get("unit"))
    made = board_file(current_caller(), asked_at(), runtime().settings.profile, place, args["among"], "xlsx")
    return kept_reply(*made)


@blueprint.get("/board.pdf")
@requires(*READERS)
@blueprint.arguments(BoardArgs, location="query")
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type=PDF)
def board_pdf(args: dict[str, Any]) -> Response:
    """Bảng theo dõi, bản in A4 ngang."""
    place = (args.get("agency"), args.get("unit"))
    made = board_file(current_caller(), asked_at(), runtime().settings.profile, place, args["among"], "pdf")
    return kept_reply(*made)


@blueprint.get("/totals")
@requires(*READERS)
@blueprint.arguments(TotalsArgs, location="query")
@blueprint.response(200, TotalsSchema)
def totals(args: dict[str, Any]) -> Response:
    """Một tháng, quý, năm: tiếp nhận, giải quyết trước hạn, đúng hạn, quá hạn, tỷ lệ; theo người: bước đã xong, quá hạn."""
    day = args.get("of") or asked_at().astimezone(LOCAL).date()
    return reply(monitor.totals(current_caller(), args["period"], day, args.get("agency"), args.get("unit")))


def sheet_reply(ask: WatchedAsk, form: Form) -> Response:
    """The list as a file to keep."""
    return kept_reply(*watched_file(current_caller(), ask, asked_at(), runtime().settings.profile, form))


def kept_reply(name: str, content: bytes) -> Response:
    """A file to keep, by the ending of its name."""
    return Response(
        content,
        content_type={"csv": CSV, "xlsx": XLSX, "pdf": PDF}[name.rpartition(".")[2]],
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )
