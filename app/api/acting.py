"""What every changing route shares: the caller's context, the idempotency key, the version that the client saw."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Response, request

from app.access.request import current_caller
from app.actions.by_name import command_for
from app.actions.late import happened_in
from app.actions.runner import Context, RequestKey, run_task
from app.api.blueprint import reply
from app.errors import DomainError, invalid
from app.runtime import asked_at, runtime
from app.views.acting import outcome_view

_KEY = re.compile(r"[\x21-\x7e]{1,200}")
NO_SUCH_VERSION = -1


def acting_context() -> Context:
    """Who acts, when, under which key, for the running request."""
    key, url = _request_key(), runtime().settings.public_url
    return Context(current_caller(), asked_at(), key, url, address=request.remote_addr)


def without_pin(context: Context, body: Mapping[str, Any]) -> Context:
    """The same under a digest of the request that the PIN is no part of: what is kept tells nothing of it."""
    if context.key is None or "pin" not in body:
        return context
    said = json.dumps({name: value for name, value in body.items() if name != "pin"}, sort_keys=True, default=str)
    digest = hashlib.sha256(f"{request.method} {request.path}\n{said}".encode()).digest()
    return replace(context, key=RequestKey(context.key.key, digest))


def idempotency_key() -> str | None:
    """The request's Idempotency-Key. Errors: DomainError invalid."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and not _KEY.fullmatch(key):
        raise invalid({"Idempotency-Key": ["Phải là 1 đến 200 ký tự ASCII in được, không có dấu cách."]})
    return key


def key_of_path(text: str) -> str:
    """An Idempotency-Key as it stands in a path. Errors: DomainError not_found where none can be called so."""
    if not _KEY.fullmatch(text):
        raise DomainError("not_found", "Không có khóa Idempotency-Key nào như vậy.")
    return text


def _request_key() -> RequestKey | None:
    key = idempotency_key()
    if key is None:
        return None
    digest = hashlib.sha256(f"{request.method} {request.path}\n".encode())
    digest.update(request.get_data(cache=True))
    return RequestKey(key, digest.digest())


def expected_version() -> int | None:
    """The version named by `If-Match`; None when any will do; one that never was when the tag is not ours."""
    header = request.headers.get("If-Match")
    if header is None or header.strip() == "*":
        return None
    tag = header.strip().removeprefix("W/").strip('"')
    return int(tag) if tag.isdecimal() and len(tag) < 19 else NO_SUCH_VERSION


def act_on_task(action: str, task_id: int, body: dict[str, Any]) -> Response:
    """Carry out an action on a task for the running request, and tell what it came to."""
    command = command_for(action, task_id, expected_version(), body)
    context = replace(acting_context(), happened=happened_in(body))
    answer = run_task(command, context, outcome_view)
    return reply(answer, headers={"ETag": etag(answer["version"])} if "version" in answer else None)


def etag(version: int) -> str:
    """A task's ETag is its version."""
    return f'"{version}"'
