"""Everything that goes wrong becomes one form: `application/problem+json` (RFC 9457) in Vietnamese, with a stable code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask, Response, g
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from app.api.fields import Anything, Many, Record, Schema, Text, Whole
from app.errors import PROBLEMS, DomainError
from app.jsontext import dumps
from app.logs import get_logger

log = get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
_BY_STATUS = {
    400: ("bad_request", "Yêu cầu không đúng dạng."),
    401: ("unauthenticated", "Hãy đăng nhập."),
    403: ("forbidden", "Không có quyền thực hiện."),
    404: ("not_found", "Không có đường dẫn này."),
    405: ("method_not_allowed", "Xem /openapi.json để biết các phương thức được nhận."),
    412: ("stale_version", "Dữ liệu đã thay đổi; hãy tải lại."),
    413: ("too_large", "Dữ liệu gửi lên vượt quá giới hạn."),
    415: ("unsupported_media_type", "Hãy gửi JSON, hoặc multipart/form-data khi gửi tệp."),
    422: ("invalid", "Dữ liệu không hợp lệ."),
    429: ("too_many_requests", "Hãy chờ một lát rồi thử lại."),
    503: ("unavailable", "Hãy thử lại sau ít phút."),
}


class ProblemSchema(Schema):
    """What every error answers."""

    type = Text(200)
    title = Text(200)
    status = Whole(400, 599)
    detail = Text(2000)
    code = Text(64, metadata={"enum": sorted(PROBLEMS)})
    errors = Record(metadata={"description": "Lỗi của từng trường: {trường: [lời nhắn]}"})
    problems = Many(Anything(), metadata={"description": "Lỗi của sơ đồ, khi mã là diagram_rejected"})
    request_id = Text(64)


def problem(
    code: str,
    detail: str,
    *,
    status: int | None = None,
    errors: Mapping[str, Any] | None = None,
    extra: Mapping[str, Any] | None = None,
) -> Response:
    """A problem answer. `extra` adds members of its own; it never replaces one of ours."""
    kind = PROBLEMS[code]
    body: dict[str, Any] = {**(extra or {})}
    body |= {
        "type": f"urn:motcua:problem:{code}",
        "title": kind.title,
        "status": status or kind.status,
        "detail": detail,
        "code": code,
    }
    if errors:
        body["errors"] = errors
    body["request_id"] = g.get("request_id")
    response = Response(dumps(body), status=status or kind.status, content_type=MEDIA_TYPE)
    response.headers["Cache-Control"] = "no-store"
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="motcua"'
    if response.status_code == 503:
        response.headers["Retry-After"] = "5"
    return response


def register(app: Flask) -> None:
    """Take over every error of the application; later handlers of the same class would win, so call this last."""
    app.register_error_handler(DomainError, _domain)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _database_gone)
    app.register_error_handler(PoolTimeout, _database_gone)
    app.register_error_handler(InterfaceError, _database_gone)
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(Exception, _unknown)


def _domain(error: DomainError) -> Response:
    if error.kind.status >= 500:
        log.error("request_failed", code=error.code, reason=_reason(error.__cause__ or error))
    return problem(error.code, error.detail, errors=error.errors, extra=error.extra)


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:  # a redirect is an answer, not a problem
        return Response(error.get_body(), status, error.get_headers())
    if status == 500:
        return _unknown(getattr(error, "original_exception", None) or error)
    code, detail = _BY_STATUS.get(
        status, ("bad_request" if status < 500 else "internal", "Yêu cầu không thực hiện được.")
    )
    response = problem(code, detail, status=status)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    if isinstance(error, RequestEntityTooLarge):
        # What is left of the body is not read, so the connection cannot carry another request.
        response.headers["Connection"] = "close"
    return response


def _database_gone(error: Exception) -> Response:
    """No connection, a broken one, a deadlock or a time-out: nothing was committed that was not acknowledged."""
    log.error("database_unavailable", reason=_reason(error))
    return problem("unavailable", "Cơ sở dữ liệu tạm thời không phục vụ được; hãy thử lại sau ít giây.")


def _database(error: DBAPIError) -> Response:
    return _database_gone(error) if error.connection_invalidated else _unknown(error)


def _reason(error: BaseException) -> str:
    """One line: while the database is away every request says the same, and tracebacks would fill the disk."""
    return f"{type(error).__name__}: {error}".partition("\n")[0]


def _unknown(error: BaseException) -> Response:
    log.error("request_failed", code="internal", exc_info=error)
    return problem("internal", "Hệ thống gặp lỗi khi xử lý yêu cầu. Hãy báo quản trị kèm mã yêu cầu (request_id).")
