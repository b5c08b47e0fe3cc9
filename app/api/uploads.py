"""How large the body of a request may be that brings a file: as large as the file, which is as large as its procedure allows.

Everything else stays within MAX_BODY_BYTES. The limit is set before anything of the body is read, so a body that says how
large it is is refused at once, and one that does not (or lies) as soon as it passes the limit. A file lies on disk as it
arrives, never in memory.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app, request

from app.actions.taking_files import limit_of, too_large
from app.runtime import runtime
from app.store.procedures import max_file_bytes
from app.store.transaction import reading

View = TypeVar("View", bound=Callable[..., Any])
AROUND = 64 * 1024
"""What a form is longer than its file."""


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
