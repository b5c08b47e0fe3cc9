"""Opens tables in a process of its own: a request a line (`{"name", "content"}`), an answer a line.

The answer is `{"sheets": [{"name", "rows", "merged"}]}`, instants as `{"at": ISO}` and days as `{"on": ISO}`, or
`{"told": why}`.
"""

from __future__ import annotations

import base64
import csv
import io
import json
import math
import sys
import unicodedata
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from app.sheets.read import LONGEST_CELL, MOST_COLUMNS, MOST_ROWS

MOST_MERGED = 50_000
MOST_UNPACKED = 200 * 1024 * 1024
_ZIP = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_ENCODINGS = ("utf-8-sig", "utf-16", "cp1258")
_SEPARATORS = ",;\t|"


class Refused(Exception):  # noqa: N818
    """The table cannot be read; the text (Vietnamese) says why and what to do."""


def main() -> None:
    csv.field_size_limit(LONGEST_CELL * 4)
    for line in sys.stdin.buffer:
        try:
            request = json.loads(line)
            answer: dict[str, Any] = {"sheets": tables(base64.b64decode(request["content"]), request["name"])}
        except Refused as why:
            answer = {"told": str(why)}
        sys.stdout.write(json.dumps(answer, ensure_ascii=True) + "\n")
        sys.stdout.flush()


def tables(content: bytes, name: str) -> list[dict[str, Any]]:
    """Every table in the file that has anything in it."""
    if content.startswith((_ZIP, _OLD_EXCEL)):
        found = _workbook(content)
    else:
        found = [("", _delimited(content), [])]
    sheets = [{"name": _text(title) or "", "rows": _even(rows), "merged": merged} for title, rows, merged in found]
    return [sheet for sheet in sheets if sheet["rows"]]


def _workbook(content: bytes) -> Iterable[tuple[str, Iterable[Sequence[Any]], list[list[int]]]]:
    if content.startswith(_ZIP):
        _check_packed(content)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            for meta in book.sheets_metadata:
                if meta.typ == SheetTypeEnum.WorkSheet and meta.visible == SheetVisibleEnum.Visible:
                    sheet = book.get_sheet_by_name(meta.name)
                    if sheet.height > MOST_ROWS or sheet.width > MOST_COLUMNS:
                        raise Refused(_too_large())
                    yield meta.name, sheet.to_python(skip_empty_area=False), _merged(sheet)
    except (CalamineError, ValueError, OSError, OverflowError) as problem:
        raise Refused(
            "Không đọc được bảng tính này; hãy bỏ mật khẩu (nếu có), mở bằng phần mềm bảng tính rồi lưu lại dạng XLSX."
        ) from problem


def _merged(sheet: CalamineSheet) -> list[list[int]]:
    """Merged areas as first row, first column, last row, last column, from 1; where the format tells of none, none."""
    ranges = sheet.merged_cell_ranges or []
    found = [[top + 1, left + 1, bottom + 1, right + 1] for (top, left), (bottom, right) in ranges[:MOST_MERGED]]
    return [area for area in found if area[2] <= MOST_ROWS and area[3] <= MOST_COLUMNS]


def _check_packed(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            whole = sum(entry.file_size for entry in packed.infolist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as problem:
        raise Refused("Tệp bị hỏng hoặc không phải bảng tính; hãy lưu lại dạng XLSX.") from problem
    if whole > MOST_UNPACKED:
        raise Refused(_too_large())


def _delimited(content: bytes) -> Iterable[Sequence[Any]]:
    text = _decoded(content)
    first = text.split("\n", 1)[0]
    separator = max(_SEPARATORS, key=first.count) if any(mark in first for mark in _SEPARATORS) else ","
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=separator)):
            if number >= MOST_ROWS or len(row) > MOST_COLUMNS:
                raise Refused(_too_large())
            yield [_unquoted(cell) for cell in row]
    except csv.Error as problem:
        raise Refused(f"Không đọc được tệp CSV: {problem}. Hãy lưu lại dạng XLSX.") from problem


def _decoded(content: bytes) -> str:
    if b"\0" in content and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Refused("Tệp không phải bảng tính hay văn bản; hãy dùng tệp XLSX hoặc CSV.")
    for encoding in _ENCODINGS:
        if encoding == "utf-16" and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
            continue
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused("Không nhận ra bảng mã của tệp; hãy lưu lại dạng CSV UTF-8 hoặc XLSX.")


def _unquoted(cell: str) -> str:
    """The apostrophe with which our own CSV files keep a text from being a formula is not part of it."""
    return cell[1:] if len(cell) > 1 and cell[0] == "'" and cell[1] in "=+-@" else cell


def _even(rows: Iterable[Sequence[Any]]) -> list[list[Any]]:
    """The rows up to the last filled one, all as long as the longest filled one."""
    read = [[_value(cell) for cell in row] for row in rows]
    while read and all(cell is None for cell in read[-1]):
        read.pop()
    width = max((n for row in read for n, cell in enumerate(row, start=1) if cell is not None), default=0)
    return [[*row[:width], *[None] * (width - len(row))] for row in read]


def _value(cell: Any) -> Any:
    if cell is None or isinstance(cell, bool | int):
        return cell
    if isinstance(cell, float):
        if not math.isfinite(cell):
            return None
        return int(cell) if cell.is_integer() and abs(cell) < 2**53 else cell
    if isinstance(cell, datetime):
        return {"at": cell.isoformat()}
    if isinstance(cell, date):
        return {"on": cell.isoformat()}
    if isinstance(cell, time):
        return cell.isoformat(timespec="minutes")
    if isinstance(cell, timedelta):
        return str(cell)
    return _text(str(cell))


def _text(text: str) -> str | None:
    plain = unicodedata.normalize("NFC", text).replace("\xa0", " ").strip()
    if "\0" in plain:
        raise Refused("Tệp có ký tự U+0000, không phải bảng tính hay văn bản; hãy lưu lại dạng XLSX.")
    if len(plain) > LONGEST_CELL:
        raise Refused(f"Một ô có hơn {LONGEST_CELL} ký tự; hãy rút ngắn.")
    return plain or None


def _too_large() -> str:
    return f"Bảng lớn nhất {MOST_ROWS} dòng, {MOST_COLUMNS} cột; hãy tách thành nhiều tệp hoặc xóa dòng, cột trống."


if __name__ == "__main__":
    main()
