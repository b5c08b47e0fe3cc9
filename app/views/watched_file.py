"""The list that heads see, as a file: a row an open task, lengths in working hours; for a spreadsheet, or printed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal

from app.access.caller import Caller
from app.lawbook import profile_named
from app.store import organisation
from app.store.transaction import reading
from app.views.reach import looked_at
from app.views.report_tables import Column, Head, Table, print_tables, workbook
from app.views.sheet_files import Cell, csv_file
from app.views.watched import WatchedAsk, watched_batches
from app.wording import LOCAL

Form = Literal["csv", "xlsx", "pdf"]
FORMS: tuple[Form, ...] = ("csv", "xlsx", "pdf")
_COLUMNS = (
    Column("Mã hồ sơ", 28),
    Column("Mã thủ tục", 14),
    Column("Thủ tục", 40),
    Column("Người nộp", 26),
    Column("Trạng thái", 16),
    Column("Hạn xử lý", 17),
    Column("Hẹn trả kết quả", 17),
    Column("Cơ quan đang giữ", 26),
    Column("Đơn vị", 26),
    Column("Bước", 32),
    Column("Người giữ", 24),
    Column("Giữ từ", 17),
    Column("Đã giữ (giờ làm việc)", 12, number=True),
    Column("Hạn bước", 17),
    Column("Quá hạn bước (giờ làm việc)", 12, number=True),
    Column("Cảnh báo", 40),
    Column("Thời gian theo cơ quan (giờ làm việc)", 36),
)
_PRINTED = {0: 41, 2: 42, 3: 28, 5: 19, 8: 27, 9: 30, 10: 25, 12: 16, 13: 19, 14: 16, 15: 32}
"""Those of the columns that a sheet of paper has room for, and how much of it."""


def watched_file(
    caller: Caller, ask: WatchedAsk, now: datetime, profile: str, form: Form, words: Sequence[str] = ()
) -> tuple[str, bytes]:
    """Name and content of the file. `words`: what was asked, for the print. Errors: DomainError forbidden, invalid."""
    rows = _rows(watched_batches(caller, ask, now, profile))
    name = f"theo-doi-{now.astimezone(LOCAL):%Y%m%d-%H%M}.{form}"
    if form == "csv":
        return name, csv_file([one.title for one in _COLUMNS], rows)
    if form == "xlsx":
        return name, workbook([Table("Theo dõi", _COLUMNS, rows)])
    columns = [replace(_COLUMNS[place], width=width) for place, width in _PRINTED.items()]
    printed = ([row[place] for place in _PRINTED] for row in rows)
    head = head_of(caller, ask.agency, ask.unit, now, profile, "Hồ sơ đang giải quyết", words)
    return name, print_tables(head, [Table("", columns, printed)])


def head_of(
    caller: Caller, agency: str | None, unit: str | None, now: datetime, profile: str, title: str, words: Sequence[str]
) -> Head:
    """The head of a print of what the caller looks at. Errors: DomainError forbidden, invalid."""
    with reading() as connection:
        looked = looked_at(connection, caller, agency, unit)
        above = organisation.parent_name(connection, looked.agency) if looked.agency is not None else ""
    offices = [above, *(one.name for one in (looked.agency, looked.unit) if one is not None)]
    return Head([one for one in offices if one] or [profile_named(profile).name], title, words, now, caller.name)


def _rows(batches: Iterable[list[dict[str, Any]]]) -> Iterator[list[Cell]]:
    for batch in batches:
        for one in batch:
            yield _row(one)


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
