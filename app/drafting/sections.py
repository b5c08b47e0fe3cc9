"""Tables cut into procedures: which tables, or parts of one, belong together, and what stands above and below them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from app.drafting.around import name_in, says_a_procedure
from app.drafting.columns import Columns, find_head, guess_columns, is_step_number
from app.drafting.grid import Line, grid_of, turned
from app.drafting.model import SourceTable
from app.drafting.rows import Row, rows_of
from app.drafting.wording import folded

MOST_BEFORE = 20_000


@dataclass(slots=True)
class Section:
    """One procedure's rows, from one table or several."""

    before: str
    rows: list[Row]
    columns: Columns
    tables: list[int]
    after: str = ""
    turned: bool = False
    decision: str = ""
    """All text before it, in which the decision is named."""


@dataclass(slots=True)
class _Cutting:
    made: list[Section] = field(default_factory=list)
    loose: str = ""
    """Text since the last table of steps."""
    whole: str = ""


def sections_of(tables: Sequence[SourceTable]) -> list[Section]:
    cutting = _Cutting()
    for table in tables:
        _add(cutting, "" if cutting.loose.endswith(table.before) else table.before)
        _cut(cutting, table)
        if cutting.made and table.number in cutting.made[-1].tables:
            cutting.made[-1].after = table.after
            cutting.loose = ""
        _add(cutting, table.after)
    return cutting.made


def _cut(cutting: _Cutting, table: SourceTable) -> None:
    lines = grid_of(table)
    parts, was_turned = _parts(lines), False
    if not parts:
        opening = next((n for n, line in enumerate(lines) if len(line.distinct) > 1), 0)
        if len(lines) - opening <= 12:
            parts, was_turned = _parts(turned(lines[opening:])), True
            parts = [(lines[:opening], *parts[0][1:]), *parts[1:]] if parts else []
    if not parts:
        _headless(cutting, table, lines)
        return
    for above, columns, body in parts:
        _add(cutting, "\n".join(line.text for line in above))
        _begin(cutting, table, columns, rows_of(body, columns), turned_round=was_turned)


def _parts(lines: list[Line]) -> list[tuple[list[Line], Columns, list[Line]]]:
    """What stands above each head, the head, and what stands below it up to the next."""
    heads: list[tuple[int, Columns, int]] = []
    at = 0
    while at < len(lines):
        found = find_head(lines, at)
        if found is None:
            at += 1
            continue
        heads.append((at, *found))
        at = found[1]
    parts = []
    for n, (begin, columns, first) in enumerate(heads):
        end = heads[n + 1][0] if n + 1 < len(heads) else len(lines)
        above = lines[:begin] if n == 0 else []
        parts.append((above, columns, lines[first:end]))
    return parts


def _headless(cutting: _Cutting, table: SourceTable, lines: list[Line]) -> None:
    """A table without a head goes on with the one above when it is as wide; else its columns are guessed."""
    last = cutting.made[-1] if cutting.made else None
    width = len(lines[0].cells) if lines else 0
    if last is not None and lines and width == len(last.columns.kinds) and not says_a_procedure(cutting.loose):
        rows = rows_of(lines, last.columns)
        if _goes_on(last, rows) or not _number(rows):
            _begin(cutting, table, last.columns, rows, turned_round=False)
            return
    columns = guess_columns(lines)
    if columns is not None:
        _begin(cutting, table, columns, rows_of(lines, columns), turned_round=False)
    else:
        _add(cutting, "\n".join(line.text for line in lines))


def _begin(cutting: _Cutting, table: SourceTable, columns: Columns, rows: list[Row], *, turned_round: bool) -> None:
    """Rows join the procedure before them or begin another; titles among them begin one each."""
    last = cutting.made[-1] if cutting.made else None
    groups = _by_procedure(rows)
    for n, (title, group) in enumerate(groups):
        if title:
            _add(cutting, title)
        if not any(row.kind == "step" for row in group):
            _add(cutting, "\n".join(row.text for row in group))
            continue
        between = cutting.loose
        if n == 0 and last is not None and not title and _belongs(last, between, group):
            heading = _heading_in(between, table.number)
            last.rows += [*([heading] if heading else []), *group]
            last.columns = columns
            if table.number not in last.tables:
                last.tables.append(table.number)
        else:
            section = Section(
                between, group, columns, [table.number], turned=turned_round, decision=cutting.whole[:MOST_BEFORE]
            )
            cutting.made.append(section)
        cutting.loose = ""


def _by_procedure(rows: list[Row]) -> list[tuple[str, list[Row]]]:
    """Rows cut at titles, and at headings behind which the numbers begin again with one."""
    groups: list[tuple[str, list[Row]]] = [("", [])]
    for n, row in enumerate(rows):
        if row.kind == "title":
            if groups[-1][1]:
                groups.append((row.text, []))
            else:
                groups[-1] = (f"{groups[-1][0]}\n{row.text}".strip(), [])
        else:
            groups[-1][1].append(row)
        if n and row.kind == "step" and _is_first(row) and _summed(groups[-1][1]):
            begun = groups[-1][1].pop()
            groups.append(("", [begun]))
    return groups


def _summed(rows: Sequence[Row]) -> bool:
    """Whether steps and their sum stand before the last row."""
    return any(one.kind == "sum" for one in rows[-2:-1]) and any(one.kind == "step" for one in rows[:-2])


def _belongs(last: Section, between: str, rows: list[Row]) -> bool:
    return not says_a_procedure(between) and (_goes_on(last, rows) or _heading_in(between, 0) is not None)


def _goes_on(last: Section, rows: list[Row]) -> bool:
    """Whether the numbers go on where the section's ended."""
    if _later_stage(rows):
        return True
    numbers = [value for row in last.rows if row.kind == "step" and (value := _leading(row.get("number")))]
    begun = _number(rows)
    if not begun:
        return bool(rows) and bool(numbers)
    return bool(numbers) and begun >= numbers[-1] and not (begun == 1 and len(numbers) > 1)


def _later_stage(rows: Sequence[Row]) -> bool:
    """Whether the first step says that it belongs to a second stage or a later one."""
    first = next((folded(row.get("number")) for row in rows if row.kind == "step" and row.get("number")), "")
    stage = re.match(r"(?:gd|giai doan) ?(\d+)", first)
    return stage is not None and int(stage[1]) > 1


def _number(rows: Sequence[Row]) -> int:
    return next((value for row in rows if row.kind == "step" and (value := _leading(row.get("number")))), 0)


def _leading(text: str) -> int:
    if not is_step_number(text):
        return 0
    digits = "".join(one if one.isdigit() else " " for one in folded(text)).split()
    return int(digits[1 if len(digits) > 1 and "gd" in folded(text) else 0]) if digits else 0


def _is_first(row: Row) -> bool:
    return _leading(row.get("number")) == 1


def _heading_in(between: str, table: int) -> Row | None:
    """A stage's or agency's heading between two tables of one procedure."""
    lines = [line for line in between.split("\n") if line.strip()]
    for line in reversed(lines):
        plain = folded(line).lstrip("#*-. ")
        bare = plain.split(". ", 1)[-1].split(") ", 1)[-1]
        if len(plain) < 160 and (
            bare.startswith(("giai doan", "gd 1", "gd 2", "gd1", "gd2", "tai ")) or plain.startswith("giai doan")
        ):
            return Row("heading", table, 1, line.strip("#* "))
    return None


def name_of_section(section: Section) -> tuple[str, str | None, bool]:
    return name_in(section.before)


def _add(cutting: _Cutting, text: str) -> None:
    if text.strip():
        cutting.loose = f"{cutting.loose}\n{text}".strip()[-MOST_BEFORE:]
        if len(cutting.whole) < MOST_BEFORE:
            cutting.whole += f"\n{text}"
