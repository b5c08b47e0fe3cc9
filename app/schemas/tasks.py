"""The bodies of the actions on a task, by the action's name as it stands in its path."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.actions.return_to_step import REASONS
from app.schemas.acting import COMMENT, ActionBody, FilledSlip
from app.schemas.components import ComponentBody
from app.schemas.fields import Choice, Flag, Instant, Many, Part, Record, Schema, Text, Whole
from app.schemas.reading import load
from app.schemas.side import SIDE_BODIES


class NoBody(ActionBody):
    comment = Text(COMMENT, lines=True, allow_none=True)


class AcceptBody(NoBody):
    fees_paid = Flag(allow_none=True, metadata={"description": "Đã nộp khoản phải nộp trước (ST-11.2c)"})


class ForwardBody(ActionBody):
    decision = Text(64, allow_none=True)
    data = Record(allow_none=True)
    assignee = Text(64, allow_none=True)
    comment = Text(COMMENT, lines=True, allow_none=True)
    attachments = Many(Whole(1), allow_none=True)
    slip = Part(FilledSlip, allow_none=True)
    appointment = Instant(allow_none=True, metadata={"description": "Thời gian hẹn lại, ở bước ghi phiếu xin lỗi"})


class ReturnBody(ActionBody):
    to_step = Text(64, allow_none=True)
    comment = Text(COMMENT, lines=True, allow_none=True)
    reason = Choice(REASONS, allow_none=True, metadata={"description": "paper_missing: chưa nhận được bản giấy"})


class HandoffBody(ActionBody):
    account = Text(64, required=True, least=1)
    reason = Text(COMMENT, lines=True, allow_none=True)
    comment = Text(COMMENT, lines=True, allow_none=True)


class FiledBody(ActionBody):
    """A comment with files of the dossier; `reason` is understood as the comment."""

    comment = Text(COMMENT, lines=True, allow_none=True)
    reason = Text(COMMENT, lines=True, allow_none=True)
    attachments = Many(Whole(1), allow_none=True)
    slip = Part(FilledSlip, allow_none=True)


class AskCorrectionBody(FiledBody):
    called = Text(COMMENT, lines=True, allow_none=True, metadata={"description": "Đã hướng dẫn gì qua điện thoại"})


class ContentsBody(FiledBody):
    """What of the dossier changes; components and data take the place of those of the same name."""

    components = Many(Part(ComponentBody), allow_none=True)
    data = Record(allow_none=True)


class CompleteBody(NoBody):
    fees_paid = Flag(allow_none=True)


class CollectorBody(Schema):
    who = Choice(("self", "other"), required=True)
    name = Text(200, allow_none=True)
    id_number = Text(32, allow_none=True)
    authority = Text(1000, allow_none=True, metadata={"description": "Giấy ủy quyền, giấy giới thiệu"})


class DeliverResultBody(FiledBody):
    mode = Choice(("desk", "post", "online"), allow_none=True)
    collector = Part(CollectorBody, allow_none=True)
    originals_checked = Flag(allow_none=True)
    fees_paid = Flag(allow_none=True)
    tracking_number = Text(64, allow_none=True)
    handed_at = Instant(allow_none=True, metadata={"description": "Lúc thực trả; không ghi là bây giờ (ST-16.3)"})


BODIES: Mapping[str, type[Schema]] = {
    "accept": AcceptBody,
    "forward": ForwardBody,
    "return": ReturnBody,
    "handoff": HandoffBody,
    "reassign": HandoffBody,
    "join": HandoffBody,
    "contribute": FiledBody,
    "refuse-intake": FiledBody,
    "ask-correction": AskCorrectionBody,
    "receive-correction": ContentsBody,
    "complete": CompleteBody,
    "deliver-result": DeliverResultBody,
    **SIDE_BODIES,
}
"""The other actions take a NoBody."""


def read_body(action: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """What an action was sent, checked. Errors: DomainError invalid, field by field."""
    return load(BODIES.get(action, NoBody)(), values)
