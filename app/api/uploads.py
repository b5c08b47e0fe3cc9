"""How large the body of a request may be that brings a file: as large as the file, which is as large as its procedure allows.

Everything else stays within MAX_BODY_BYTES. The limit is set before anything of the body is read, so a body that says how
large it is is refused at once, and one that does not (or lies) as soon as it passes the limit. A file lies on disk as it
arrives, never in memory.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from typing import IO, Any, TypeVar, cast

from flask import Request, current_app, request
from werkzeug.exceptions import BadRequest

from app.actions.taking_files import limit_of, too_large
from app.runtime import runtime
from app.store.procedures import max_file_bytes
from app.store.transaction import reading

View = TypeVar("View", bound=Callable[..., Any])
IN_MEMORY = 256 * 1024
AROUND = 64 * 1024
"""What a form is longer than its file."""


class UploadRequest(Request):
    """A request whose files lie in the data folder while it lasts, and are closed with it, also when it is refused halfway."""

    streams: list[IO[bytes]]

    def _load_form_data(self) -> None:
        """Errors: BadRequest for a part without a name, which werkzeug files under None and no form of anybody's sends."""
        super()._load_form_data()
        if None in self.form or None in self.files:
            raise BadRequest("A part without a name.")

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        folder = runtime().settings.data / "uploads"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Without a name in the folder from the beginning: nothing is left behind, however the process ends.
        stream = cast(IO[bytes], tempfile.SpooledTemporaryFile(max_size=IN_MEMORY, dir=str(folder)))  # noqa: SIM115 - closed with the request
        self.__dict__.setdefault("streams", []).append(stream)
        return stream

    def close(self) -> None:
        super().close()
        for stream in self.__dict__.get("streams", ()):
            stream.close()


def takes_files(view: View) -> View:
    """Mark a view whose POST brings files into a dossier."""
    view.takes_files = True  # type: ignore[attr-defined]
    return view


def widen() -> None:
    """Allow a file of the installation's limit where files come in. Errors: DomainError too_large."""
    if _brings_files():
        _allow(runtime().settings.max_file_bytes)


def narrow() -> None:
    """Allow no more than the dossier's procedure does; once it is known who asks. Errors: DomainError too_large."""
    if not _brings_files():
        return
    code = (request.view_args or {}).get("code")
    with reading() as connection:
        own = max_file_bytes(connection, code) if code else None
    if own is not None:
        _allow(limit_of(own, runtime().settings.max_file_bytes))


def _brings_files() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return request.method == "POST" and getattr(view, "takes_files", False)


def _allow(limit: int) -> None:
    request.max_content_length = limit + AROUND
    if (request.content_length or 0) > limit + AROUND:
        raise too_large(limit)
