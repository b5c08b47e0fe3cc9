"""The bodies of the actions on a task, by the action's name as it stands in its path."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.schemas.fields import Many, Record, Schema, Text, Whole
from app.schemas.reading import load

COMMENT = 4000
"""The longest comment, in characters."""


class NoBody(Schema):
    comment = Text(COMMENT, lines=True, allow_none=True)


class ForwardBody(Schema):
    decision = Text(64, allow_none=True)
    data = Record(allow_none=True)
    assignee = Text(64, allow_none=True)
    comment = Text(COMMENT, lines=True, allow_none=True)
    attachments = Many(Whole(1), allow_none=True)


class ReturnBody(Schema):
    to_step = Text(64, allow_none=True)
    comment = Text(COMMENT, lines=True, allow_none=True)


class HandoffBody(Schema):
    account = Text(64, required=True, least=1)
    reason = Text(COMMENT, lines=True, allow_none=True)
    comment = Text(COMMENT, lines=True, allow_none=True)


BODIES: Mapping[str, type[Schema]] = {"forward": ForwardBody, "return": ReturnBody, "handoff": HandoffBody}
"""The other actions take a NoBody."""


def read_body(action: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """What an action was sent, checked. Errors: DomainError invalid, field by field."""
    return load(BODIES.get(action, NoBody)(), values)
