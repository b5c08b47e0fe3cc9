"""What stands in a cell of an old system's table: instants as Vietnamese tables write them, numbers that lost their zeros."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time

from app.actions.import_columns import folded
from app.rules.calendar import WorkCalendar
from app.sheets.read import Cell
from app.wording import LOCAL, TextFault, clean_line, typed_text

_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_YEAR_FIRST = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_TIME = re.compile(r"(\d{1,2})\s*(?::|h|g|giờ)\s*(\d{2})?(?::(\d{2}))?", re.IGNORECASE)
EARLIEST = 2000
CHANNELS = {
    "counter": ("truc tiep", "counter", "tai quay", "mot cua", "tai bo phan mot cua", "truc tiep tai bo phan mot cua"),
    "online": ("truc tuyen", "online", "qua mang", "dich vu cong", "dich vu cong truc tuyen", "dvc"),
    "post": ("buu chinh", "post", "buu dien", "bcci", "buu chinh cong ich", "qua buu chinh"),
}
PROGRESS, SUPPLEMENT, PAYMENT, RESULT, CLOSED = "progress", "supplement", "payment", "result", "closed"
STATUSES = {
    PROGRESS: (
        "dang xu ly",
        "dang giai quyet",
        "dang thu ly",
        "in progress",
        "moi tiep nhan",
        "duoc tiep nhan",
        "da tiep nhan",
    ),
    SUPPLEMENT: ("cho bo sung", "yeu cau bo sung", "cho bo sung ho so", "yeu cau bo sung giay to", "bo sung"),
    PAYMENT: (
        "cho nop tien",
        "cho nop thue",
        "cho thanh toan",
        "nghia vu tai chinh",
        "cho thuc hien nghia vu tai chinh",
        "yeu cau thuc hien nghia vu tai chinh",
    ),
    RESULT: ("da co ket qua", "da co ket qua chua tra", "co ket qua", "cho tra ket qua", "cho tra", "da xu ly xong"),
    CLOSED: ("da tra ket qua", "da tra", "ket thuc", "da dong", "hoan thanh", "rut ho so", "da rut", "dung xu ly"),
}
_YES = ("co", "x", "da thu", "da nop", "roi", "yes", "true", "1", "da thu du")
_NO = ("khong", "chua", "no", "false", "0", "chua thu", "mien")


class CellFault(ValueError):  # noqa: N818
    """A cell cannot be read; the text (Vietnamese) says why."""


def text_of(cell: Cell, most: int = 500, *, lines: bool = False) -> str:
    """A cell as text; whole numbers without a point. Errors: CellFault."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, datetime):
        return f"{cell:%H:%M %d/%m/%Y}"
    if isinstance(cell, date):
        return f"{cell:%d/%m/%Y}"
    try:
        found = typed_text(str(cell), most, lines=lines)
    except TextFault as fault:
        raise CellFault(str(fault)) from fault
    return found if lines else clean_line(found)


def instant_of(cell: Cell, calendar: WorkCalendar, *, end: bool) -> tuple[datetime | None, bool]:
    """The instant in a cell, and whether it had a time of day; a day alone is its first working minute, or its last (`end`).

    Errors: CellFault.
    """
    if cell is None or cell == "":
        return None, False
    day, at = _day_and_time(cell)
    if not EARLIEST <= day.year <= 2099:
        raise CellFault(f"Năm {day.year} không đúng.")
    if at is not None:
        return datetime.combine(day, at, LOCAL), True
    midnight = datetime.combine(day, time(0), LOCAL)
    if end:
        return calendar.day_end(midnight) or datetime.combine(day, time(17), LOCAL), False
    opening = calendar.counted(midnight)
    return (opening if opening.astimezone(LOCAL).date() == day else datetime.combine(day, time(8), LOCAL)), False


def _day_and_time(cell: Cell) -> tuple[date, time | None]:
    if isinstance(cell, datetime):
        bare = cell.replace(tzinfo=None)
        return bare.date(), bare.time().replace(microsecond=0) if bare.time() != time(0) else None
    if isinstance(cell, date):
        return cell, None
    if isinstance(cell, bool | int | float):
        raise CellFault("Phải là ngày, ví dụ 21/11/2026 hoặc 14:30 21/11/2026.")
    text = str(cell).strip().replace("T", " ")
    found, first = _DAY_FIRST.search(text), True
    if found is None:
        found, first = _YEAR_FIRST.search(text), False
    if found is None:
        raise CellFault(f"“{text[:60]}” không phải ngày; hãy ghi như 21/11/2026 hoặc 14:30 21/11/2026.")
    numbers = [int(part) for part in found.groups()]
    day, month, year = numbers if first else numbers[::-1]
    rest = (text[: found.start()] + " " + text[found.end() :]).strip()
    try:
        return date(year, month, day), _time(rest)
    except ValueError:
        raise CellFault(f"“{text[:60]}” không phải ngày có thật.") from None


def _time(text: str) -> time | None:
    found = _TIME.search(text)
    return time(int(found[1]), int(found[2] or 0), int(found[3] or 0)) if found else None


def word_of(cell: Cell, words: Mapping[str, tuple[str, ...]]) -> str | None:
    """Which of these a cell says; None for none. Errors: CellFault."""
    said = folded(text_of(cell))
    return next((name for name, usual in words.items() if said in usual or said == name), None)


def paid_of(cell: Cell) -> bool | None:
    """Whether fees were paid: a word, or an amount. Errors: CellFault."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return cell
    if isinstance(cell, int | float):
        return cell > 0
    said = folded(text_of(cell))
    if said in _YES or said in _NO:
        return said in _YES
    digits = re.sub(r"\s|dong|vnd|d", "", said)
    if digits.isdecimal():
        return int(digits) > 0
    raise CellFault(f"“{text_of(cell)[:60]}”: hãy ghi có, không hoặc số tiền đã thu.")


def number_of(cell: Cell, lengths: tuple[int, ...]) -> tuple[str, bool]:
    """Digits that a spreadsheet took for a number: what lost its first zero gets it back; whether that was done."""
    text = text_of(cell, 40)
    bare = re.sub(r"[\s.]", "", text)
    lost = bare.isdecimal() and len(bare) + 1 in lengths and len(bare) not in lengths and not bare.startswith("0")
    return (f"0{bare}" if lost else text), lost
