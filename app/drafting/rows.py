"""What each line below a head is: a step, an agency's or stage's heading, a sum, another procedure's title, a note."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from app.drafting.columns import Columns, is_step_number, kind_of_head
from app.drafting.grid import Line
from app.drafting.model import Place, SourceCell
from app.drafting.people import begins_with_position
from app.drafting.times import read_time
from app.drafting.wording import folded, one_line

RowKind = Literal["step", "heading", "sum", "title", "note"]

_SUM = re.compile(r"(?:[ivx\d]+[.)]? )?(?:tong\b|cong\b(?! chuc| dan| an| van| khai| nghe| thuong| bo| ty| viec| tac))")
_STAGE_SUM = re.compile(
    r"giai doan|\bgd ?\d|muc|tai |buoc|phan [ivx\d]|cap (?:xa|tinh|huyen)|ubnd|\bso\b|van phong|co quan"
)
_NOTE = re.compile(r"ghi chu|luu y|chu thich|\*|noi nhan|\(\*\)|nguoi (?:lap|ky)|note\b")
_TITLE = re.compile(
    r"(?:[ivxlc]+|\d{1,3}|[a-z])?(?:\.\d{1,3})*[.):]? ?(?:ten )?(?:thu tuc|tthc"
    r"|quy trinh(?: noi bo)?(?: so)?(?: \d+)?|nhom thu tuc)\b"
)
_CODE = re.compile(r"\b\d\.\d{6}\b")
_HEADING = re.compile(
    r"(?:(?:[ivx]+|[a-z]|\d{1,2})[.):]? |phan [ivx\d]+[.:]? |-)?(?:tai |o |thuoc |giai doan|gd ?\d"
    r"|cap |ubnd|uy ban|so |van phong"
    r"|co quan|chi nhanh|bo phan|trung tam|thue|chi cuc|quy trinh tai|trach nhiem cua)"
)
_STAGE_NUMBER = re.compile(r"(?:giai doan|gd) ?(?:\d{1,2}|[ivx]{1,4})[.:]?")
_LETTERED = re.compile(r"[ivx]{1,4}|[a-hđ]", re.IGNORECASE)


@dataclass(slots=True)
class Row:
    """A line taken apart. Fields hold the text as printed; `cells` the source cells behind them."""

    kind: RowKind
    table: int
    line: int
    text: str
    fields: dict[str, str] = field(default_factory=dict)
    cells: dict[str, SourceCell] = field(default_factory=dict)
    heads: dict[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str:
        return self.fields.get(name, "")

    def place(self, name: str) -> Place | None:
        cell = self.cells.get(name)
        return Place(self.table, cell.row, cell.column) if cell is not None else None

    def same_cell(self, other: Row, name: str) -> bool:
        """Whether both rows lie under one cell that was merged downwards."""
        mine, theirs = self.cells.get(name), other.cells.get(name)
        return mine is not None and mine is theirs and mine.rows > 1


def rows_of(lines: Sequence[Line], columns: Columns) -> list[Row]:
    """The rows below a head, blank ones left out."""
    made: list[Row] = []
    for line in lines:
        if line.distinct:
            row = _taken_apart(line, columns)
            row.kind = _kind(row, line, columns)
            made.append(row)
    return made


def first_number(rows: Sequence[Row]) -> str:
    """The number of the first step, folded; empty where it has none."""
    return next((folded(row.get("number")) for row in rows if row.kind == "step" and row.get("number")), "")


def _taken_apart(line: Line, columns: Columns) -> Row:
    first = line.distinct[0]
    row = Row("step", line.table, line.row, line.text, cells={"row": first})
    _take(row, line, columns, _number_columns(line, columns), "number")
    for kind in ("work", "paper", "stage"):
        _take(row, line, columns, columns.of(kind), kind)
    _take_people(row, line, columns)
    _take_time(row, line, columns)
    _take_number_apart(row)
    return row


def _number_columns(line: Line, columns: Columns) -> Sequence[int]:
    """Of a running number and the step's own (`1 | Bước 1`) the step's own."""
    places = columns.of("number")
    cells = [(n, cell) for n in places if n < len(line.cells) and (cell := line.cells[n]) is not None and cell.text]
    if len({id(cell) for _, cell in cells}) < 2 or not all(is_step_number(cell.text) for _, cell in cells):
        return places
    return [next((n for n, cell in cells if "buoc" in folded(f"{columns.heads[n]} {cell.text}")), cells[0][0])]


def _take(row: Row, line: Line, columns: Columns, places: Sequence[int], name: str) -> None:
    found: list[SourceCell] = []
    for n in places:
        cell = line.cells[n] if n < len(line.cells) else None
        if cell is not None and cell.text and not any(cell is one for one in found):
            found.append(cell)
    if found:
        row.fields[name] = "\n".join(cell.text for cell in found)
        row.cells[name] = found[0]
        row.heads[name] = columns.heads[places[0]]
    elif places and places[0] < len(line.cells) and (blank := line.cells[places[0]]) is not None:
        row.cells[name] = blank


def _take_people(row: Row, line: Line, columns: Columns) -> None:
    """Of two columns, one for the office and one for the person, the person does the step in the office."""
    places = columns.of("who")
    offices = [n for n in places if re.search(r"don vi|co quan|bo phan|noi ", columns.heads[n])]
    persons = [n for n in places if n not in offices]
    if offices and persons:
        _take(row, line, columns, persons, "who")
        _take(row, line, columns, offices, "office")
        if not row.get("who") and row.get("office"):
            row.fields["who"], row.cells["who"] = row.get("office"), row.cells["office"]
        return
    _take(row, line, columns, places, "who")
    # `2.1. Lãnh đạo phòng` under a merged `Bước 2`: the number of the step stands before its position.
    own = re.fullmatch(r"(\d{1,3}\.\d{1,2})[.)]?\s+(\S[^\n]*)", row.get("who"))
    if own and _whole_number(row.get("number")) in ("", own[1].split(".")[0]):
        row.fields["number"], row.fields["who"] = own[1], own[2]


def _whole_number(text: str) -> str:
    found = re.match(r"(?:buoc )?0*(\d+)(?![.\d])", folded(text))
    return found[1] if found else text


def _take_time(row: Row, line: Line, columns: Columns) -> None:
    """Of several columns of time the one that is in force: shortened, internal, proposed; else the first filled one."""
    places = columns.of("time")
    if len(places) > 1 and len({columns.heads[n] for n in places}) > 1:
        better = [n for n in places if re.search(r"sau|cat giam|rut ngan|noi bo|de xuat|thuc te", columns.heads[n])]
        worse = [n for n in places if re.search(r"quy dinh|hien hanh|truoc|tong", columns.heads[n])]
        ordered = better or [n for n in places if n not in worse] or places
        texts = [one_line(cell.text) for n in places if (cell := line.cells[n]) is not None and cell.text]
        filled = [n for n in ordered if (cell := line.cells[n]) is not None and cell.text] or ordered
        _take(row, line, columns, filled[:1], "time")
        row.fields["times"] = " | ".join(texts)
        for n in places:
            if (cell := line.cells[n]) is not None and cell.text:
                row.fields[f"time:{columns.heads[n]}"] = cell.text
        row.heads["time"] = columns.heads[filled[0]]
        return
    _take(row, line, columns, places, "time")
    if places:
        row.heads["time"] = columns.heads[places[0]]


def _take_number_apart(row: Row) -> None:
    """`Bước 1: Tiếp nhận hồ sơ` in one cell is a number and a name, whichever column it stands in."""
    for name in ("number", "work"):
        text = row.get(name)
        if not text or (name == "work" and row.get("number")):
            continue
        first, _, rest = text.partition("\n")
        match = re.match(
            (
                r"\s*((?:(?:GĐ|Giai đoạn)\s*\d+\s*[-–.:]?\s*)?(?:Bước|B"
                r"|BƯỚC)\s*\d+(?:\.\d+)*(?:\s*[-–]\s*\d+)?)\s*[.:)\-–]*\s+(.+)"
            ),
            first,
        ) or (re.match(r"\s*(\d{1,2})\s*[.)]\s+(\S.+)", first) if name == "number" else None)
        if name == "number" and is_step_number(text):
            return
        if match:
            row.fields["number"] = match[1]
            if name == "number":
                row.fields["title"] = match[2] if row.get("work") else ""
                if not row.get("work"):
                    row.fields["work"], row.cells["work"] = "\n".join(filter(None, [match[2], rest])), row.cells[name]
            else:
                row.fields["work"] = "\n".join(filter(None, [match[2], rest]))
                row.cells["number"] = row.cells[name]
            return
        if name == "number" and not row.get("work"):
            row.fields["work"], row.cells["work"] = text, row.cells["number"]
            row.fields["number"] = ""
        elif name == "number" and len(text) > 12:
            row.fields["title"], row.fields["number"] = text, ""


def _kind(row: Row, line: Line, columns: Columns) -> RowKind:
    cells = line.distinct
    words = [cell.text for cell in cells if _SUM.match(folded(cell.text)) or not _only_time(cell.text)]
    first = folded(next((text for text in words if not is_step_number(text)), words[0] if words else ""))
    whole = folded(" ".join(words))
    if sum(bool(kind_of_head(cell.text)) for cell in cells) >= 3:
        return "note"
    if _SUM.match(first) and len(first) < 160:
        return "sum"
    alone = len(cells) == 1 or (len(words) == 1 and len(cells) <= 2)
    if _is_title(row, cells, words, whole):
        return "title"
    if _NOTE.match(first) and alone:
        return "note"
    if _is_heading(row, line, words, alone=alone, columns=columns):
        return "heading"
    return "step"


def _is_title(row: Row, cells: list[SourceCell], words: list[str], whole: str) -> bool:
    wide = max((cell.columns for cell in cells), default=1) >= 2 or len(words) == 1
    few = len(cells) == 1 or (len(words) <= 2 and not row.get("time"))
    return few and wide and (bool(_CODE.search(whole)) or bool(_TITLE.match(whole)))


def _is_heading(row: Row, line: Line, words: list[str], *, alone: bool, columns: Columns) -> bool:
    """A line that names only an agency or a stage, perhaps with the time of its block."""
    text = folded(" ".join(words))
    widest = max((cell.columns for cell in line.distinct), default=1)
    lettered = bool(words) and bool(_LETTERED.fullmatch(words[0].strip(" .)"))) and len(words) == 2
    if len(text) > 200:
        return False
    if _over_all(row, line):
        return True
    if alone:
        if columns.guessed or widest >= max(2, len(line.cells) - 2) or _HEADING.match(text):
            return not (row.get("work") and row.get("number") and widest == 1)
        return False
    if lettered and row.cells.get("who") is row.cells.get("work") is not None:
        return True
    if lettered and not _two_of(row):
        return bool(_HEADING.match(folded(words[1]))) or begins_with_position(words[1])
    return (
        widest >= max(2, len(line.cells) - 2)
        and len(words) <= 2
        and bool(_HEADING.match(text))
        and not row.get("number")
    )


def _over_all(row: Row, line: Line) -> bool:
    """Whether beside its number the line is one cell, over the columns of people, work and time."""
    who, work, time = (row.cells.get(name) for name in ("who", "work", "time"))
    one = who if who is not None and who is time and work in (who, None) else None
    others = [cell for cell in line.distinct if cell is not one]
    number = _STAGE_NUMBER.fullmatch
    return one is not None and all(is_step_number(cell.text) or number(folded(cell.text)) for cell in others)


def _two_of(row: Row) -> bool:
    who, work = row.cells.get("who"), row.cells.get("work")
    return bool(row.get("who") and row.get("work")) and who is not work


def _only_time(text: str) -> bool:
    if len(text) > 60 or begins_with_position(text):
        return False
    time = read_time(text)
    return (
        time.code not in ("limit.unreadable", "limit.missing", "limit.elsewhere", "limit.at-once")
        and time.limit is not None
    )
