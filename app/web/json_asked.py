"""What scripts of our own pages send and are answered: JSON of bounded size, under the session and its CSRF token.

A fault is answered as the API answers one (`app.web.failing`), wherever JSON was sent or asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from flask import Response, current_app, request

from app.errors import DomainError, invalid
from app.schemas.fields import Schema
from app.schemas.json_reading import read_json
from app.schemas.reading import load


def json_body(schema: Schema, most: int) -> dict[str, Any]:
    """The body, at most `most` bytes of it, checked. Errors: DomainError unsupported_media_type, too_large, invalid."""
    if not request.is_json:
        raise DomainError("unsupported_media_type", "Nội dung gửi lên phải là JSON (Content-Type: application/json).")
    request.max_content_length = most
    value = read_json(request.get_data(), most)
    if not isinstance(value, dict):
        raise invalid({"body": ["Phải là một đối tượng JSON."]})
    return load(schema, value)


def wants_json() -> bool:
    """Whether the address, which has a page too, is asked by a script."""
    accepted = request.accept_mimetypes
    return request.is_json or accepted.quality("application/json") > accepted.quality("text/html")


def answer_json(value: Mapping[str, Any] | list[Any], status: int = 200) -> Response:
    """Instants and days become text in the form of `app.jsontext`."""
    response = cast(Response, current_app.json.response(value))
    response.status_code = status
    return response
