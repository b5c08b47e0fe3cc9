"""The frame around every page of a draft: what it is, whether it still may be changed, and the tabs."""

from __future__ import annotations

from typing import Any

from flask import render_template

from app.store.diagram_drafts import DraftRow

TABS = (
    ("so-do", "Sơ đồ", ""),
    ("bieu-mau", "Biểu mẫu", "/bieu-mau"),
    ("chay-thu", "Chạy thử", "/chay-thu"),
    ("mo-phong", "Mô phỏng", "/mo-phong"),
    ("lich-su", "Lịch sử, so sánh", "/lich-su"),
    ("ban-hanh", "Ban hành", "/ban-hanh"),
)
"""Name, title and the end of the address of each page of a draft."""


def framed(template: str, draft: DraftRow, tab: str, **more: Any) -> str:
    """A page of a draft; `template` extends workbench/frame.html and `tab` is a name of TABS."""
    tabs = [
        {"name": name, "title": title, "url": f"/thiet-ke/{draft.id}{end}", "current": name == tab}
        for name, title, end in TABS
    ]
    return render_template(template, draft=draft, tabs=tabs, **more)
