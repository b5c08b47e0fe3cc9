"""What may stand in a path. Anything else is a path that does not exist, before any query is made."""

from __future__ import annotations

from typing import Any

from flask import Flask
from werkzeug.routing import BaseConverter, ValidationError

from app.store.database import BIGINT

CODE = "[0-9A-Za-z][0-9A-Za-z._-]{0,63}"


class IdConverter(BaseConverter):
    """A row's number: a positive bigint."""

    regex = "[1-9][0-9]{0,18}"

    def to_python(self, value: str) -> int:
        number = int(value)
        if number > BIGINT:
            raise ValidationError
        return number


class CodeConverter(BaseConverter):
    """The code of a dossier, a procedure or a position."""

    regex = CODE


def install(app: Flask) -> None:
    app.url_map.converters["id"] = IdConverter
    app.url_map.converters["code"] = CodeConverter


def describe(api: Any) -> None:
    """Tell the OpenAPI document about them."""
    api.register_converter(IdConverter, lambda _: {"type": "integer", "minimum": 1, "maximum": BIGINT})
    api.register_converter(CodeConverter, lambda _: {"type": "string", "pattern": f"^{CODE}$"})
