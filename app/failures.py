"""Every exception that a request can end in, as one value: the API answers it as a problem, a page shows it in words."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.exc import DataError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from app.errors import PROBLEMS, DomainError
from app.logs import get_logger

log = get_logger(__name__)

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


_NO_SUCH_CHARACTER = "22P05"


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong: a code of `app.errors.PROBLEMS`, a Vietnamese detail, the HTTP status."""

    code: str
    detail: str
    status: int
    errors: Mapping[str, Any] | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def members(self) -> dict[str, Any]:
        """The members of a problem (RFC 9457). What the failure brings beside ours never replaces one of ours."""
        ours = {
            "type": f"urn:motcua:problem:{self.code}",
            "title": PROBLEMS[self.code].title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
        }
        return {**self.extra, **ours, **({"errors": self.errors} if self.errors else {})}


def failure_of(error: BaseException) -> Failure:
    """The failure that an exception stands for; what is not the client's fault is written to the log."""
    if isinstance(error, DomainError):
        if error.kind.status >= 500 and error.code != "maintenance":  # that is meant
            log.error("request_failed", code=error.code, reason=in_a_line(error.__cause__ or error))
        # What is left of a body that is too large is not read, so the connection cannot carry another request.
        headers = {"Connection": "close"} if error.code == "too_large" else {}
        if "retry_after" in error.extra:
            headers["Retry-After"] = str(error.extra["retry_after"])
        return Failure(error.code, error.detail, error.kind.status, error.errors, error.extra, headers)
    if isinstance(error, HTTPException):
        return _http(error)
    gone = isinstance(error, OperationalError | PoolTimeout | InterfaceError)
    if gone or (isinstance(error, DBAPIError) and error.connection_invalidated):
        # No connection, a broken one, a deadlock or a time-out: nothing was committed that was not acknowledged.
        log.error("database_unavailable", reason=in_a_line(error))
        return Failure("unavailable", "Cơ sở dữ liệu tạm thời không phục vụ được; hãy thử lại sau ít giây.", 503)
    if isinstance(error, DataError) and _holds_nul(error):
        return Failure("invalid", "Dữ liệu có ký tự U+0000, không lưu được; hãy bỏ ký tự đó rồi gửi lại.", 422)
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        # Nothing was half done: what is written aside has no name yet, and a transaction that fails is rolled back.
        log.error("disk_full", reason=in_a_line(error))
        return Failure("unavailable", "Ổ đĩa của máy chủ đã đầy; hãy báo quản trị rồi thử lại sau.", 503)
    return _unknown(error)


def _holds_nul(error: DataError) -> bool:
    """Whether a text held U+0000, which no column takes: the driver says so of text, the server of JSON."""
    return getattr(error.orig, "sqlstate", None) == _NO_SUCH_CHARACTER or "NUL (0x00)" in str(error.orig)


def _http(error: HTTPException) -> Failure:
    status = error.code or 500
    if status == 500:
        return _unknown(getattr(error, "original_exception", None) or error)
    code, detail = _BY_STATUS.get(
        status, ("bad_request" if status < 500 else "internal", "Yêu cầu không thực hiện được.")
    )
    headers = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")}
    if isinstance(error, RequestEntityTooLarge):
        # What is left of the body is not read, so the connection cannot carry another request.
        headers["Connection"] = "close"
    return Failure(code, detail, status, headers=headers)


def in_a_line(error: BaseException) -> str:
    """One line: while the database is away every request says the same, and tracebacks would fill the disk."""
    return f"{type(error).__name__}: {error}".partition("\n")[0]


def _unknown(error: BaseException) -> Failure:
    log.error("request_failed", code="internal", exc_info=error)
    detail = "Hệ thống gặp lỗi khi xử lý yêu cầu. Hãy báo quản trị kèm mã yêu cầu (request_id)."
    return Failure("internal", detail, 500)
