"""Everything that goes wrong becomes one form: `application/problem+json` (RFC 9457) in Vietnamese, with a stable code."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import Flask, Response, g
from werkzeug.exceptions import HTTPException

from app.errors import PROBLEMS
from app.failures import Failure, failure_of
from app.jsontext import dumps
from app.schemas.fields import Anything, Many, Record, Schema, Text, Whole

MEDIA_TYPE = "application/problem+json"


class ProblemSchema(Schema):
    """What every error answers; some bring more members of their own, as RFC 9457 has it: the rule that was met, the state."""

    class Meta(Schema.Meta):
        unknown = ma.INCLUDE

    type = Text(200)
    title = Text(200)
    status = Whole(400, 599)
    detail = Text(2000)
    code = Text(64, metadata={"enum": sorted(PROBLEMS)})
    errors = Record(metadata={"description": "Lỗi của từng trường: {trường: [lời nhắn]}"})
    problems = Many(
        Anything(), metadata={"description": "Lỗi của sơ đồ (diagram_rejected), của mẫu phiếu (template_rejected)"}
    )
    request_id = Text(64)


def problem_body(failure: Failure) -> dict[str, Any]:
    """The members of a problem answer: the failure's own, and which request it was."""
    return failure.members() | {"request_id": g.get("request_id")}


def problem(failure: Failure) -> Response:
    """A problem answer."""
    response = Response(dumps(problem_body(failure)), status=failure.status, content_type=MEDIA_TYPE)
    response.headers["Cache-Control"] = "no-store"
    response.headers.extend(failure.headers)
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="motcua"'
    if response.status_code == 503:
        response.headers.setdefault("Retry-After", "5")
    return response


def answer(error: Exception) -> Response:
    """The answer to a request that ended in this exception."""
    if isinstance(error, HTTPException) and (error.code or 500) < 400:  # a redirect is an answer, not a problem
        return Response(error.get_body(), error.code, error.get_headers())
    return problem(failure_of(error))


def register(app: Flask) -> None:
    """Take over every error of the application; a blueprint's own handlers come first."""
    # flask-smorest has registered itself for HTTPException, which is closer than Exception.
    for kind in (HTTPException, Exception):
        app.register_error_handler(kind, answer)
