"""What is said when dossiers are handed to an authority, by the interface and by the page alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.schemas.fields import Day, Many, Schema, Text
from app.views.disclosing import MOST_DOSSIERS, Disclose


class DisclosureBody(Schema):
    authority = Text(500, required=True, least=1, metadata={"description": "Cơ quan có thẩm quyền yêu cầu"})
    request_number = Text(100, required=True, least=1, metadata={"description": "Số văn bản yêu cầu"})
    requested_on = Day(required=True, metadata={"description": "Ngày của văn bản"})
    basis = Text(1000, required=True, least=1, lines=True, metadata={"description": "Điều luật cho phép yêu cầu"})
    reason = Text(2000, required=True, least=1, lines=True)
    dossiers = Many(Text(64, least=1), most=MOST_DOSSIERS, required=True, metadata={"description": "Mã hồ sơ"})


def disclose_command(body: Mapping[str, Any]) -> Disclose:
    """The command of a DisclosureBody."""
    return Disclose(**{**body, "dossiers": tuple(dict.fromkeys(body["dossiers"]))})
