"""Who else is at a dossier's page: asked by the page's script every twenty seconds while somebody looks at it."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, request

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.drafts import draft_for
from app.actions.presence import note_presence
from app.rules.permissions import READERS
from app.runtime import asked_at
from app.views.presence import presence_of
from app.web.blueprint import page
from app.web.rendering import instant


@page.post("/ho-so/<code:code>/co-mat")
@requires(*READERS)
def here(code: str) -> Response:
    """`nhap`: she typed since the last time; `roi`: she leaves; `sau`: the last event that her page shows; `viec`: the task
    whose draft she may be writing elsewhere too. Answers words: {here, moved, draft: {at, page, words}}."""
    caller, now = current_caller(), asked_at()
    leaves = request.form.get("roi") == "1"
    note_presence(caller, code, now, typing=request.form.get("nhap") == "1", leaves=leaves)
    if leaves:
        return Response(status=204)
    found = presence_of(caller, code, now, _number("sau"))
    return jsonify({"here": here_words(found["people"]), "moved": moved_words(found["moved"]), "draft": _draft()})


def here_words(people: list[dict[str, Any]]) -> str:
    """Who is here and who is typing, in one line; empty when nobody is."""
    typing = [one["name"] for one in people if one["typing"]]
    looking = [one["name"] for one in people if not one["typing"]]
    parts = []
    if typing:
        parts.append(f"{_names(typing)} đang nhập")
    if looking:
        parts.append(f"{_names(looking)} đang mở")
    return f"{'; '.join(parts)} hồ sơ này." if parts else ""


def moved_words(moved: dict[str, Any] | None) -> str:
    """That the dossier has moved on since the page was made; empty when it has not."""
    if moved is None:
        return ""
    who = "bạn (ở thẻ hoặc máy khác)" if moved["mine"] else moved["name"] or "Hệ thống"
    return f"Hồ sơ đã thay đổi từ khi bạn mở trang: {moved['title'].lower()} ({who}, {instant(moved['at'])})."


def _draft() -> dict[str, str] | None:
    task = _number("viec")
    kept = draft_for(current_caller(), task) if task is not None else None
    if kept is None:
        return None
    words = f"Bản nháp mới hơn đã được lưu ở thẻ hoặc máy khác lúc {instant(kept.updated_at)}."
    return {"at": kept.updated_at.isoformat(), "page": kept.page or "", "words": words}


def _number(name: str) -> int | None:
    text = request.form.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _names(names: list[str]) -> str:
    shown = [name if len(name) <= 60 else f"{name[:60]}…" for name in names[:3]]
    return ", ".join(shown) + (f" và {len(names) - 3} người khác" if len(names) > 3 else "")
