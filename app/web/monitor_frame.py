"""What the heads' pages share: addresses, tabs, the way down to what is looked at, lengths and counts in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import Response, request

from app.access.reach import reach_of
from app.access.request import current_caller
from app.views.report_tables import shown
from app.views.sheet_files import CSV, XLSX
from app.web.asking import words
from app.wording import LOCAL

BOARD, LIST, TOTALS = "/theo-doi", "/theo-doi/danh-sach", "/theo-doi/tong-hop"
WORKLOAD, TRENDS = "/theo-doi/khoi-luong", "/theo-doi/xu-huong"
_TABS = (
    ("overview", "Đang mở", BOARD),
    ("list", "Danh sách", LIST),
    ("workload", "Khối lượng", WORKLOAD),
    ("trends", "Xu hướng", TRENDS),
    ("totals", "Tổng hợp", TOTALS),
)
_KINDS = {"csv": CSV, "xlsx": XLSX, "pdf": "application/pdf"}


def place_asked() -> tuple[str | None, str | None]:
    """The agency's code and the unit's that the address asks for."""
    return words("agency", 64), words("unit", 64)


def frame(current: str, place: Mapping[str, Any]) -> dict[str, Any]:
    """The tabs, what is looked at in words, and the way down to it: the province, the agency, the unit."""
    asked = {"agency": place["agency"], "unit": place["unit"]}
    names = [name for name in (place["unit_name"], place["agency_name"]) if name]
    whole = "Toàn tỉnh" if place["level"] == "province" else "Các đơn vị bạn phụ trách"
    return {
        "tabs": [
            {"title": title, "url": address(url, asked), "current": key == current}
            for key, title, url in _TABS
            if key != "workload" or place["level"] != "province"
        ],
        "where": ", ".join(names) or whole,
        "crumbs": _crumbs(current, place),
        "place": asked,
    }


def _crumbs(current: str, place: Mapping[str, Any]) -> list[dict[str, str | None]]:
    """Each level above what is shown leads there; the last, where one is, leads nowhere."""
    path = next(url for key, _, url in _TABS if key == current)
    path = BOARD if current == "workload" else path
    reach = reach_of(current_caller())
    found: list[tuple[str, str | None]] = []
    if reach.everywhere:
        found.append(("Toàn tỉnh", address(path, {})))
    elif len(reach.agencies) > 1 or (not reach.agencies and len(reach.units) > 1):
        found.append(("Các đơn vị bạn phụ trách", address(path, {})))
    if place["agency_name"]:
        may = reach.everywhere or bool(reach.agencies)
        found.append((place["agency_name"], address(path, {"agency": place["agency"]}) if may else None))
    if place["unit_name"]:
        found.append((place["unit_name"], None))
    if not found:
        return []
    return [{"title": title, "url": url} for title, url in found[:-1]] + [{"title": found[-1][0], "url": None}]


def address(path: str, asked: Mapping[str, Any]) -> str:
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"{path}?{query}" if query else path


def asked_now(*names: str) -> dict[str, str]:
    """Of the present address those of these parameters that are there."""
    return {name: request.args[name] for name in names if request.args.get(name)}


def file_answer(name: str, content: bytes) -> Response:
    """A file to keep."""
    kind = _KINDS[name.rpartition(".")[2]]
    return Response(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def file_name(stem: str, now: datetime, form: str) -> str:
    return f"{stem}-{now.astimezone(LOCAL):%Y%m%d-%H%M}.{form}"


def counted(number: int) -> str:
    """`1.234`."""
    return shown(number)
