"""The numbers of the trends as files: period by period, and the chosen period by channel, field and procedure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal

from app.access.caller import Caller
from app.views.report_tables import Column, Table, print_tables, workbook
from app.views.sheet_files import Cell
from app.views.trends import BY_POST, TrendKind, trends_of
from app.views.watched_file import head_of
from app.wording import LOCAL

Form = Literal["xlsx", "pdf"]
_NUMBERS = {
    "received": "Tiếp nhận",
    "resolved": "Đã giải quyết",
    "early": "Trước hạn",
    "on_time": "Đúng hạn",
    "late": "Quá hạn",
    "open": "Còn lại cuối kỳ",
    "on_time_rate": "Tỷ lệ đúng hạn (%)",
    "resolution_rate": "Tỷ lệ giải quyết (%)",
}


def trends_file(
    caller: Caller,
    now: datetime,
    profile: str,
    kind: TrendKind,
    chosen: date | None,
    place: tuple[str | None, str | None],
    form: Form,
) -> tuple[str, bytes]:
    """Name and content. Errors: as `trends_of`."""
    found = trends_of(caller, now, kind, chosen, *place)
    tables = []
    if "points" in found:
        rows: list[list[Cell]] = [
            [period["name"], *(row[name] for name in _NUMBERS)]
            for period, row in zip(found["periods"], found["points"], strict=True)
        ]
        tables.append(Table("Theo tháng" if kind == "month" else "Theo tuần", _columns("Kỳ", 24), rows))
        tables += _detail(found["chosen"])
    tables.append(_units(found))
    name = f"xu-huong-{now.astimezone(LOCAL):%Y%m%d-%H%M}.{form}"
    if form == "xlsx":
        return name, workbook(tables)
    span = f"Từ {found['periods'][0]['name'].lower()} đến {found['periods'][-1]['name'].lower()}"
    return name, print_tables(head_of(caller, *place, now, profile, "Xu hướng giải quyết hồ sơ", [span]), tables)


def _columns(first: str, width: int) -> list[Column]:
    return [Column(first, width), *(Column(title, 12, number=True) for title in _NUMBERS.values())]


def _detail(chosen: Mapping[str, Any]) -> list[Table]:
    made = []
    for group, first in (("channels", "Hình thức nộp"), ("fields", "Lĩnh vực"), ("procedures", "Thủ tục")):
        post = group != "channels"
        columns = _columns(first, 46) + ([Column(BY_POST, 12, number=True)] if post else [])
        rows: list[list[Cell]] = [
            [row["name"], *(row[name] for name in _NUMBERS), *([row["by_post"]] if post else [])]
            for row in chosen[group]
        ]
        made.append(Table(f"{chosen['name']}: theo {first.lower()}", columns, rows))
    return made


def _units(found: Mapping[str, Any]) -> Table:
    columns = [
        Column("Đơn vị", 40),
        Column("Kỳ", 24),
        Column("Bước xong", 12, number=True),
        Column("Bước xong quá hạn", 12, number=True),
        Column("Giờ làm việc", 14, number=True),
    ]
    rows: list[list[Cell]] = [
        [unit["name"], period["name"], steps, late, round(seconds / 3600, 2)]
        for unit in found["units"]
        for period, steps, late, seconds in zip(
            found["periods"], unit["steps"], unit["late"], unit["seconds"], strict=True
        )
        if steps is not None and steps
    ]
    return Table("Thời gian theo đơn vị", columns, rows)
