"""Tables as files for spreadsheets: CSV and XLSX, in which no cell is ever taken for a formula.

An XLSX is a ZIP of small XML parts; ours has sheets of inline text and numbers, which spreadsheets show and never compute
(docs/decisions/0013-spreadsheets.md).
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

Cell = str | int | float | None

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LONGEST = 32_767
"""Characters that a cell may hold."""
_EPOCH = (1980, 1, 1, 0, 0, 0)


def csv_file(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """UTF-8 with a byte order mark, by which spreadsheets know it; what would begin a formula begins with an apostrophe."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _plain(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a workbook: its first row is the head, in bold and kept in sight. `widths` are in characters."""

    title: str
    head: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    widths: Sequence[int] = ()


def xlsx_file(title: str, head: Sequence[str], rows: Iterable[Sequence[Cell]], widths: Sequence[int] = ()) -> bytes:
    """A workbook of one sheet."""
    return xlsx_book([Sheet(title, head, rows, widths)])


def xlsx_book(sheets: Iterable[Sheet]) -> bytes:
    """A workbook; rows are written as they come, so a long sheet is never held as a whole."""
    made = io.BytesIO()
    titles: list[str] = []
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, sheet in enumerate(sheets, start=1):
            titles.append(_title(sheet.title, titles))
            part = zipfile.ZipInfo(f"xl/worksheets/sheet{number}.xml", _EPOCH)
            part.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(part, "w") as file:
                for text in _worksheet(sheet):
                    file.write(text.encode())
        for path, content in _frame(titles).items():
            archive.writestr(zipfile.ZipInfo(path, _EPOCH), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _worksheet(sheet: Sheet) -> Iterator[str]:
    columns = "".join(
        f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>' for n, width in enumerate(sheet.widths, start=1)
    )
    yield (
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f"{f'<cols>{columns}</cols>' if columns else ''}<sheetData>{_row(1, sheet.head, bold=True)}"
    )
    for number, row in enumerate(sheet.rows, start=2):
        yield _row(number, row)
    yield "</sheetData></worksheet>"


def _title(title: str, taken: Sequence[str]) -> str:
    """A name as a sheet may have it: 31 characters, no second of its kind."""
    name = re.sub(r"[\[\]:*?/\\]", " ", title)[:31]
    return name if name not in taken else f"{name[:27]} ({len(taken) + 1})"


def _frame(titles: Sequence[str]) -> dict[str, str]:
    numbers = range(1, len(titles) + 1)
    sheets = [("worksheet", f"worksheets/sheet{number}.xml") for number in numbers]
    listed = "".join(
        f'<sheet name="{escape(title, {chr(34): "&quot;"})}" sheetId="{number}" r:id="rId{number}"/>'
        for number, title in enumerate(titles, start=1)
    )
    parts = "".join(f'<Override PartName="/xl/{path}" ContentType="{_SHEETS}.worksheet+xml"/>' for _, path in sheets)
    related = [(f"rId{number}", *part) for number, part in enumerate([*sheets, ("styles", "styles.xml")], start=1)]
    return {
        "[Content_Types].xml": _TYPES.format(sheets=parts),
        "_rels/.rels": _relations(("rId1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relations(*related),
        "xl/styles.xml": _STYLES,
    }


def _row(number: int, cells: Sequence[Cell], *, bold: bool = False) -> str:
    return f'<row r="{number}">{"".join(_cell(cell, bold) for cell in cells)}</row>'


def _cell(cell: Cell, bold: bool) -> str:
    style = ' s="1"' if bold else ""
    if cell is None or cell == "":
        return f"<c{style}/>"
    if isinstance(cell, str):
        text = escape(_NOT_XML.sub("\ufffd", cell[:_LONGEST]))
        return f'<c t="inlineStr"{style}><is><t xml:space="preserve">{text}</t></is></c>'
    return f"<c{style}><v>{cell}</v></c>"


_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEETS = "application/vnd.openxmlformats-officedocument.spreadsheetml"
XLSX = f"{_SHEETS}.sheet"
CSV = "text/csv; charset=utf-8"
_TYPES = (
    f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEETS}.sheet.main+xml"/>'
    "{sheets}"
    f'<Override PartName="/xl/styles.xml" ContentType="{_SHEETS}.styles+xml"/></Types>'
)
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def _relations(*related: tuple[str, str, str]) -> str:
    each = "".join(
        f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target="{target}"/>' for name, kind, target in related
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{each}</Relationships>'
