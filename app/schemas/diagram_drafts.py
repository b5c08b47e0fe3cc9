"""What is sent of a draft of a diagram: its files, and what is said about them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from app.schemas.fields import Choice, Record, Schema, Text, Whole

MOST_BYTES = 16 * 1024 * 1024
"""Of everything that a page saves at once; what each file may have, `app.actions.diagram_drafts` says."""
MOST_FORMS, MOST_CALLED, MOST_SIDES = 40, 20, 10
LONGEST_NAME = 200
LONGEST_TITLE = 200
LONGEST_LABEL = 200
LONGEST_COMMENT = 4000


class FileText(fields.Field[str]):
    """The text of a file, taken as it is: neither stripped nor composed anew."""

    default_error_messages = {  # noqa: RUF012
        "required": "Phải có trường này.",
        "null": "Không được để trống (null).",
        "invalid": "Phải là chuỗi ký tự.",
        "validator_failed": "Giá trị không hợp lệ.",
    }

    def _serialize(self, value: str | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return value

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        return value


def _several(most: int, inner: fields.Field[Any]) -> Record:
    many = validate.Length(max=most, error=f"Có quá {most} mục.")
    return Record(keys=Text(LONGEST_NAME, least=1), values=inner, validate=many)


class SaveBody(Schema):
    """What is left out stays as it is."""

    revision = Whole(1, required=True)
    diagram = FileText()
    forms = _several(MOST_FORMS, Record())
    called = _several(MOST_CALLED, FileText())
    sides = _several(MOST_SIDES, FileText())
    kind = Choice(("auto", "kept"), load_default="auto")
    label = Text(LONGEST_LABEL, allow_none=True, load_default=None)


class CommentBody(Schema):
    """`element`: the id of what it is about in the diagram; `parent`: the comment that it answers."""

    text = Text(LONGEST_COMMENT, least=1, lines=True, required=True)
    element = Text(200, allow_none=True, load_default=None)
    parent = Whole(1, allow_none=True, load_default=None)
