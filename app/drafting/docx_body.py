"""A Word document's tables as cells: merged ones once, tracked changes as accepted, numbers that Word draws as text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from app.drafting.docx_numbers import Numbering, W
from app.drafting.limits import LONGEST_CELL, MOST_CELLS, MOST_COLUMNS, MOST_ROWS, MOST_TABLES
from app.drafting.wording import clean

MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_DEEPEST = 8
"""Tables inside cells of tables."""
_SKIPPED = {
    f"{W}{name}"
    for name in (
        *("del", "moveFrom", "delText", "instrText", "fldChar", "proofErr", "pict", "object", "drawing"),
        *("pPr", "rPr", "tblPr", "tblGrid", "trPr", "tcPr", "sectPr", "sdtPr", "sdtEndPr"),
        *("footnoteReference", "endnoteReference", "commentReference"),
    )
} | {f"{MC}Fallback"}
_SIGNS = {f"{W}tab": " ", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}
_OFF = ("0", "false", "off")


class Refused(Exception):  # noqa: N818
    """The document cannot be read; the text (Vietnamese) says why and what to do."""


@dataclass(slots=True)
class _Cell:
    row: int
    column: int
    text: str
    rows: int = 1
    columns: int = 1


@dataclass(slots=True)
class _Table:
    before: str
    cells: list[_Cell] = field(default_factory=list)
    after: str = ""


class Body:
    """Reads the paragraphs and tables of a body in their order."""

    def __init__(self, numbering: Numbering) -> None:
        self._numbering = numbering
        self._tables: list[_Table] = []
        self._text: list[str] = []
        self._cells = 0

    def read(self, document: etree._Element) -> list[list[Any]]:
        body = document.find(f"{W}body")
        if body is None:
            raise Refused("Tệp DOCX không có nội dung; hãy mở bằng Word rồi lưu lại.")
        self._blocks(body, 0)
        self._end_text()
        return [
            [n, [[c.row, c.column, c.text, c.rows, c.columns] for c in table.cells], table.before, table.after]
            for n, table in enumerate(self._tables, start=1)
        ]

    def _blocks(self, parent: etree._Element, depth: int) -> None:
        for element in _within(parent):
            if element.tag == f"{W}p":
                self._text.append(self._paragraph(element))
            elif element.tag == f"{W}tbl":
                self._table(element, depth)

    def _table(self, element: etree._Element, depth: int) -> None:
        if depth >= _DEEPEST:
            raise Refused("Tệp có bảng lồng nhau quá sâu; hãy tách các bảng ra rồi lưu lại.")
        rows = [row for row in _within(element) if row.tag == f"{W}tr" and not _deleted(row)]
        if self._is_frame(rows):
            # A frame of one cell or two around whole tables is layout: what stands in it is read as it stands.
            for row in rows:
                for cell in _within(row):
                    if cell.tag == f"{W}tc":
                        self._blocks(cell, depth + 1)
            return
        if len(rows) > MOST_ROWS:
            raise Refused(f"Một bảng có hơn {MOST_ROWS} dòng; hãy tách thành nhiều tệp.")
        self._end_text()
        table = _Table(self._tables[-1].after if self._tables else self._opening)
        self._tables.append(table)
        if len(self._tables) > MOST_TABLES:
            raise Refused(f"Tệp có hơn {MOST_TABLES} bảng; hãy tách phụ lục thành nhiều tệp.")
        self._rows(table, rows, depth)

    _opening = ""

    def _end_text(self) -> None:
        text = clean("\n".join(self._text))
        self._text = []
        if self._tables:
            self._tables[-1].after = text
        else:
            self._opening = text

    def _is_frame(self, rows: list[etree._Element]) -> bool:
        cells = [cell for row in rows for cell in _within(row) if cell.tag == f"{W}tc"]
        return 0 < len(cells) <= 2 and any(cell.find(f".//{W}tbl") is not None for cell in cells)

    def _rows(self, table: _Table, rows: list[etree._Element], depth: int) -> None:
        above: dict[int, _Cell] = {}
        for number, row in enumerate(rows, start=1):
            column = 1 + _number(row, f"{W}trPr/{W}gridBefore")
            now: dict[int, _Cell] = {}
            for element in _within(row):
                if element.tag != f"{W}tc":
                    continue
                span = min(max(_number(element, f"{W}tcPr/{W}gridSpan", 1), 1), MOST_COLUMNS)
                if column + span - 1 > MOST_COLUMNS:
                    raise Refused(f"Một bảng có hơn {MOST_COLUMNS} cột; hãy xóa bớt cột trống.")
                merged = element.find(f"{W}tcPr/{W}vMerge")
                upper = above.get(column)
                goes_on = merged is not None and merged.get(f"{W}val", "continue") != "restart"
                if goes_on and upper is not None and upper.columns == span:
                    upper.rows += 1
                    if text := self._cell_text(element, depth):
                        upper.text = clean(f"{upper.text}\n{text}")
                    now[column] = upper
                else:
                    now[column] = self._new(table, _Cell(number, column, self._cell_text(element, depth), 1, span))
                column += span
            # Only what is merged may go on below; a later cell looks it up by its column.
            above = now

    def _new(self, table: _Table, cell: _Cell) -> _Cell:
        self._cells += 1
        if self._cells > MOST_CELLS:
            raise Refused(f"Tệp có hơn {MOST_CELLS} ô; hãy tách thành nhiều tệp.")
        table.cells.append(cell)
        return cell

    def _cell_text(self, element: etree._Element, depth: int) -> str:
        """The text of a cell; of a table in it the cells of each row beside each other."""
        if depth >= _DEEPEST:
            raise Refused("Tệp có bảng lồng nhau quá sâu; hãy tách các bảng ra rồi lưu lại.")
        parts: list[str] = []
        for one in _within(element):
            if one.tag == f"{W}p":
                parts.append(self._paragraph(one))
            elif one.tag == f"{W}tbl":
                for row in _within(one):
                    cells = [c for c in _within(row) if c.tag == f"{W}tc"]
                    parts.append(" ".join(self._cell_text(cell, depth + 1) for cell in cells))
        text = clean("\n".join(parts))
        if len(text) > LONGEST_CELL:
            raise Refused(f"Một ô có hơn {LONGEST_CELL} ký tự; hãy rút ngắn.")
        return text

    def _paragraph(self, paragraph: etree._Element) -> str:
        properties = paragraph.find(f"{W}pPr/{W}rPr/{W}del")
        text = "".join(_texts(paragraph))
        if properties is not None and not text.strip():
            return ""
        label = self._numbering.label(paragraph)
        return f"{label} {text}".strip() if label else text


def _within(parent: etree._Element) -> Iterator[etree._Element]:
    """The children, those inside content controls and accepted changes too."""
    waiting = list(reversed(list(parent)))
    while waiting:
        element = waiting.pop()
        if not isinstance(element.tag, str) or element.tag in _SKIPPED:
            continue
        name = etree.QName(element).localname
        if name in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag", "AlternateContent", "Choice"):
            waiting += reversed(list(element))
        else:
            yield element


def _texts(paragraph: etree._Element) -> Iterator[str]:
    waiting = list(reversed(list(paragraph)))
    while waiting:
        element = waiting.pop()
        if not isinstance(element.tag, str) or element.tag in _SKIPPED:
            continue
        if element.tag == f"{W}r" and _hidden(element):
            continue
        if element.tag == f"{W}t":
            yield element.text or ""
        elif element.tag in _SIGNS:
            yield _SIGNS[element.tag]
        else:
            waiting += reversed(list(element))


def _hidden(run: etree._Element) -> bool:
    vanish = run.find(f"{W}rPr/{W}vanish")
    return vanish is not None and vanish.get(f"{W}val", "1") not in _OFF


def _deleted(row: etree._Element) -> bool:
    return row.find(f"{W}trPr/{W}del") is not None


def _number(element: etree._Element, path: str, otherwise: int = 0) -> int:
    found = element.find(path)
    text = found.get(f"{W}val", "") if found is not None else ""
    return min(int(text), 1000) if text.isdecimal() and len(text) < 6 else otherwise
