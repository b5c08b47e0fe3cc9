"""Whose time a dossier's was (QT-20, QT-28.5d)."""

from __future__ import annotations

from flask import Response

from app.access.guard import requires
from app.access.request import current_caller
from app.api.blueprint import Blueprint, reply
from app.rules.permissions import READERS
from app.runtime import asked_at
from app.schemas.fields import Choice, Flag, Instant, Many, Part, Schema, Text, Whole
from app.views.attribution import FREE_WORDS, attribution_of

blueprint = Blueprint(
    "attribution", __name__, url_prefix="/api/v1/dossiers/<code:code>", description="Hồ sơ: thời gian đã qua ai"
)
_SPENT = {
    "seconds": "Giây làm việc tính cho người giữ",
    "free_seconds": "Trong lúc giữ nhưng không tính cho ai (tạm dừng, đã có kết quả)",
    "late_seconds": "Giữ sau khi hết thời hạn của bước",
    "overdue_seconds": "Giữ sau hạn xử lý của hồ sơ",
}


class SpentSchema(Schema):
    agency = Text(64)
    agency_name = Text(500)
    seconds = Whole(metadata={"description": _SPENT["seconds"]})
    free_seconds = Whole(metadata={"description": _SPENT["free_seconds"]})
    late_seconds = Whole(metadata={"description": _SPENT["late_seconds"]})
    overdue_seconds = Whole(metadata={"description": _SPENT["overdue_seconds"]})
    running = Flag(metadata={"description": "Đang giữ"})


class AgencyTimeSchema(SpentSchema):
    limit_seconds = Whole(allow_none=True, metadata={"description": "Thời hạn chuyển của cơ quan, giây làm việc"})
    used_seconds = Whole(allow_none=True, metadata={"description": "Đã dùng của thời hạn đó trong lượt này"})
    transfer_late_seconds = Whole()
    transfer_due_at = Instant(allow_none=True)
    extra_seconds = Whole(metadata={"description": "Thời gian thêm do cơ quan đề nghị hẹn lại (QT-20.2đ)"})


class UnitTimeSchema(SpentSchema):
    unit_name = Text(500, allow_none=True)


class StepTimeSchema(UnitTimeSchema):
    step = Text(128)
    step_name = Text(500)
    limit_seconds = Whole(allow_none=True)
    limit_unit = Choice(("working", "calendar"), allow_none=True)


class PersonTimeSchema(StepTimeSchema):
    account = Text(64, allow_none=True, metadata={"description": "null: chờ người nhận"})
    name = Text(500, allow_none=True)


class FreeTimeSchema(Schema):
    reason = Choice(tuple(FREE_WORDS))
    words = Text(200)
    from_at = Instant()
    to_at = Instant()
    seconds = Whole()
    running = Flag()


class PartnerSchema(Schema):
    agency = Text(64)
    agency_name = Text(500)


TransferSchema = Schema.from_dict(
    {
        "kind": Text(64),
        "title": Text(200),
        "from": Many(Part(PartnerSchema)),
        "to": Many(Part(PartnerSchema)),
        "sent_at": Instant(),
        "delivered_at": Instant(allow_none=True, metadata={"description": "Khi gửi không kèm giấy (QT-20.2b)"}),
    },
    name="TransferSchema",
)


class AttributionSchema(Schema):
    charged_seconds = Whole()
    overdue_seconds = Whole(metadata={"description": "Giây làm việc sau hạn xử lý"})
    deadline_at = Instant(allow_none=True)
    agencies = Many(Part(AgencyTimeSchema), most=1000)
    units = Many(Part(UnitTimeSchema), most=10_000)
    steps = Many(Part(StepTimeSchema), most=10_000)
    people = Many(Part(PersonTimeSchema), most=10_000)
    free = Many(Part(FreeTimeSchema), most=10_000)
    transfers = Many(Part(TransferSchema), most=10_000)


@blueprint.get("/attribution")
@requires(*READERS)
@blueprint.response(200, AttributionSchema)
def attribution(code: str) -> Response:
    """Hồ sơ đã qua ai, mỗi người, bước, đơn vị, cơ quan bao lâu, so với thời hạn, quá bao lâu; thời gian không của ai."""
    return reply(attribution_of(current_caller(), code, asked_at()))
