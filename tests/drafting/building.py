"""Files of tables as offices make them, from a drawing in text.

A line with bars is a row; `^` is merged with the cell above, `<` with the one to its left, `//` a line break. Other lines are
paragraphs above, between and below the tables.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence

import docx
from docx.document import Document

from app.views.sheet_files import Cell, Sheet, xlsx_book

Rows = list[list[str]]


def parts_of(drawing: str) -> list[str | Rows]:
    """Paragraphs and tables in their order."""
    parts: list[str | Rows] = []
    for line in (one.strip() for one in drawing.strip().split("\n")):
        if "|" not in line:
            parts.append(line)
            continue
        row = [re.sub("(?<!:)//", "\n", cell.strip()) for cell in line.strip("|").split("|")]
        if parts and isinstance(parts[-1], list):
            parts[-1].append(row)
        else:
            parts.append([row])
    return parts


def docx_of(drawing: str) -> bytes:
    document = docx.Document()
    for part in parts_of(drawing):
        if isinstance(part, str):
            document.add_paragraph(part)
        else:
            _table(document, part)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def xlsx_of(drawing: str, name: str = "Sheet1") -> bytes:
    """One sheet; paragraphs stand in its first column. Numbers are numbers, as a spreadsheet makes them."""
    rows: list[list[str]] = []
    for part in parts_of(drawing):
        rows += [[part]] if isinstance(part, str) else part
    width = max(map(len, rows))
    plain = [[_value(cell) for cell in row] + [None] * (width - len(row)) for row in rows]
    made = xlsx_book([Sheet(name, ["" if cell is None else str(cell) for cell in plain[0]], plain[1:])])
    return _merged(made, [f"{_name(*area[:2])}:{_name(*area[2:])}" for area in areas_of(rows)])


def areas_of(rows: Rows) -> list[tuple[int, int, int, int]]:
    """Merged areas: first row and column, last row and column, from 0."""
    found = []
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            if cell in ("^", "<"):
                continue
            right, below = c, r
            while right + 1 < len(row) and row[right + 1] == "<":
                right += 1
            while below + 1 < len(rows) and c < len(rows[below + 1]) and rows[below + 1][c] == "^":
                below += 1
            if (right, below) != (c, r):
                found.append((r, c, below, right))
    return found


def document_xml(content: bytes, change: dict[str, str]) -> bytes:
    """The same file with words of its main part replaced: for what python-docx does not write."""
    return repacked(content, "word/document.xml", change)


def repacked(content: bytes, name: str, change: dict[str, str]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            part = old.read(entry)
            if entry == name:
                text = part.decode()
                for before, after in change.items():
                    assert before in text, before
                    text = text.replace(before, after)
                part = text.encode()
            new.writestr(entry, part)
    return made.getvalue()


def _table(document: Document, rows: Rows) -> None:
    table = document.add_table(len(rows), max(map(len, rows)))
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            if cell not in ("^", "<"):
                table.cell(r, c).text = cell
    for top, left, bottom, right in areas_of(rows):
        table.cell(top, left).merge(table.cell(bottom, right))


def _value(cell: str) -> Cell:
    if cell in ("", "^", "<"):
        return None
    if re.fullmatch(r"\d+([.,]\d+)?", cell):
        number = float(cell.replace(",", "."))
        return int(number) if number.is_integer() else number
    return cell


def _merged(content: bytes, ranges: Sequence[str]) -> bytes:
    if not ranges:
        return content
    cells = "".join(f'<mergeCell ref="{one}"/>' for one in ranges)
    merged = f'</sheetData><mergeCells count="{len(ranges)}">{cells}</mergeCells>'
    return repacked(content, "xl/worksheets/sheet1.xml", {"</sheetData>": merged})


def _name(row: int, column: int) -> str:
    return f"{chr(ord('A') + column)}{row + 1}"
