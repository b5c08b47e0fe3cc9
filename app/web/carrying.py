"""An expired session loses nothing: what a form had sent is carried through the sign-in and offered again.

Nothing is carried out on the way. After signing in, the person sees what would be sent and presses the button herself, so a
form of a foreign page gains nothing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from flask import Response, make_response, render_template, request
from werkzeug.exceptions import RequestEntityTooLarge

from app.actions.drafts import is_secret
from app.actions.open_task import TITLES
from app.web import action_fields, registration_form
from app.web.acting import CSRF, KEY, VERSION
from app.web.task_forms import FIELDS

FIELD = "_carried"
MOST_CARRIED = 256 * 1024
_HIDDEN = (CSRF, "otp", FIELD)
"""With whatever is secret: never carried, so that nobody who signs in next on that computer reads it."""
_TECHNICAL = (KEY, VERSION)
LABELS = {
    "comment": "Ý kiến",
    "decision": "Kết quả xử lý",
    "assignee": "Chuyển cho",
    "account": "Bàn giao cho",
    "to_step": "Trả về bước",
    "text": "Nháp",
    "reason": "Lý do",
    **registration_form.TYPED,
    **action_fields.labels(FIELDS),
}
"""How a person knows the fields that she types into."""


@dataclass(frozen=True, slots=True)
class Carried:
    """A page to go back to, and the form that it had sent; `files` were chosen and must be chosen again."""

    path: str
    fields: tuple[tuple[str, str], ...] = ()
    files: bool = False

    @property
    def shown(self) -> list[tuple[str, str]]:
        """What a person recognises as her own words, nothing empty."""
        return [(LABELS[name], value) for name, value in self.fields if name in LABELS and value.strip()]

    @property
    def ticked(self) -> bool:
        """Whether the form holds more than words: ticks and choices, whose names mean something to programs only."""
        return any(name not in LABELS and name not in _TECHNICAL for name, _ in self.fields)

    @property
    def doing(self) -> str | None:
        """What sending it does, where that has a name."""
        last = self.path.rpartition("/")[2]
        chosen = next((value for name, value in self.fields if name == "action"), "")
        if self.path.startswith("/viec/"):
            return TITLES.get(chosen if last == "hang-loat" else last)
        return "Tiếp nhận hồ sơ" if self.path.startswith("/tiep-nhan/") else None

    @property
    def key(self) -> str | None:
        """The key that the form had: should it have arrived after all before the session ended, it is not done twice."""
        return next((value for name, value in self.fields if name == KEY), None)

    def as_text(self) -> str:
        return json.dumps({"path": self.path, "fields": self.fields, "files": self.files}, ensure_ascii=False)


def safe_path(path: str) -> str:
    """`path` when it is an address of this site, else the start page."""
    # One slash and then anything but another: no scheme or host can follow. Browsers take a backslash for a slash and
    # leave out control characters.
    fine = path.startswith("/") and not path.startswith("//") and path.isprintable() and "\\" not in path
    return path if fine else "/"


def _may_be_carried(name: str) -> bool:
    return name not in _HIDDEN and not is_secret(name)


def carried_of_request() -> Carried:
    """What the running request would lose."""
    if request.method != "POST":
        return Carried(safe_path(request.full_path.rstrip("?")))
    try:
        fields = tuple((name, value) for name, value in request.form.items(multi=True) if _may_be_carried(name))
    except RequestEntityTooLarge:  # more than any form of ours holds: nobody typed that
        return Carried("/")
    files = any(file.filename for file in request.files.values())
    # Where nothing is to be sent again, a page that can be opened: not every address that takes forms is one.
    return Carried(safe_path(request.path) if fields else "/", fields, files)


def carried_of_form() -> Carried:
    """What a sign-in form carries. Anything that is not ours counts as nothing."""
    text = request.form.get(FIELD, "")
    try:
        found: Any = json.loads(text) if len(text) <= MOST_CARRIED else {}
        told = ((str(name), str(value)) for name, value in found.get("fields", ()))
        fields = tuple((name, value) for name, value in told if _may_be_carried(name))
        carried = Carried(safe_path(str(found.get("path", "/"))), fields, found.get("files") is True)
        carried.as_text().encode()  # JSON can spell lone surrogates, which no page can hold
        return carried
    except (ValueError, TypeError, AttributeError, RecursionError):
        return Carried("/")


def sign_in_page(carried: Carried, *, status: int, username: str = "", problem: str | None = None) -> Response:
    """The sign-in form, with what was typed before it."""
    text = render_template("sign_in.html", carried=carried, field=FIELD, username=username, problem=problem)
    return make_response(text, status)


def resume_page(carried: Carried, why: str, *, status: int = 200) -> Response:
    """What would be sent, and the button that sends it."""
    return make_response(render_template("resume.html", carried=carried, why=why), status)
