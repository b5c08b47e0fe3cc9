"""Files from outside as source tables: DOCX, XLSX, ODS, XLS, CSV, Markdown (docs/decisions/0027-reading-published-tables.md).

What is packed is opened in a process of its own, watched for time and memory; texts are taken apart here, within bounds.
"""

from __future__ import annotations

import atexit
import base64
import io
import json
import re
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from fractions import Fraction
from functools import cache

from app.drafting.limits import LONGEST_CELL, MOST_BYTES, MOST_CELLS, MOST_COLUMNS, MOST_ROWS, MOST_TABLES
from app.drafting.markdown import is_markdown, markdown_tables
from app.drafting.model import SourceCell, SourceTable
from app.drafting.times import decimal
from app.drafting.wording import clean
from app.errors import DomainError, invalid
from app.sheets.read import Cell, Sheet, read_sheets
from app.watched import CRASHED, HEAVY, LONG, SLOW, Breach, Watched

TIME_LIMIT = 30.0  # seconds for one file
MEMORY_LIMIT = 700 * 1024 * 1024
_ANSWER_LIMIT = 60 * 1024 * 1024
_ZIP, _OLE, _PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF"
_BREACHES = {
    SLOW: "Đọc tệp này mất quá lâu nên đã dừng; hãy tách phụ lục thành nhiều tệp nhỏ hơn.",
    HEAVY: "Tệp này cần quá nhiều bộ nhớ nên không đọc; hãy bỏ hình ảnh rồi lưu lại, hoặc tách thành nhiều tệp.",
    LONG: "Tệp này có quá nhiều chữ nên không đọc; hãy chỉ giữ phần phụ lục có bảng.",
    CRASHED: "Không đọc được tệp này; hãy mở bằng Word hoặc LibreOffice rồi lưu lại dạng DOCX.",
}
_NO_TABLE = "Tệp không có bảng nào. Nếu bảng là hình chụp thì hãy gõ lại thành bảng trong Word hoặc bảng tính."
_OWN_NAME = re.compile(r"(?:sheet|trang tính|trang|bảng|bang|table) ?\d*", re.IGNORECASE)


def read_tables(content: bytes, file_name: str) -> tuple[SourceTable, ...]:
    """Every table of a file with the text around it, in the file's order; what the file is, is seen by its content.

    Errors: DomainError invalid (`file`) with what to do, too_large.
    """
    if len(content) > MOST_BYTES:
        raise DomainError("too_large", f"Tệp có bảng quy trình lớn nhất {MOST_BYTES // 1024**2} MB.")
    if not content.strip():
        raise _refused("Tệp trống; hãy chọn lại tệp.")
    found = _bounded(_packed(content, file_name) if content.startswith((_ZIP, _OLE)) else _plain(content, file_name))
    if not any(cell.text for table in found for cell in table.cells):
        raise _refused(_NO_TABLE)
    return found


def _packed(content: bytes, file_name: str) -> Sequence[SourceTable]:
    if content.startswith(_OLE):
        if _named(content, "WordDocument"):
            raise _refused("Đây là tệp Word cũ (.doc); hãy mở bằng Word rồi lưu lại dạng DOCX.")
        if _named(content, "EncryptedPackage") or _named(content, "EncryptionInfo"):
            raise _refused("Tệp có mật khẩu; hãy bỏ mật khẩu rồi lưu lại.")
        return _of_sheets(read_sheets(content, file_name))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            names = packed.namelist()[:20_000]
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as problem:
        raise _refused("Tệp bị hỏng hoặc tải lên chưa hết; hãy mở lại rồi lưu thành DOCX hoặc XLSX.") from problem
    if any(name.startswith("word/") for name in names):
        return _of_document(content)
    if any(name.startswith("xl/") for name in names) or "content.xml" in names:
        if "content.xml" in names and b"opendocument.text" in content[:200]:
            raise _refused("Đây là văn bản ODT; hãy lưu lại dạng DOCX.")
        return _of_sheets(read_sheets(content, file_name))
    raise _refused("Tệp nén này không phải DOCX hay XLSX; hãy giải nén rồi chọn tệp có bảng.")


def _plain(content: bytes, file_name: str) -> Sequence[SourceTable]:
    for sign, told in (
        (_PDF, "Tệp PDF không giữ các ô của bảng; hãy dùng tệp Word (DOCX) hoặc bảng tính của quyết định."),
        (b"{\\rtf", "Đây là tệp RTF; hãy mở bằng Word rồi lưu lại dạng DOCX."),
        (b"\x89PNG", "Đây là hình ảnh; hãy gõ lại thành bảng trong Word hoặc bảng tính."),
        (b"\xff\xd8\xff", "Đây là hình ảnh; hãy gõ lại thành bảng trong Word hoặc bảng tính."),
        (b"<?xml", "Đây là tệp XML; hãy lưu bảng dạng DOCX hoặc XLSX."),
    ):
        if content.lstrip()[:8].startswith(sign):
            raise _refused(told)
    if content.lstrip()[:200].lower().startswith((b"<!doctype html", b"<html")):
        raise _refused("Đây là trang web; hãy chép bảng vào Word rồi lưu dạng DOCX.")
    text = _text(content)
    if text is not None and is_markdown(text):
        return markdown_tables(text, MOST_ROWS)
    if file_name.lower().endswith((".md", ".markdown")):
        raise _refused(_NO_TABLE)
    return _of_sheets(read_sheets(content, file_name))


def _of_document(content: bytes) -> list[SourceTable]:
    request = {"content": base64.b64encode(content).decode()}
    try:
        answer = json.loads(_reader().ask(json.dumps(request).encode()))
    except Breach as breach:
        raise _refused(_BREACHES[str(breach)]) from breach
    if "told" in answer:
        raise _refused(answer["told"])
    return [
        SourceTable(number, tuple(SourceCell(*cell) for cell in cells), before, after)
        for number, cells, before, after in answer["tables"]
    ]


def _of_sheets(sheets: Sequence[Sheet]) -> list[SourceTable]:
    return [_of_sheet(number, sheet) for number, sheet in enumerate(sheets, start=1)]


def _of_sheet(number: int, sheet: Sheet) -> SourceTable:
    if len(sheet.rows) > MOST_ROWS:
        raise _refused(f"Một trang tính có hơn {MOST_ROWS} dòng; hãy tách thành nhiều tệp.")
    merged = {(top, left): (bottom - top + 1, right - left + 1) for top, left, bottom, right in sheet.merged}
    cells = [
        SourceCell(r, c, _shown(value), *merged.get((r, c), (1, 1)))
        for r, row in enumerate(sheet.rows, start=1)
        for c, value in enumerate(row, start=1)
        if value is not None or (r, c) in merged
    ]
    return SourceTable(number, tuple(cells), "" if _OWN_NAME.fullmatch(sheet.name.strip()) else clean(sheet.name))


def _shown(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, float):
        return decimal(Fraction(value).limit_denominator(10_000)) if abs(value) < 1e9 else str(value)
    if isinstance(value, datetime | date):
        return f"{value:%d/%m/%Y}"
    return clean(str(value))


def _bounded(tables: Sequence[SourceTable]) -> tuple[SourceTable, ...]:
    if len(tables) > MOST_TABLES:
        raise _refused(f"Tệp có hơn {MOST_TABLES} bảng; hãy tách phụ lục thành nhiều tệp.")
    if sum(len(table.cells) for table in tables) > MOST_CELLS:
        raise _refused(f"Tệp có hơn {MOST_CELLS} ô; hãy tách thành nhiều tệp.")
    for table in tables:
        for cell in table.cells:
            if len(cell.text) > LONGEST_CELL:
                raise _refused(f"Một ô có hơn {LONGEST_CELL} ký tự; hãy rút ngắn.")
            if cell.column > MOST_COLUMNS:
                raise _refused(f"Một bảng có hơn {MOST_COLUMNS} cột; hãy xóa bớt cột trống.")
    return tuple(tables)


def _text(content: bytes) -> str | None:
    encodings = ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp1258")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _named(content: bytes, stream: str) -> bool:
    """Whether an old compound file holds a stream of that name."""
    return stream.encode("utf-16-le") in content


def _refused(told: str) -> DomainError:
    return invalid({"file": [told]})


@cache
def _reader() -> Watched:
    """This process's own: made after the fork, with the first document."""
    made = Watched(
        "app.drafting.docx_child",
        time_limit=TIME_LIMIT,
        memory_limit=MEMORY_LIMIT,
        answer_limit=_ANSWER_LIMIT,
        bare=True,
    )
    atexit.register(made.close)
    return made
