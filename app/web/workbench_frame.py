"""The frame around every page of a draft: what it is, whether it still may be changed, and the tabs."""

from __future__ import annotations

from typing import Any

from flask import render_template

from app.access.request import current_caller
from app.rules.permissions import DESIGNERS
from app.runtime import asked_at
from app.store.diagram_drafts import DraftRow
from app.views.draft_talk import here_words, people_at

TABS = (
    ("so-do", "Sơ đồ", ""),
    ("bieu-mau", "Biểu mẫu", "/bieu-mau"),
    ("chay-thu", "Chạy thử", "/chay-thu"),
    ("mo-phong", "Mô phỏng", "/mo-phong"),
    ("lich-su", "Lịch sử, so sánh", "/lich-su"),
    ("gop-y", "Góp ý", "/gop-y"),
    ("ban-hanh", "Ban hành", "/ban-hanh"),
)
"""Name, title and the end of the address of each page of a draft."""
_OF_REVIEWERS = ("lich-su", "gop-y")
"""What those may open who only check procedures."""


def framed(template: str, draft: DraftRow, tab: str, **more: Any) -> str:
    """A page of a draft; `template` extends workbench/frame.html and `tab` is a name of TABS."""
    designs = any(current_caller().may(name) for name in DESIGNERS)
    tabs = [
        {"name": name, "title": title, "url": f"/thiet-ke/{draft.id}{end}", "current": name == tab}
        for name, title, end in TABS
        if designs or name in _OF_REVIEWERS
    ]
    # The modeller asks for itself who else is there.
    here = "" if tab == "so-do" else here_words(people_at(current_caller(), draft.id, asked_at())["people"])
    return render_template(template, draft=draft, tabs=tabs, designs=designs, tab=tab, others_here=here, **more)
