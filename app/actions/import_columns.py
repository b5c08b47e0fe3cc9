"""What the columns of an old system's table mean: usual headings with or without diacritics, in any order, in any sheet."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.actions.import_template import COLUMNS, HISTORY, Column
from app.errors import invalid
from app.sheets.read import Cell, Sheet

MOST_DOSSIERS = 5_000
_LOOKED_AT = 15
"""How many rows above the table (a title, the agency's name) are passed over at most."""
_NOT_WORD = re.compile(r"[^a-z0-9]+")
DATA = "data."
"""A column of the dossier's form data: `data.` and the field, or `Dữ liệu: ` and the field."""
_DATA_HEADING = re.compile(r"\s*(?:data\.|dữ liệu\s*:|du lieu\s*:)\s*([A-Za-z_][A-Za-z0-9_]{0,127})\s*", re.IGNORECASE)


SHEET, HISTORY_SHEET = "Hồ sơ", "Quá trình"


@dataclass(frozen=True, slots=True)
class Given:
    """One row of the table: its line in the file, and its cells by what they mean; `places` are the cells' names (`B7`)."""

    line: int
    cells: Mapping[str, Cell]
    places: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """The dossiers' table: `headings` in order, `mapping` which of them means what, and its rows."""

    headings: tuple[str, ...]
    mapping: Mapping[str, str]
    rows: tuple[Given, ...]


def folded(text: object) -> str:
    """Without diacritics, capitals and punctuation: `Hạn  xử lý:` as `han xu ly`."""
    plain = unicodedata.normalize("NFD", str(text or "").replace("đ", "d").replace("Đ", "d").lower())
    bare = "".join(char for char in plain if not unicodedata.combining(char))
    return _NOT_WORD.sub(" ", bare).strip()


def guess(headings: Iterable[str], columns: Sequence[Column], known: Mapping[str, str] | None = None) -> dict[str, str]:
    """Which heading means what: as it was said before (`known`), else as it is usually called. No heading means two things."""
    there = [heading for heading in headings if heading]
    found: dict[str, str] = {}
    for heading in there:
        if data := _DATA_HEADING.fullmatch(heading):
            found[f"{DATA}{data[1]}"] = heading
    for name, heading in (known or {}).items():
        if heading in there and heading not in found.values() and name not in found:
            found[name] = heading
    for sure in (True, False):
        for column in columns:
            if column.name in found:
                continue
            names = (column.name.replace("_", " "), folded(column.title)) if sure else column.names
            free = (one for one in there if one not in found.values() and folded(one) in names)
            called = next(free, None)
            if called is not None:
                found[column.name] = called
    return found


def find_table(sheets: Sequence[Sheet], known: Mapping[str, str] | None = None) -> Table:
    """The table that looks most like dossiers. `known`: what headings mean, where somebody has said so.

    Errors: DomainError invalid (`file`).
    """
    sheet, place, mapping = _best(sheets, COLUMNS, known)
    if sheet is None:
        raise invalid({"file": ["Tệp không có bảng nào có dữ liệu."]})
    rows = tuple(_rows(sheet, place, mapping))
    if not rows:
        raise invalid({"file": ["Bảng chưa có hồ sơ nào dưới hàng tiêu đề."]})
    if len(rows) > MOST_DOSSIERS:
        raise invalid({"file": [f"Bảng có {len(rows)} hồ sơ; mỗi lần nhiều nhất {MOST_DOSSIERS}, hãy tách tệp."]})
    headings = tuple(dict.fromkeys(_heading(cell) for cell in sheet.rows[place] if _heading(cell)))
    return Table(headings, mapping, rows)


def find_history(sheets: Sequence[Sheet], *, alone: bool) -> list[Given]:
    """The rows of the history: of a file of its own, or of the sheet beside the dossiers that has its columns."""
    usable = [
        sheet
        for sheet in sheets
        if alone or folded(sheet.name) in ("qua trinh", "lich su", "dien bien", "qua trinh xu ly")
    ]
    sheet, place, mapping = _best(usable, HISTORY, None)
    if sheet is None or not {"old_code", "what"} <= mapping.keys():
        if alone:
            wanted = ", ".join(column.title for column in HISTORY if column.required)
            raise invalid({"history": [f"Không thấy các cột của quá trình: {wanted}."]})
        return []
    return list(_rows(sheet, place, mapping))


def _best(
    sheets: Sequence[Sheet], columns: Sequence[Column], known: Mapping[str, str] | None
) -> tuple[Sheet | None, int, dict[str, str]]:
    """The sheet, and the row of it, in which most headings are known; of equals the first."""
    best: tuple[Sheet | None, int, dict[str, str]] = (None, 0, {})
    for sheet in sheets:
        for place, row in enumerate(sheet.rows[:_LOOKED_AT]):
            headings = [_heading(cell) for cell in row]
            if not any(headings):
                continue
            mapping = guess(headings, columns, known)
            if best[0] is None or len(mapping) > len(best[2]):
                best = (sheet, place, mapping)
    return best


def _rows(sheet: Sheet, place: int, mapping: Mapping[str, str]) -> Iterable[Given]:
    at = {_heading(cell): number for number, cell in reversed(list(enumerate(sheet.rows[place])))}
    where = {name: at[heading] for name, heading in mapping.items()}
    for number, row in enumerate(sheet.rows[place + 1 :], start=place + 2):
        if any(cell is not None for cell in row):
            cells = {name: row[column] for name, column in where.items() if column < len(row)}
            yield Given(number, cells, {name: f"{letters(column)}{number}" for name, column in where.items()})


def _heading(cell: Cell) -> str:
    return " ".join(str(cell).split())[:200] if cell is not None else ""


def letters(column: int) -> str:
    """A column's name in a spreadsheet: 0 is A, 26 is AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name
