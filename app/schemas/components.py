"""What was handed in with a dossier, component by component."""

from __future__ import annotations

from app.schemas.fields import Choice, Flag, Schema, Text, Whole

ORIGINS = ("register", "certified", "digitised")
"""Where an electronic component comes from (HT-7.3): a copy from the master register, a certified electronic copy, or
digitised from paper."""


class ComponentBody(Schema):
    code = Text(64, required=True, least=1)
    kind = Choice(("original", "copy", "electronic", "presented"), required=True)
    quantity = Whole(0, 9999, load_default=1)
    attachment = Whole(1, allow_none=True)
    signed = Flag(metadata={"description": "Người nộp đã ký số"})
    origin = Choice(ORIGINS, metadata={"description": "Nguồn của bản điện tử (HT-7.3)"})
