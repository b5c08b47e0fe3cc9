"""Tables that people hand in, XLSX, ODS or CSV, as rows of cells (docs/decisions/0017-reading-spreadsheets.md).

What comes from outside is opened in a process of its own, watched for time and memory. Formulas are not computed: what a cell
showed when the file was saved is what is read.
"""

from __future__ import annotations

import atexit
import base64
import json
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from app.errors import DomainError, invalid
from app.watched import CRASHED, HEAVY, LONG, SLOW, Breach, Watched

Cell = str | int | float | bool | date | datetime | None
"""A cell's value; a `datetime` without zone is what the table says, local time of whoever wrote it."""

MOST_BYTES = 10 * 1024 * 1024
MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 20_000, 100, 32_767
TIME_LIMIT = 30.0  # seconds for one file
MEMORY_LIMIT = 700 * 1024 * 1024
_ANSWER_LIMIT = 100 * 1024 * 1024
_BREACHES = {
    SLOW: "Đọc tệp này mất quá lâu nên đã dừng; hãy tách thành nhiều tệp nhỏ hơn.",
    HEAVY: "Tệp này cần quá nhiều bộ nhớ nên không đọc; hãy bỏ hình ảnh, các trang tính thừa rồi lưu lại.",
    LONG: "Bảng này quá lớn nên không đọc; hãy tách thành nhiều tệp nhỏ hơn.",
    CRASHED: "Không đọc được tệp này; hãy mở bằng phần mềm bảng tính rồi lưu lại dạng XLSX.",
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table: its name (empty for CSV) and its rows from the first, blank ones too: line n of the file is `rows[n - 1]`.

    All rows are equally long; text is stripped and NFC; a cell without anything is None. `merged`: first and last row and
    column, from 1, of every area whose cells were merged into one (top, left, bottom, right).
    """

    name: str
    rows: list[list[Cell]]
    merged: tuple[tuple[int, int, int, int], ...] = ()


def read_sheets(content: bytes, file_name: str) -> list[Sheet]:
    """Every visible sheet with at least one filled row; of a CSV one. Errors: DomainError invalid (`file`), too_large."""
    if len(content) > MOST_BYTES:
        raise DomainError("too_large", f"Bảng nhập vào lớn nhất {MOST_BYTES // 1024**2} MB.")
    request = {"name": file_name, "content": base64.b64encode(content).decode()}
    try:
        answer = json.loads(_reader().ask(json.dumps(request).encode()))
    except Breach as breach:
        raise invalid({"file": [_BREACHES[str(breach)]]}) from breach
    if "told" in answer:
        raise invalid({"file": [answer["told"]]})
    return [
        Sheet(
            sheet["name"],
            [[_cell(one) for one in row] for row in sheet["rows"]],
            tuple((top, left, bottom, right) for top, left, bottom, right in sheet["merged"]),
        )
        for sheet in answer["sheets"]
    ]


def read_sheet(content: bytes, file_name: str) -> Sheet:
    """The first sheet that has anything in it. Errors: as `read_sheets`; DomainError invalid (`file`) for an empty one."""
    found = read_sheets(content, file_name)
    if not found:
        raise invalid({"file": ["Tệp không có bảng nào có dữ liệu."]})
    return found[0]


def _cell(value: object) -> Cell:
    if isinstance(value, dict):
        return datetime.fromisoformat(value["at"]) if "at" in value else date.fromisoformat(value["on"])
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise TypeError(f"no cell is {value!r}")


@cache
def _reader() -> Watched:
    """This process's own: made after the fork, with the first table."""
    made = Watched(
        "app.sheets.child",
        time_limit=TIME_LIMIT,
        memory_limit=MEMORY_LIMIT,
        answer_limit=_ANSWER_LIMIT,
        bare=True,
    )
    atexit.register(made.close)
    return made
