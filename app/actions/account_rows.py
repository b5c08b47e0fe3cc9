"""Accounts in a table that somebody hands in: which column is which, and what each row says, before anything is compared.

Columns stand in any order under their usual names, with or without diacritics; what stands above them is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any, Final

from app.errors import DomainError, invalid
from app.rules.usernames import plain
from app.sheets.read import Cell, Sheet, read_sheet
from app.wording import TextFault, clean_line, typed_text

MOST_ROWS: Final = 2_000
MOST_OF_ONE: Final = 10
"""Positions in one row."""
_HEAD_WITHIN = 20
COLUMNS: Final[Mapping[str, str]] = {
    "name": "Họ tên",
    "username": "Tên đăng nhập",
    "email": "Thư điện tử",
    "agency": "Cơ quan",
    "unit": "Đơn vị",
    "positions": "Vị trí",
    "permissions": "Quyền",
    "since": "Từ ngày",
}
"""The columns as the template has them."""
_CALLED: Final[Mapping[str, frozenset[str]]] = {
    "name": frozenset({"ho ten", "ho va ten", "ten can bo", "can bo", "ho ten can bo", "ho va ten can bo", "ten"}),
    "username": frozenset({"ten dang nhap", "tai khoan", "ten tai khoan", "username", "user"}),
    "email": frozenset({"thu dien tu", "email", "e mail", "hop thu", "hop thu cong vu", "dia chi thu dien tu", "mail"}),
    "agency": frozenset({"co quan", "ma co quan", "ten co quan", "co quan cong tac"}),
    "unit": frozenset({"don vi", "phong", "phong ban", "bo phan", "phong bo phan", "don vi cong tac"}),
    "positions": frozenset({"vi tri", "vi tri viec lam", "chuc danh", "ma vi tri", "cac vi tri"}),
    "permissions": frozenset({"quyen", "quyen han", "cac quyen"}),
    "since": frozenset({"tu ngay", "ngay bat dau", "bat dau tu", "giu tu ngay", "giu vi tri tu ngay"}),
}
_LONGEST: Final[Mapping[str, int]] = {"name": 200, "username": 50, "email": 254, "agency": 300, "unit": 300}


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row: `line` of the file, its texts (empty where the cell is), and what cannot be read: (column, why)."""

    line: int
    name: str = ""
    username: str = ""
    email: str = ""
    agency: str = ""
    unit: str = ""
    positions: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()
    since: str = ""
    """An ISO date."""
    faults: tuple[tuple[str, str], ...] = field(default=())

    def kept(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> SheetRow:
        """The row of what `kept` answered, as it comes back from JSON."""
        faults = tuple((column, why) for column, why in kept["faults"])
        lists = {name: tuple(kept[name]) for name in ("positions", "permissions")}
        return cls(**{**kept, **lists, "faults": faults})


def rows_of(content: bytes, file_name: str) -> list[SheetRow]:
    """The filled rows of the first table of the file. Errors: DomainError invalid (`file`), too_large."""
    sheet = read_sheet(content, file_name)
    head, columns = _head(sheet)
    rows = [
        _row(number, {name: line[place] for name, place in columns.items()})
        for number, line in enumerate(sheet.rows[head + 1 :], start=head + 2)
        if any(line[place] is not None for place in columns.values())
    ]
    if not rows:
        raise invalid({"file": ["Bảng chỉ có dòng tiêu đề, chưa có cán bộ nào."]})
    if len(rows) > MOST_ROWS:
        raise DomainError("too_large", f"Mỗi lần nhập nhiều nhất {MOST_ROWS} dòng; hãy tách bảng thành nhiều tệp.")
    return rows


def _head(sheet: Sheet) -> tuple[int, dict[str, int]]:
    """The line of the head, from 0, and where each column stands."""
    for number, line in enumerate(sheet.rows[:_HEAD_WITHIN]):
        found: dict[str, int] = {}
        for place, cell in enumerate(line):
            name = _column(cell)
            if name is None:
                continue
            if name in found:
                raise invalid({"file": [f"Có hai cột “{COLUMNS[name]}” ở dòng {number + 1}; hãy bỏ một cột."]})
            found[name] = place
        if len(found) > 1:
            if not {"name", "username"} & found.keys():
                raise invalid({"file": ["Bảng phải có cột “Họ tên” hoặc “Tên đăng nhập”."]})
            return number, found
    raise invalid({"file": ["Không thấy dòng tiêu đề có cột “Họ tên”; hãy dùng tệp mẫu hoặc đặt tên cột như tệp mẫu."]})


def _column(cell: Cell) -> str | None:
    if not isinstance(cell, str):
        return None
    told = " ".join(re.sub(r"[^a-z0-9]+", " ", re.sub(r"\(.*?\)", " ", plain(cell))).split())
    return next((name for name, called in _CALLED.items() if told in called), None)


def _row(line: int, cells: Mapping[str, Cell]) -> SheetRow:
    faults: list[tuple[str, str]] = []
    values: dict[str, Any] = {}
    for name, cell in cells.items():
        try:
            values[name] = _since(cell) if name == "since" else _text(name, cell)
        except ValueError as fault:
            faults.append((name, str(fault)))
    for name in ("positions", "permissions"):
        values[name] = _parts(values.get(name, ""))
    if len(values["positions"]) > MOST_OF_ONE:
        faults.append(("positions", f"Nhiều nhất {MOST_OF_ONE} vị trí một người."))
    return SheetRow(line, faults=tuple(faults), **values)


def _text(name: str, cell: Cell) -> str:
    """Errors: ValueError, in words."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, bool | date):
        raise ValueError("Ô này phải là chữ.")
    lists = name in ("positions", "permissions")
    try:
        text = typed_text(str(cell), _LONGEST.get(name, 2000), lines=lists)
    except TextFault as fault:
        raise ValueError(str(fault)) from fault
    text = text if lists else clean_line(text)
    return text.lower() if name == "username" else text


def _since(cell: Cell) -> str:
    """Errors: ValueError, in words."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    day = re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", str(cell).strip())
    try:
        found = date(int(day[3]), int(day[2]), int(day[1])) if day else date.fromisoformat(str(cell).strip())
    except ValueError as fault:
        raise ValueError("Không phải ngày; hãy ghi như 23/11/2026.") from fault
    if not 1990 <= found.year <= 2100:
        raise ValueError("Năm không hợp lý; hãy ghi như 23/11/2026.")
    return found.isoformat()


def _parts(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part for found in re.split(r"[;\n]", text) if (part := clean_line(found))))


def template_rows() -> Sequence[str]:
    """The head of the file to fill in."""
    return tuple(COLUMNS.values())
