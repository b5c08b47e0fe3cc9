"""The list that heads see, as a file for a spreadsheet: a row an open task, lengths in working hours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from app.access.caller import Caller
from app.views.sheet_files import Cell, csv_file, xlsx_file
from app.views.watched import WatchedAsk, watched_rows
from app.wording import LOCAL

Form = Literal["csv", "xlsx"]
_COLUMNS = (
    # title, width in characters
    ("Mã hồ sơ", 28),
    ("Mã thủ tục", 14),
    ("Thủ tục", 40),
    ("Người nộp", 26),
    ("Trạng thái", 16),
    ("Hạn xử lý", 17),
    ("Hẹn trả kết quả", 17),
    ("Cơ quan đang giữ", 26),
    ("Đơn vị", 26),
    ("Bước", 32),
    ("Người giữ", 24),
    ("Giữ từ", 17),
    ("Đã giữ (giờ làm việc)", 12),
    ("Hạn bước", 17),
    ("Quá hạn bước (giờ làm việc)", 12),
    ("Cảnh báo", 40),
    ("Thời gian theo cơ quan (giờ làm việc)", 36),
)


def watched_file(caller: Caller, ask: WatchedAsk, now: datetime, profile: str, form: Form) -> tuple[str, bytes]:
    """Name and content of the file. Errors: DomainError forbidden, invalid."""
    _, found = watched_rows(caller, ask, now, profile)
    head = [title for title, _ in _COLUMNS]
    rows = [_row(one) for one in found]
    name = f"theo-doi-{now.astimezone(LOCAL):%Y%m%d-%H%M}.{form}"
    if form == "csv":
        return name, csv_file(head, rows)
    return name, xlsx_file("Theo dõi", head, rows, [width for _, width in _COLUMNS])


def _row(one: Mapping[str, Any]) -> list[Cell]:
    return [
        one["dossier"],
        one["procedure"],
        one["procedure_name"],
        one["applicant"],
        one["status"]["name"],
        _instant(one["deadline_at"]),
        _instant(one["appointment_at"]),
        one["agency_name"],
        one["unit_name"],
        one["step_name"],
        one["assignee_name"] or "Chưa ai nhận",
        _instant(one["held_since"]),
        _hours(one["held_seconds"]),
        _instant(one["due_at"]),
        _hours(one["late_seconds"]) if one["late_seconds"] else None,
        "; ".join(warning["words"] for warning in one["warnings"]),
        "; ".join(f"{part['agency']}: {str(_hours(part['seconds'])).replace('.', ',')}" for part in one["charged"]),
    ]


def _instant(at: datetime | None) -> str | None:
    return None if at is None else f"{at.astimezone(LOCAL):%H:%M %d/%m/%Y}"


def _hours(seconds: int) -> float:
    return round(seconds / 3600, 2)
