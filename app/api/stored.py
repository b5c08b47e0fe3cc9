"""A stored file as the body of an answer: sent piece by piece, whole or the range that was asked for."""

from __future__ import annotations

import re
from urllib.parse import quote

from flask import Response, request, send_file
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from app.errors import DomainError
from app.runtime import runtime
from app.store.files import LocalFiles, MissingFileError, StoreUnavailableError, file_store

_UNSAFE = re.compile(r"[^A-Za-z0-9 ._()-]", re.ASCII)


def disposition(name: str, *, inline: bool) -> str:
    """The Content-Disposition under which a file is handed out; `name` is what it is kept as."""
    plain = _UNSAFE.sub("_", name)
    kind = "inline" if inline else "attachment"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def stored_reply(sha256: str, media_type: str) -> Response:
    """The bytes of a file under its type, with no other header. Errors: DomainError unavailable."""
    store = file_store(runtime().settings)
    try:
        if isinstance(store, LocalFiles):
            return send_file(store.path(sha256), mimetype=media_type, etag=sha256, max_age=0)
        content = store.open(sha256)
        size = content.seek(0, 2)
        content.seek(0)
        response = send_file(content, mimetype=media_type, etag=sha256, max_age=0, conditional=False)
        response.content_length = size
        try:
            response.make_conditional(request, accept_ranges=True, complete_length=size)
        except RequestedRangeNotSatisfiable:
            response.close()
            raise
        return response
    except (FileNotFoundError, MissingFileError) as error:
        raise DomainError("unavailable", "Nội dung tệp không còn trong kho tệp; hãy báo quản trị hệ thống.") from error
    except StoreUnavailableError as error:
        raise DomainError("unavailable", "Kho tệp tạm thời không phục vụ được; hãy thử lại sau ít phút.") from error


def picture_reply(picture: bytes) -> Response:
    """A picture that we drew ourselves."""
    response = Response(picture, mimetype="image/png")
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, max-age=300"
    return response
