"""Imports of dossiers of an old system as people see them: what was looked at, how far it has come, what came of each row."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.actions.import_columns import HISTORY_SHEET, SHEET
from app.actions.import_template import COLUMNS, HISTORY
from app.errors import DomainError
from app.store import imports
from app.store.imports import ImportRow, LineRow
from app.store.transaction import reading
from app.views.cursors import an_id, make_cursor, page_answer, read_cursor
from app.views.sheet_files import Sheet, xlsx_book, xlsx_file
from app.wording import LOCAL

STATES = {
    imports.PREVIEW: "Đang xem trước",
    imports.RUNNING: "Đang chuyển",
    imports.DONE: "Đã chuyển xong",
}
VERDICTS = {"ready": "Sẽ nhập", "doubtful": "Cần xem lại", "refused": "Không nhập"}
RESULTS = {
    imports.WAITING: "Chờ chuyển",
    imports.IMPORTED: "Đã chuyển",
    imports.FAILED: "Lỗi khi chuyển",
    imports.SKIPPED: "Bỏ qua",
    imports.WITHDRAWN: "Đã rút",
}
_ALL = 100_000
MOST_ROWS = 200


def import_list(cursor: str | None, page_size: int) -> dict[str, Any]:
    """A page of the imports, the latest first. Errors: DomainError invalid."""
    before = read_cursor(cursor, "imports", an_id)[0] if cursor is not None else None
    with reading() as connection:
        rows = imports.imports(connection, before, page_size + 1)
        data = [_view(row, imports.counts(connection, row.id)) for row in rows[:page_size]]
        total = imports.count_imports(connection)
    more = make_cursor("imports", rows[page_size - 1].id) if len(rows) > page_size else None
    return page_answer(data, total, more)


def import_detail(import_id: int) -> dict[str, Any]:
    """One with its columns and totals. Errors: DomainError not_found."""
    with reading() as connection:
        row = _known(connection, import_id)
        found = _view(row, imports.counts(connection, row.id))
    columns = [
        {
            "name": column.name,
            "title": column.title,
            "hint": column.hint,
            "required": column.required,
            "heading": row.mapping.get(column.name),
        }
        for column in COLUMNS
    ]
    return found | {
        "columns": columns,
        "headings": row.headings,
        "unused": [heading for heading in row.headings if heading not in row.mapping.values()],
    }


def _known(connection: Connection, import_id: int) -> ImportRow:
    row = imports.find_import(connection, import_id)
    if row is None or row.state == imports.DROPPED:
        raise DomainError("not_found", "Không có lần chuyển hồ sơ này.")
    return row


def _view(row: ImportRow, counts: Mapping[tuple[str, str], int]) -> dict[str, Any]:
    by_verdict = {name: sum(n for (verdict, _), n in counts.items() if verdict == name) for name in VERDICTS}
    by_state = {name: sum(n for (_, state), n in counts.items() if state == name) for name in RESULTS}
    rows = sum(by_verdict.values())
    wanted = rows - by_verdict["refused"]
    return {
        "id": row.id,
        "source": row.source,
        "file_name": row.file_name,
        "history_name": row.history_name,
        "sha256": row.sha256,
        "state": row.state,
        "state_title": STATES[row.state],
        "version": row.version,
        "made_by_name": row.made_by_name,
        "made_at": row.made_at,
        "accepted_at": row.accepted_at,
        "finished_at": row.finished_at,
        "rows": rows,
        "wanted": wanted,
        "done": wanted - by_state[imports.WAITING] if row.state != imports.PREVIEW else 0,
        **by_verdict,
        **{name: by_state[name] for name in (imports.IMPORTED, imports.FAILED, imports.WITHDRAWN)},
    }


def import_rows(import_id: int, which: str | None, after: int, page_size: int) -> dict[str, Any]:
    """Rows in the order of the file, of one verdict or state. Errors: DomainError not_found."""
    with reading() as connection:
        row = _known(connection, import_id)
        wanted = (which,) if which else ()
        found = imports.lines(connection, import_id, after=after, most=page_size + 1, which=wanted)
        counts = imports.counts(connection, row.id)
    total = sum(n for pair, n in counts.items() if not which or which in pair)
    more = str(found[page_size - 1].line) if len(found) > page_size else None
    return page_answer([row_view(one) for one in found[:page_size]], total, more)


def row_view(row: LineRow) -> dict[str, Any]:
    """A row with where its dossier will stand, or stands; `places` are its open steps."""
    plan = row.plan
    return {
        "line": row.line,
        "old_code": row.old_code,
        "applicant_name": row.applicant_name,
        "verdict": row.verdict,
        "verdict_title": VERDICTS[row.verdict],
        "state": row.state,
        "state_title": RESULTS[row.state],
        "remarks": row.remarks,
        "problem": row.problem,
        "dossier": row.dossier,
        "done_at": row.done_at,
        "procedure": plan.get("procedure"),
        "procedure_name": plan.get("procedure_name"),
        "agency_name": plan.get("agency_name"),
        "code": plan.get("code"),
        "received_at": _instant(plan.get("received_at")),
        "deadline": _instant(plan.get("deadline")),
        "appointment": _instant(plan.get("appointment")),
        "result_at": _instant(plan.get("result_at")),
        "places": plan.get("places", []),
        "history_lines": len(plan.get("history", ())),
    }


def template_file() -> bytes:
    """The table to fill in, a sheet for old lines, and what may stand where."""
    both = [(SHEET, column) for column in COLUMNS] + [(HISTORY_SHEET, column) for column in HISTORY]
    told = [(sheet, one.title, "bắt buộc" if one.required else "", one.hint) for sheet, one in both]
    data = "Dữ liệu hồ sơ mà quy trình rẽ nhánh theo, ví dụ “Dữ liệu: commune”; có thể thêm nhiều cột như vậy."
    told.append((SHEET, "Dữ liệu: tên trường", "", data))
    return xlsx_book(
        [
            Sheet(SHEET, [column.title for column in COLUMNS], (), [column.width for column in COLUMNS]),
            Sheet(HISTORY_SHEET, [column.title for column in HISTORY], (), [column.width for column in HISTORY]),
            Sheet("Hướng dẫn", ["Trang tính", "Cột", "", "Ghi gì"], told, [14, 24, 10, 90]),
        ]
    )


def remarks_file(import_id: int) -> tuple[str, bytes]:
    """The preview, or what came of it, with remarks: file name and XLSX. Errors: DomainError not_found."""
    with reading() as connection:
        row = _known(connection, import_id)
        found = imports.lines(connection, import_id, most=_ALL)
    made = xlsx_file("Xem trước", list(_REMARKED), [_remarked(one, row) for one in found], list(_REMARKED.values()))
    return f"chuyen-ho-so-{row.id}.xlsx", made


_REMARKED = {
    "Dòng": 6,
    "Mã hồ sơ cũ": 24,
    "Người nộp": 26,
    "Xem trước": 14,
    "Kết quả": 14,
    "Hồ sơ": 28,
    "Thủ tục": 14,
    "Cơ quan": 26,
    "Bước": 32,
    "Người nhận": 26,
    "Hạn xử lý": 18,
    "Nhận xét": 90,
}
"""Heads and widths of the file with remarks."""


def _remarked(row: LineRow, of: ImportRow) -> list[str | int | None]:
    plan = row.plan
    places = plan.get("places", [])
    said = [f"{one['cell'] or one['title']}: {one['text']}" for one in row.remarks]
    return [
        row.line,
        row.old_code,
        row.applicant_name,
        VERDICTS[row.verdict],
        "" if of.state == imports.PREVIEW else RESULTS[row.state],
        row.dossier,
        plan.get("procedure"),
        plan.get("agency_name"),
        "; ".join(place["step_name"] for place in places),
        "; ".join(place["holder_name"] or place["position_name"] for place in places),
        _shown(plan.get("deadline")),
        " ".join([*said, *([row.problem] if row.problem else [])]),
    ]


def _shown(text: str | None) -> str | None:
    at = _instant(text)
    return f"{at.astimezone(LOCAL):%H:%M %d/%m/%Y}" if at else None


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
