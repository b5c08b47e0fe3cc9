"""A published table becomes drafts of steps (QT-22.2, docs/reading-tables.md): files to tables, tables to `TableDraft`s."""

from __future__ import annotations

from collections.abc import Sequence

from app.drafting.around import Total, decision_in, name_in, total_below, total_in
from app.drafting.files import read_tables
from app.drafting.finishing import finish
from app.drafting.model import Certainty, DraftStep, Place, Remark, SourceTable, TableDraft
from app.drafting.sections import Section, sections_of
from app.drafting.steps import take_rows
from app.drafting.sums import block_remark, said, total_remark
from app.drafting.taken import Taken
from app.drafting.times import hours_of, read_time
from app.drafting.wording import shortened

__all__ = ["drafts_of", "read_tables"]

_ORDER = {"doubtful": 0, "guessed": 1, "read": 2}


def drafts_of(tables: Sequence[SourceTable]) -> tuple[TableDraft, ...]:
    """One draft for each procedure that the tables hold, in their order; empty where no table has steps."""
    drafts = [_draft(section) for section in sections_of(tables)]
    return tuple(draft for draft in drafts if draft.steps)


def _draft(section: Section) -> TableDraft:
    taken = take_rows(section.rows, section.columns)
    printed, place = _printed(section, taken)
    steps, remarks = finish(taken, printed.time if printed else None)
    name, code, sure = name_in(section.before)
    number, day = _decision(section)
    total_unit = _total_unit(printed, steps)
    total = printed.time.limit if printed else None
    remarks += _about_columns(section)
    remarks += _about_name(name, code, sure=sure)
    remarks += _about_total(section, taken, steps, printed, total_unit, place)
    return TableDraft(
        name=name,
        code=code,
        steps=steps,
        remarks=tuple(_sorted(remarks, steps)),
        total=total,
        total_unit=total_unit,
        total_text=printed.text if printed else "",
        decision_number=number,
        decided_on=day,
        tables=tuple(section.tables),
    )


def _decision(section: Section) -> tuple[str | None, str | None]:
    """The decision named above the table, else the one that the file begins with."""
    near = decision_in(section.before)
    return near if near[0] else decision_in(section.decision)


def _printed(section: Section, taken: Taken) -> tuple[Total | None, Place | None]:
    """The printed limit: of the row of sums, else of the text above, else of that below."""
    if taken.total is not None:
        text, time, place = taken.total
        return Total(shortened(text, 200), time), place
    return total_in(section.before) or total_below(section.after), None


def _total_unit(printed: Total | None, steps: Sequence[DraftStep]) -> str:
    if printed is not None and printed.time.unit:
        return printed.time.unit
    units = {step.limit_unit for step in steps if step.limit not in (None, "none")}
    return units.pop() if len(units) == 1 else "working"


def _about_columns(section: Section) -> list[Remark]:
    columns, made = section.columns, []
    first = section.rows[0]
    place = Place(first.table, first.line, 1)
    if columns.guessed:
        text = "Bảng không có dòng tiêu đề: đã đoán cột theo nội dung, hãy xem các cột có đúng không."
        made.append(Remark("guessed", "columns.guessed", text, place, None, "table"))
    if section.turned:
        text = "Bảng xoay ngang (mỗi bước một cột): đã đọc theo cột."
        made.append(Remark("guessed", "columns.turned", text, place, None, "table"))
    for kind, field, text in (
        (
            "time",
            "limit",
            (
                "Bảng không có cột thời gian: các bước chưa có thời hạn (không tính); hãy ghi thời hạn "
                "nếu văn bản có ở chỗ khác."
            ),
        ),
        ("who", "position", "Bảng không có cột người thực hiện: hãy chọn vị trí cho từng bước."),
    ):
        if not columns.has(kind):
            made.append(Remark("doubtful", f"columns.no-{kind}", text, place, None, field))
    several = next(
        (row for row in section.rows if row.get("times") and len(set(row.get("times").split(" | "))) > 1), None
    )
    heads = {columns.heads[n] for n in columns.of("time")}
    if several is not None and not _agreeing(section):
        used = next(
            (columns.titles[n] for n in columns.of("time") if columns.heads[n] == several.heads.get("time")), ""
        )
        text = f"Bảng có {len(heads)} cột thời gian không khớp nhau: đã lấy cột “{used}”; hãy kiểm tra."
        made.append(Remark("doubtful", "columns.several-times", text, several.place("time"), None, "limit"))
    return made


def _agreeing(section: Section) -> bool:
    """Whether several columns of time say the same in other units."""
    for row in section.rows:
        found = [
            read_time(text, name.removeprefix("time:")).hours
            for name, text in row.fields.items()
            if name.startswith("time:")
        ]
        if len(set(found)) > 1:
            return False
    return True


def _about_name(name: str, code: str | None, *, sure: bool) -> list[Remark]:
    if not name:
        text = "Không thấy tên thủ tục quanh bảng: hãy chọn thủ tục."
        return [Remark("doubtful", "name.missing", text, None, None, "name")]
    known = f" (mã {code})" if code else ""
    certainty: Certainty = "read" if sure else "guessed"
    note = "" if sure else "; hãy xem có đúng không"
    return [
        Remark(certainty, "name.read", (f"Tên thủ tục: “{shortened(name, 120)}”{known}{note}."), None, None, "name")
    ]


def _about_total(
    section: Section, taken: Taken, steps: Sequence[DraftStep], printed: Total | None, unit: str, place: Place | None
) -> list[Remark]:
    made: list[Remark] = []
    for n, block in enumerate(taken.blocks):
        own = [step for step, item in zip(steps, taken.items, strict=True) if item.block == n]
        if block.time is not None and own:
            made.append(
                block_remark(block.title, hours_of(block.time.limit, block.time.unit or unit), own, block.place)
            )
    if printed is None or printed.time.limit in (None, "none"):
        if section.columns.has("time"):
            text = "Không thấy thời hạn giải quyết in trong văn bản nên không so được với tổng các bước."
            made.append(Remark("guessed", "total.missing", text, None, None, "total"))
        return made
    if printed.time.certainty == "doubtful":
        text = (
            f"Thời hạn giải quyết ghi “{printed.text}”: {printed.time.why}; đã lấy "
            f"{said(hours_of(printed.time.limit, unit), unit)}, hãy kiểm tra."
        )
        made.append(Remark("doubtful", "total.unclear", text, place, None, "total"))
    remark = total_remark(steps, printed.time.limit or "none", unit, place)
    if remark is not None:
        made.append(remark)
    elif section.columns.has("time"):
        text = f"Thời hạn “{printed.text}” và các bước không cùng đơn vị (làm việc, theo lịch) nên không so được tổng."
        made.append(Remark("guessed", "total.not-compared", text, place, None, "total"))
    return made


def _sorted(remarks: Sequence[Remark], steps: Sequence[DraftStep]) -> list[Remark]:
    """Doubts first, each kind in the order of the steps."""
    order = {step.key: n for n, step in enumerate(steps)}
    return sorted(remarks, key=lambda one: (_ORDER[one.certainty], order.get(one.step or "", -1)))
