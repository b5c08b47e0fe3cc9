"""Tables as files to keep: a workbook with a sheet a table, or a print on A4 lying down, with its office and page numbers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final

from app.slips.press import press_many, template_source
from app.slips.print_file import PrintFile
from app.views.sheet_files import Cell, Sheet, xlsx_book
from app.wording import LOCAL

_TEMPLATE: Final = "report.typ"
ROWS_AT_ONCE = 400
"""Rows of a table that are set at once: memory holds no more of a long one."""


@dataclass(frozen=True, slots=True)
class Column:
    """`width` in characters, of a sheet as well as in proportion of a print; `number`: right aligned."""

    title: str
    width: int
    number: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """`rows` may be read once only."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above a print: the offices, the highest first, its title, what was asked in words, when and by whom."""

    offices: Sequence[str]
    title: str
    words: Sequence[str]
    now: datetime
    by: str


def workbook(tables: Iterable[Table]) -> bytes:
    """An XLSX with a sheet for each table."""
    return xlsx_book(
        Sheet(table.title, [one.title for one in table.columns], table.rows, [one.width for one in table.columns])
        for table in tables
    )


def print_tables(head: Head, tables: Iterable[Table]) -> bytes:
    """A PDF of the tables, one under the other; a long one is set in pieces whose pages follow one another."""
    made: list[bytes] = []
    printed, pages = PrintFile(made.append), 0
    stamp = f"{head.now.astimezone(LOCAL):%H:%M ngày %d/%m/%Y}"
    for number, pieces in enumerate(_sheets(tables)):
        content = {
            "head": list(head.offices) if number == 0 else [],
            "title": head.title,
            "words": [*head.words, f"Số liệu lúc {stamp}"],
            "foot": f"{head.title}. In lúc {stamp}, người in: {head.by}",
            "first_page": pages + 1,
            "tables": pieces,
        }
        dated = head.now.replace(microsecond=0)
        pages = printed.add(press_many(template_source(_TEMPLATE), json.dumps(content, ensure_ascii=False), dated))
    printed.close(head.now, head.title)
    return b"".join(made)


def _sheets(tables: Iterable[Table]) -> Iterator[list[dict[str, object]]]:
    """The tables in files of about ROWS_AT_ONCE rows: short ones together, a long one in pieces; of no rows, one file."""
    waiting: list[dict[str, object]] = []
    held, begun = 0, False
    for table in tables:
        rows, title = iter(table.rows), table.title
        while True:
            piece = [[shown(cell) for cell in row] for row in islice(rows, ROWS_AT_ONCE - held)]
            if piece or title:
                waiting.append(_piece(title, table.columns, piece))
            held, title = held + len(piece), ""
            if held < ROWS_AT_ONCE:
                break
            yield waiting
            waiting, held, begun = [], 0, True
    if waiting or not begun:
        yield waiting


def _piece(title: str, columns: Sequence[Column], rows: list[list[str]]) -> dict[str, object]:
    size = 9.5 if len(columns) <= 8 else 8.5
    told = [{"title": one.title, "width": one.width, "number": one.number} for one in columns]
    return {"title": title, "columns": told, "rows": rows, "size": size}


def shown(cell: Cell) -> str:
    """A cell as people read it: `1.234`, `12,5`."""
    if cell is None:
        return ""
    if isinstance(cell, int):
        return f"{cell:,}".replace(",", ".")
    if isinstance(cell, float):
        whole, _, part = f"{cell:,.2f}".rstrip("0").rstrip(".").partition(".")
        return whole.replace(",", ".") + (f",{part}" if part else "")
    return cell
