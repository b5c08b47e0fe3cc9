"""Values through a schema, and what is wrong with them field by field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.errors import invalid
from app.schemas.fields import Schema, ValidationError


def load(schema: Schema, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values, checked. Errors: DomainError invalid with `errors` as `by_field` names them."""
    try:
        body: dict[str, Any] = schema.load(values)
    except ValidationError as error:
        raise invalid(by_field(error.messages)) from error
    return body


def by_field(messages: Any, path: str = "") -> dict[str, list[str]]:
    """marshmallow's nested messages as `{"components.0.code": [message]}`."""
    if isinstance(messages, Mapping):
        found: dict[str, list[str]] = {}
        for key, inner in messages.items():
            step = "" if key == "_schema" else str(key)
            found |= by_field(inner, f"{path}.{step}".strip("."))
        return found
    return {path or "body": [str(message) for message in messages]}
