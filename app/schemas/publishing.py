"""The bodies of publishing a draft, of corrections and of what is said at the check."""

from __future__ import annotations

from app.schemas.acting import COMMENT
from app.schemas.fields import Day, Schema, Text, Whole


class PreparationBody(Schema):
    """What may be known of a decision before a draft is published by it; `saved` counts how often it was kept."""

    decision_number = Text(200)
    decided_on = Day()
    effective_from = Day()
    amends = Text(500)
    note = Text(COMMENT, lines=True)
    corrects = Whole(1)
    reason = Text(COMMENT, lines=True)
    saved = Whole(0, load_default=0)


class PublishDraftBody(Schema):
    revision = Whole(1, required=True)
    saved = Whole(0, load_default=0)
    despite = Text(COMMENT, lines=True)


class CorrectVersionBody(Schema):
    using = Whole(1, required=True, metadata={"description": "Phiên bản cùng quyết định có cấu hình đúng"})
    reason = Text(COMMENT, lines=True, required=True, least=1)


class VersionCommentBody(Schema):
    text = Text(COMMENT, lines=True, required=True, least=1)
    element = Text(64, metadata={"description": "Mã bước; bỏ trống: về cả phiên bản"})
    answer_to = Whole(1, metadata={"description": "Trả lời ý kiến nào"})
