"""What every form that changes something brings: its key, so that it counts once, and the version that its page showed."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from flask import request

from app.access.request import current_caller
from app.actions.runner import Context, RequestKey
from app.errors import PROBLEMS, DomainError
from app.failures import failure_of
from app.runtime import asked_at, runtime

KEY = "_key"
VERSION = "_version"
CSRF = "csrf_token"
PIN = "pin"
"""Of no form is it kept, not even as a part of a digest."""
_SENT_BEFORE = (
    "Biểu mẫu này đã được gửi một lần với nội dung khác, nên lần này chưa có gì được thực hiện. "
    "Hãy xem lại; nếu vẫn cần thì bấm gửi lần nữa."
)
_KEY_FORM = re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)


def new_key() -> str:
    """A fresh key for a form: pressing its button twice counts once."""
    return secrets.token_urlsafe(18)


def is_key(text: str) -> bool:
    """Whether a form of ours could have had this key."""
    return _KEY_FORM.fullmatch(text) is not None


def form_key(key: str) -> str:
    """The idempotency key of what a form with that key does."""
    return f"form.{key}"


def page_context(attached: Iterable[str] = ()) -> Context:
    """Who acts, when, under which key, for the form that was sent; `attached` are the digests of files sent with it."""
    key = request.form.get(KEY, "")
    held = RequestKey(form_key(key), _digest(attached)) if is_key(key) else None
    return Context(current_caller(), asked_at(), held, runtime().settings.public_url, address=request.remote_addr)


def _digest(attached: Iterable[str]) -> bytes:
    digest = hashlib.sha256(f"{request.method} {request.path}\n".encode())
    for name, value in sorted(request.form.items(multi=True)):
        if name not in (CSRF, PIN):
            digest.update(f"{len(name)} {name}={len(value)} {value}\n".encode())
    for sha256 in attached:
        digest.update(sha256.encode())
    return digest.digest()


def seen_version() -> int | None:
    """The version of the task that the page showed, or None."""
    text = request.form.get(VERSION, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


@dataclass(frozen=True, slots=True)
class FormProblem:
    """A refusal as a page shows it above the form: `fields` are (id of the field, what is wrong)."""

    title: str
    detail: str
    status: int
    code: str
    fields: tuple[tuple[str, str], ...]

    def of(self, field: str) -> str | None:
        """What is wrong with a field, or None."""
        return next((text for name, text in self.fields if name == field), None)


def form_problem(error: DomainError) -> FormProblem:
    """A refusal of an action, to be shown where the person stands; `errors` name fields as their form does."""
    failure = failure_of(error)
    again = failure.code == "key_reused"  # the key is the form's: whoever fills it in knows nothing of it
    return FormProblem(
        "Biểu mẫu đã gửi trước đó" if again else PROBLEMS[failure.code].title,
        _SENT_BEFORE if again else failure.detail,
        failure.status,
        failure.code,
        tuple((name, text) for name, texts in (failure.errors or {}).items() for text in _texts(texts)),
    )


def _texts(found: object) -> Iterable[str]:
    if isinstance(found, str):
        return (found,)
    if isinstance(found, dict):
        return tuple(text for inner in found.values() for text in _texts(inner))
    return tuple(str(text) for text in found) if isinstance(found, list | tuple) else (str(found),)
