"""The bodies of the actions that ask for a side process: why, until when, with which paper."""

from __future__ import annotations

from collections.abc import Mapping

from app.schemas.acting import COMMENT, ActionBody, FilledSlip
from app.schemas.fields import Instant, Many, Part, Schema, Text, Whole


def _reason() -> Text:
    return Text(COMMENT, lines=True, allow_none=True, metadata={"description": "Lý do, in trên phiếu"})


def _files() -> Many:
    return Many(Whole(1), allow_none=True, metadata={"description": "Số của các tệp đính kèm; tệp đầu là phiếu"})


def _agencies(description: str) -> Many:
    return Many(Text(64), allow_none=True, metadata={"description": description})


class SlipBody(ActionBody):
    """A reason and a paper; `comment` is understood as the reason."""

    reason = _reason()
    comment = _reason()
    attachments = _files()
    slip = Part(FilledSlip, allow_none=True)


class MergedBody(SlipBody):
    agencies = _agencies("Mã các cơ quan phối hợp có phiếu được tổng hợp")


class SupplementBody(MergedBody):
    items = Many(Text(500), most=100, allow_none=True, metadata={"description": "Giấy tờ còn thiếu, mỗi mục một dòng"})


class ExtensionBody(MergedBody):
    appointment = Instant(allow_none=True, metadata={"description": "Thời gian hẹn lại"})


class PaymentBody(SlipBody):
    amount = Whole(1, 10**15, allow_none=True, metadata={"description": "Số tiền, đồng"})
    limit_at = Instant(allow_none=True, metadata={"description": "Hạn nộp tiền"})


class OpinionBody(SlipBody):
    content = _reason()
    agencies = _agencies("Mã các cơ quan được lấy ý kiến")
    limit_at = Instant(allow_none=True, metadata={"description": "Thời hạn trả lời"})


class VisitBody(ActionBody):
    content = _reason()
    comment = _reason()
    visit_at = Instant(allow_none=True, metadata={"description": "Thời gian xác minh"})
    place = Text(500, allow_none=True)
    participants = Text(2000, lines=True, allow_none=True)


SIDE_BODIES: Mapping[str, type[Schema]] = {
    "request-supplement": SupplementBody,
    "reject": MergedBody,
    "withdraw": SlipBody,
    "stop": SlipBody,
    "request-extension": ExtensionBody,
    "apologise": ExtensionBody,
    "request-payment": PaymentBody,
    "ask-opinion": OpinionBody,
    "arrange-visit": VisitBody,
}
