"""A stored file as the body of an answer: sent piece by piece, whole or the range that was asked for."""

from __future__ import annotations

import re
from urllib.parse import quote

from flask import Response, request, send_file

from app.errors import DomainError
from app.runtime import runtime
from app.store.files import CHUNK, FileStore, LocalFiles, MissingFileError, StoreUnavailableError, file_store

_UNSAFE = re.compile(r"[^A-Za-z0-9 ._()-]", re.ASCII)


def disposition(name: str, *, inline: bool) -> str:
    """The Content-Disposition under which a file is handed out; `name` is what it is kept as."""
    plain = _UNSAFE.sub("_", name)
    kind = "inline" if inline else "attachment"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def stored_reply(sha256: str, size: int, media_type: str) -> Response:
    """The bytes of a file under its type, with no other header. Errors: DomainError unavailable."""
    store = file_store(runtime().settings)
    if isinstance(store, LocalFiles):
        try:
            return send_file(store.path(sha256), mimetype=media_type, etag=sha256, max_age=0)
        except FileNotFoundError as error:
            raise _missing() from error
    return _piece_by_piece(store, sha256, size, media_type)


def picture_reply(picture: bytes) -> Response:
    """A picture that we drew ourselves."""
    response = Response(picture, mimetype="image/png")
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, max-age=300"
    return response


def _piece_by_piece(store: FileStore, sha256: str, size: int, media_type: str) -> Response:
    if request.if_none_match.contains(sha256):
        response = Response(status=304)
        response.set_etag(sha256)
        return response
    try:
        body = store.open(sha256)
    except MissingFileError as error:
        raise _missing() from error
    except StoreUnavailableError as error:
        raise DomainError("unavailable", "Kho tệp tạm thời không phục vụ được; hãy thử lại sau ít phút.") from error
    response = Response(iter(lambda: body.read(CHUNK), b""), mimetype=media_type)
    response.call_on_close(body.close)
    response.content_length = size
    response.set_etag(sha256)
    return response


def _missing() -> DomainError:
    return DomainError("unavailable", "Nội dung tệp không còn trong kho tệp; hãy báo quản trị hệ thống.")
