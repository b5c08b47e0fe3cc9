"""The board as a file: open dossiers by unit, officer, procedure and step, and whose time they took."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from app.access.caller import Caller
from app.views.monitor import overview
from app.views.report_tables import Column, Table, print_tables, workbook
from app.views.sheet_files import Cell
from app.views.watched_file import head_of
from app.views.whose_time import whose_time
from app.wording import LOCAL

Form = Literal["xlsx", "pdf"]
FORMS: tuple[Form, ...] = ("xlsx", "pdf")
COUNT_TITLES: Mapping[str, str] = {
    "open": "Đang mở",
    "due_today": "Hạn hôm nay",
    "due_soon": "Sắp đến hẹn",
    "step_late": "Quá hạn bước",
    "appointment_passed": "Quá hẹn trả",
    "overdue": "Quá hạn xử lý",
}
GROUPS: Mapping[str, tuple[str, str]] = {
    "units": ("Theo đơn vị", "Đơn vị"),
    "officers": ("Theo người xử lý", "Người giữ"),
    "procedures": ("Theo thủ tục", "Thủ tục"),
    "steps": ("Theo bước", "Bước"),
}
AMONG_TITLES: Mapping[str, str] = {
    "overdue": "Hồ sơ quá hạn xử lý",
    "step_late": "Hồ sơ quá hạn bước",
    "open": "Hồ sơ đang mở",
}
WHOSE_TITLES: Mapping[str, str] = {"unit": "Đơn vị", "person": "Người", "agency": "Cơ quan", "step": "Bước"}


def board_file(
    caller: Caller, now: datetime, profile: str, place: tuple[str | None, str | None], among: str, form: Form
) -> tuple[str, bytes]:
    """Name and content. Errors: DomainError forbidden, invalid."""
    found = overview(caller, now, profile, *place)
    tables = [_agencies(found["agencies"])] if "agencies" in found else _groups(found)
    for whose in ("agency", "unit") if found["level"] == "province" else ("unit", "person", "step"):
        tables.append(_times(whose_time(caller, now, profile, *place, among, whose)))
    name = f"bang-theo-doi-{now.astimezone(LOCAL):%Y%m%d-%H%M}.{form}"
    if form == "xlsx":
        return name, workbook(tables)
    words = []
    if "whole" in found:
        words = ["; ".join(f"{title}: {found['whole'][key]}" for key, title in COUNT_TITLES.items())]
    head = head_of(caller, *place, now, profile, "Theo dõi hồ sơ đang giải quyết", words)
    return name, print_tables(head, tables)


def _agencies(rows: Sequence[Mapping[str, Any]]) -> Table:
    names = {"open": "Bước đang mở", "due_today": "Hạn hôm nay", "step_late": "Quá hạn bước"}
    columns = [Column("Cơ quan", 46), *(Column(title, 14, number=True) for title in names.values())]
    return Table(
        "Theo cơ quan", columns, [[row["agency_name"], *(_capped(row, name) for name in names)] for row in rows]
    )


def _capped(row: Mapping[str, Any], name: str) -> Cell:
    number: int = row[name]
    return f"{number}+" if name in row.get("at_least", ()) else number


def _groups(found: Mapping[str, Any]) -> list[Table]:
    numbers = [Column(title, 12, number=True) for title in COUNT_TITLES.values()]
    return [
        Table(
            title,
            [Column(first, 46), *numbers],
            [[row["name"] or "Chưa ai nhận", *(row[key] for key in COUNT_TITLES)] for row in found[group]],
        )
        for group, (title, first) in GROUPS.items()
        if not (group == "units" and found["unit"])
    ]


def _times(found: Mapping[str, Any]) -> Table:
    """Lengths in working hours; the applicant's pauses are the last row."""
    columns = [
        Column(WHOSE_TITLES[found["whose"]], 46),
        Column("Hồ sơ", 10, number=True),
        Column("Giờ làm việc đã dùng", 14, number=True),
        Column("Giờ quá hạn bước", 14, number=True),
        Column("Giờ sau hạn xử lý", 14, number=True),
    ]
    lengths = ("seconds", "late_seconds", "overdue_seconds")
    rows: list[list[Cell]] = [
        [row["name"], row["dossiers"], *(round(row[name] / 3600, 2) for name in lengths)] for row in found["rows"]
    ]
    if found["applicant"]["dossiers"]:
        applicant = found["applicant"]
        rows.append(["Người nộp (tạm dừng)", applicant["dossiers"], round(applicant["seconds"] / 3600, 2), None, None])
    title = f"{AMONG_TITLES[found['among']]}: thời gian của ai, theo {WHOSE_TITLES[found['whose']].lower()}"
    return Table(title, columns, rows)
