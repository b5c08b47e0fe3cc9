"""What holds of every table: layout never changes what is read, nothing is lost, nothing is raised."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.drafting.model import SourceCell, SourceTable, TableDraft
from app.drafting.reading import drafts_of, read_tables
from app.drafting.steps import MOST_STEPS
from app.drafting.wording import clean
from app.errors import DomainError

TABLES = sorted((Path(__file__).parent / "tables").glob("*.md"))
FIELDS = (
    "number",
    "name",
    "work",
    "who",
    "place",
    "limit",
    "limit_unit",
    "limit_group",
    "stage",
    "returns",
    "routes",
    "asked",
    "pause",
)
WORDS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [
            *(
                "",
                "Bước 1",
                "2",
                "I",
                "GĐ1 - Bước 2",
                "B3",
                "1.1",
                "Bước 6-13",
                "Tổng cộng",
                "Tại Sở Y tế",
                "TT",
                "STT",
            ),
            *(
                "Nội dung công việc",
                "Vị trí",
                "Thời gian",
                "Thời gian (giờ)",
                "Kết quả",
                "Ghi chú",
                "0,5 ngày",
                "07 ngày (chung)",
            ),
            *(
                "Bộ phận một cửa Sở Y tế",
                "Chuyên viên; Lãnh đạo phòng",
                "Cá nhân, tổ chức",
                "Hệ thống",
                "Trả kết quả",
                "UBND xã",
            ),
            *(
                "Trường hợp 1: đủ điều kiện; Trường hợp 2: không đạt, chuyển bước 3",
                "không đạt: trả lại bước 1",
                "Nộp tiền",
                "½",
            ),
        ]
    ),
)
CELLS = st.builds(
    SourceCell,
    row=st.integers(1, 12),
    column=st.integers(1, 6),
    text=WORDS,
    rows=st.integers(1, 4),
    columns=st.integers(1, 6),
)


def rows_in(path: Path) -> tuple[SourceTable, list[list[str]]]:
    (table,) = read_tables(path.read_bytes(), path.name)
    rows: dict[int, list[str]] = {}
    for cell in table.cells:
        rows.setdefault(cell.row, []).append(cell.text)
    return table, list(rows.values())


def table_of(rows: Sequence[Sequence[str]], like: SourceTable) -> SourceTable:
    cells = (SourceCell(r, c, text) for r, row in enumerate(rows, 1) for c, text in enumerate(row, 1))
    return SourceTable(1, tuple(cells), like.before, like.after)


def told(drafts: Sequence[TableDraft]) -> list[object]:
    return [[getattr(step, name) for name in FIELDS] for draft in drafts for step in draft.steps]


@given(path=st.sampled_from(TABLES), data=st.data())
@settings(max_examples=60, deadline=None)
def test_the_order_of_columns_and_blank_ones_change_nothing(path: Path, data: st.DataObject) -> None:
    table, rows = rows_in(path)
    order = data.draw(st.permutations(range(len(rows[0]))))
    moved = [[row[n] for n in order] for row in rows]
    for at in data.draw(st.lists(st.integers(0, len(order)), max_size=2)):
        moved = [[*row[:at], "", *row[at:]] for row in moved]
    for at in data.draw(st.lists(st.integers(0, len(moved)), max_size=3)):
        moved.insert(at, [""] * len(moved[0]))
    assert told(drafts_of([table_of(moved, table)])) == told(drafts_of([table]))


@given(path=st.sampled_from(TABLES), data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_table_split_over_pages_is_one(path: Path, data: st.DataObject) -> None:
    table, rows = rows_in(path)
    cut = data.draw(st.integers(3, len(rows) - 1))
    again = data.draw(st.booleans())
    first = table_of(rows[:cut], SourceTable(1, (), table.before))
    rest = table_of([rows[0], *rows[cut:]] if again else rows[cut:], SourceTable(2, (), "", table.after))
    assert told(drafts_of([first, SourceTable(2, rest.cells, "", table.after)])) == told(drafts_of([table]))


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_every_row_is_a_step_or_is_named(path: Path) -> None:
    table, rows = rows_in(path)
    (draft,) = drafts_of([table])
    for row, texts in enumerate(rows[1:], start=2):
        steps = [step for step in draft.steps if any(place.row == row for place in step.cells.values())]
        said = [remark for remark in draft.remarks if remark.place is not None and remark.place.row == row]
        assert steps or said, texts
        if steps:
            work = clean(texts[2])
            assert all(part in step.work or step.work in work for step in steps for part in [work] if len(steps) == 1)
        else:
            assert any(remark.code.startswith(("row.", "payment.")) for remark in said)


@given(cells=st.lists(CELLS, max_size=40), before=st.text(max_size=60), count=st.integers(1, 3))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_table_raises(cells: list[SourceCell], before: str, count: int) -> None:
    tables = [SourceTable(n, tuple(cells), before, before) for n in range(1, count + 1)]
    for draft in drafts_of(tables):
        assert len(draft.steps) <= MOST_STEPS
        assert TableDraft.from_dict(draft.to_dict()) == draft
        keys = [step.key for step in draft.steps]
        assert len(keys) == len(set(keys))
        for step in draft.steps:
            assert step.name
            assert len(step.name) <= 80
            assert {route.to for route in step.routes} <= {*keys, "next", "end"}
            assert step.returns is None or keys.index(step.returns) < keys.index(step.key)


@given(rows=st.lists(st.lists(WORDS, min_size=4, max_size=4), min_size=1, max_size=14))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_row_below_a_head_raises(rows: list[list[str]]) -> None:
    head = ["Bước", "Vị trí", "Nội dung công việc", "Thời gian"]
    drafts_of([table_of([head, *rows], SourceTable(1, (), "Thủ tục: Thử (1.001234)"))])


@given(
    content=st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)),
    name=st.sampled_from(["a.docx", "b.csv", "c.md"]),
)
@settings(max_examples=100, deadline=None)
def test_no_file_raises_anything_but_a_refusal(content: bytes, name: str) -> None:
    with contextlib.suppress(DomainError):
        drafts_of(read_tables(content, name))
