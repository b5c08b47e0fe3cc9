"""Who has how much, and how it goes from week to week or month to month (ST-26.1, QT-18.7, LA-17.1)."""

from __future__ import annotations

from typing import Any

from flask import Response

from app.access.guard import requires
from app.access.request import current_caller
from app.api.blueprint import Blueprint, reply
from app.api.lists import PageArgs, list_schema
from app.api.monitoring import PDF, OpenCountsSchema, PlaceArgs, PlaceSchema, kept_reply
from app.rules.permissions import READERS
from app.runtime import asked_at, runtime
from app.schemas.fields import Choice, Day, Flag, Instant, Many, Part, Rate, Schema, Text, Whole
from app.store.trends import WHATS
from app.views.period_list import PeriodAsk, period_page
from app.views.sheet_files import XLSX
from app.views.trends import CHANNELS, KINDS, trends_of
from app.views.trends_file import trends_file
from app.views.workload import SORTS, workload_file, workload_of

blueprint = Blueprint("workload", __name__, url_prefix="/api/v1/monitor", description="Khối lượng, xu hướng")
_BINARY = {"type": "string", "format": "binary"}


class WorkloadArgs(PlaceArgs):
    sort = Choice(SORTS, load_default="step_late")


class TrendsArgs(PlaceArgs):
    kind = Choice(KINDS, load_default="month")
    chosen = Day(metadata={"description": "Ngày đầu của kỳ cần xem chi tiết; không ghi: kỳ này"})


class DossiersArgs(PageArgs):
    what = Choice(WHATS, required=True, metadata={"description": "open: còn lại khi kỳ kết thúc"})
    first = Day(required=True)
    end = Day(required=True, metadata={"description": "Ngày sau ngày cuối"})
    agency = Text(64, least=1)
    procedure = Text(64, least=1)
    field = Text(200, least=1)
    channel = Choice(tuple(CHANNELS))
    by_post = Flag(load_default=False, metadata={"description": "Chỉ hồ sơ trả kết quả qua bưu chính"})


class UnitPlaceSchema(Schema):
    unit = Text(64)
    unit_name = Text(500)
    agency = Text(64)


class AwaySchema(Schema):
    to_day = Day()
    substitute = Text(64)
    substitute_name = Text(500)


class PersonLoadSchema(OpenCountsSchema):
    officer = Text(64)
    name = Text(500)
    units = Many(Part(UnitPlaceSchema))
    came_7 = Whole(metadata={"description": "Bước đến trong 7 ngày"})
    came_30 = Whole()
    done_7 = Whole(metadata={"description": "Bước xong trong 7 ngày"})
    done_30 = Whole()
    late_30 = Whole(metadata={"description": "Trong đó xong sau hạn bước"})
    away = Part(AwaySchema, allow_none=True)
    has_room = Flag(
        metadata={"description": "Có mặt, không có việc quá hạn, giữ không quá nửa mức trung bình của đơn vị"}
    )


class StepOfPersonSchema(Schema):
    officer = Text(64)
    name = Text(500)
    steps = Whole()
    median_seconds = Whole(metadata={"description": "Trung vị, giây làm việc"})


class StepLoadSchema(Schema):
    step = Text(128)
    name = Text(500)
    steps = Whole()
    median_seconds = Whole()
    people = Many(Part(StepOfPersonSchema), most=10_000)


class WorkloadSchema(PlaceSchema):
    people = Many(Part(PersonLoadSchema), most=10_000)
    nobody = Part(OpenCountsSchema, metadata={"description": "Chưa ai nhận"})
    steps = Many(Part(StepLoadSchema), most=10_000)
    counted = Whole()
    counted_is = Choice(("at_least",))


class PeriodSchema(Schema):
    name = Text(100)
    first = Day()
    end = Day()


class PointSchema(Schema):
    received = Whole()
    resolved = Whole()
    early = Whole()
    on_time = Whole()
    late = Whole()
    open = Whole(metadata={"description": "Còn lại khi kỳ kết thúc"})
    on_time_rate = Rate(
        allow_none=True, metadata={"description": "Phần trăm, hai chữ số lẻ; null: chưa giải quyết hồ sơ nào"}
    )
    resolution_rate = Rate(allow_none=True, metadata={"description": "Phần trăm; null: không tiếp nhận hồ sơ nào"})


class ChannelSchema(Schema):
    channel = Text(32)
    name = Text(100)
    received = Many(Whole())


class ChannelPointSchema(PointSchema):
    channel = Text(32)
    name = Text(100)


class FieldPointSchema(PointSchema):
    field = Text(500)
    procedure = Text(64)
    name = Text(500)
    by_post = Whole(metadata={"description": "Trong số đã giải quyết: trả qua bưu chính"})


class DetailSchema(PeriodSchema):
    whole = Part(FieldPointSchema)
    channels = Many(Part(ChannelPointSchema))
    fields_ = Many(Part(FieldPointSchema), most=10_000, data_key="fields", attribute="fields")
    procedures = Many(Part(FieldPointSchema), most=10_000)


class UnitTrendSchema(Schema):
    unit = Text(64)
    name = Text(500)
    agency = Text(64)
    steps = Many(Whole(allow_none=True), metadata={"description": "Bước xong từng kỳ; null: kỳ không đếm đủ"})
    late = Many(Whole(allow_none=True))
    seconds = Many(Whole(allow_none=True))


class TrendsSchema(PlaceSchema):
    kind = Choice(KINDS)
    periods = Many(Part(PeriodSchema))
    points = Many(Part(PointSchema), metadata={"description": "Một kỳ một phần tử; đơn vị không có"})
    channels = Many(Part(ChannelSchema))
    chosen = Part(DetailSchema)
    units = Many(Part(UnitTrendSchema), most=10_000)
    units_counted = Whole()
    units_counted_is = Choice(("at_least",))


class PeriodDossierSchema(Schema):
    dossier = Text(64)
    procedure = Text(64)
    procedure_name = Text(500)
    applicant = Text(500)
    channel = Text(32)
    channel_name = Text(100)
    received_at = Instant()
    appointment_at = Instant(allow_none=True)
    result_at = Instant(allow_none=True)
    timeliness = Text(16, allow_none=True)
    timeliness_label = Text(100, allow_none=True)


@blueprint.get("/workload")
@requires(*READERS)
@blueprint.arguments(WorkloadArgs, location="query")
@blueprint.response(200, WorkloadSchema)
def workload(args: dict[str, Any]) -> Response:
    """Mỗi người đang giữ bao nhiêu, bước đến và xong trong 7, 30 ngày, trung vị mỗi bước, ai vắng, ai còn chỗ. Theo cơ quan."""
    place = (args.get("agency"), args.get("unit"))
    return reply(workload_of(current_caller(), asked_at(), runtime().settings.profile, *place, args["sort"]))


@blueprint.get("/workload.xlsx")
@requires(*READERS)
@blueprint.arguments(PlaceArgs, location="query")
@blueprint.response(200, _BINARY, content_type=XLSX)
def workload_xlsx(args: dict[str, Any]) -> Response:
    """Khối lượng cho bảng tính."""
    place = (args.get("agency"), args.get("unit"))
    return kept_reply(*workload_file(current_caller(), asked_at(), runtime().settings.profile, place, "xlsx"))


@blueprint.get("/workload.pdf")
@requires(*READERS)
@blueprint.arguments(PlaceArgs, location="query")
@blueprint.response(200, _BINARY, content_type=PDF)
def workload_pdf(args: dict[str, Any]) -> Response:
    """Khối lượng, bản in."""
    place = (args.get("agency"), args.get("unit"))
    return kept_reply(*workload_file(current_caller(), asked_at(), runtime().settings.profile, place, "pdf"))


@blueprint.get("/trends")
@requires(*READERS)
@blueprint.arguments(TrendsArgs, location="query")
@blueprint.response(200, TrendsSchema)
def trends(args: dict[str, Any]) -> Response:
    """Mười hai tháng hoặc tuần gần nhất: tiếp nhận, giải quyết, đúng hạn, còn lại, theo hình thức nộp, lĩnh vực, thủ tục; thời
    gian của từng đơn vị (QT-18.7, LA-17.1)."""
    place = (args.get("agency"), args.get("unit"))
    return reply(trends_of(current_caller(), asked_at(), args["kind"], args.get("chosen"), *place))


@blueprint.get("/trends.xlsx")
@requires(*READERS)
@blueprint.arguments(TrendsArgs, location="query")
@blueprint.response(200, _BINARY, content_type=XLSX)
def trends_xlsx(args: dict[str, Any]) -> Response:
    """Xu hướng cho bảng tính."""
    place, profile = (args.get("agency"), args.get("unit")), runtime().settings.profile
    return kept_reply(
        *trends_file(current_caller(), asked_at(), profile, args["kind"], args.get("chosen"), place, "xlsx")
    )


@blueprint.get("/trends.pdf")
@requires(*READERS)
@blueprint.arguments(TrendsArgs, location="query")
@blueprint.response(200, _BINARY, content_type=PDF)
def trends_pdf(args: dict[str, Any]) -> Response:
    """Xu hướng, bản in."""
    place, profile = (args.get("agency"), args.get("unit")), runtime().settings.profile
    return kept_reply(
        *trends_file(current_caller(), asked_at(), profile, args["kind"], args.get("chosen"), place, "pdf")
    )


@blueprint.get("/dossiers")
@requires(*READERS)
@blueprint.arguments(DossiersArgs, location="query")
@blueprint.response(200, list_schema("PeriodDossierPage", PeriodDossierSchema))
def dossiers(args: dict[str, Any]) -> Response:
    """Hồ sơ sau một số của kỳ: đã tiếp nhận, đã giải quyết (trước, đúng, quá hạn), còn lại khi kỳ kết thúc."""
    found = period_page(current_caller(), PeriodAsk(**args), runtime().settings.profile)
    return reply({name: value for name, value in found.items() if name not in ("place", "counted")})
