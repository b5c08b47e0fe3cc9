"""What the body of every action has."""

from __future__ import annotations

from app.schemas.fields import Instant, Schema, Text

COMMENT = 4000
"""The longest comment, in characters."""


class ActionBody(Schema):
    """What every action takes: when it really happened and why it is entered late (QT-28.5c)."""

    happened_at = Instant(allow_none=True)
    late_reason = Text(COMMENT, lines=True, allow_none=True)
