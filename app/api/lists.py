"""The schemas of lists in pages: what is asked, and `{"data", "total", "next"}`."""

from __future__ import annotations

from typing import Any

from app.schemas.fields import Choice, Many, Part, Schema, Text, Whole
from app.store.inbox import MOST_COUNTED


class PageArgs(Schema):
    page_size = Whole(1, 100, load_default=50)
    cursor = Text(400)


def list_schema(name: str, item: type[Schema], **beside: Any) -> Schema:
    """The schema of a page of items; `beside` are fields that this one answers besides."""
    fields = {
        "data": Many(Part(item)),
        "total": Whole(metadata={"description": f"Đếm đến {MOST_COUNTED}; nhiều hơn thì có total_is"}),
        "total_is": Choice(("at_least",)),
        "next": Text(400, allow_none=True),
        **beside,
    }
    made: Schema = type(name, (Schema,), fields)()
    return made
