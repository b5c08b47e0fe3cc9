"""The log book of outages as people read it: a list, one entry with its notes, and the whole book as a workbook (TN-22.1d)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from app.actions.keep_log_book import KINDS, LEVELS, NOTES
from app.errors import DomainError
from app.store import log_book
from app.store.log_book import EntryRow, NoteRow
from app.store.transaction import reading
from app.views.cursors import an_id, make_cursor, page_answer, read_cursor
from app.views.sheet_files import xlsx_file
from app.wording import LOCAL

MOST_EXPORTED: Final = 5000
FIELDS: Final = {
    "kind": "Loại",
    "level": "Mức độ",
    "title": "Tên sự cố",
    "words": "Diễn biến",
    "affected": "Phạm vi ảnh hưởng",
    "began_at": "Bắt đầu",
    "noticed_at": "Phát hiện",
    "ended_at": "Kết thúc",
    "cause": "Nguyên nhân",
    "remedy": "Khắc phục, phòng ngừa",
}
_NOTE_TITLES: Final = {**NOTES, "changed": "Sửa nội dung", "ended": "Ghi kết thúc"}


def log_book_list(kind: str | None, year: int | None, cursor: str | None, page_size: int) -> dict[str, Any]:
    """A page of the book, the newest first. Errors: DomainError invalid."""
    before = read_cursor(cursor, "log_book", an_id)[0] if cursor is not None else None
    with reading() as connection:
        rows = log_book.entries(connection, kind, year, before, page_size + 1)
        total = log_book.count_entries(connection, kind, year)
    following = make_cursor("log_book", rows[page_size - 1].id) if len(rows) > page_size else None
    return page_answer([entry_view(row) for row in rows[:page_size]], total, following)


def entry_detail(entry_id: int) -> dict[str, Any]:
    """An entry with its notes. Errors: DomainError not_found."""
    with reading() as connection:
        row = log_book.find_entry(connection, entry_id)
        notes = log_book.notes_of(connection, entry_id) if row is not None else []
    if row is None:
        raise DomainError("not_found", "Sổ sự cố không có dòng này.")
    return entry_view(row) | {"notes": [_note(note) for note in notes]}


def log_book_file(kind: str | None, year: int | None) -> bytes:
    """The newest MOST_EXPORTED entries as XLSX, a line an entry, its notes in one cell."""
    with reading() as connection:
        rows = log_book.entries(connection, kind, year, None, MOST_EXPORTED)
        told = [(row, log_book.notes_of(connection, row.id)) for row in rows]
    return xlsx_file(
        "Sổ sự cố",
        ("Số", *FIELDS.values(), "Thời gian (phút)", "Người ghi", "Ghi lúc", "Ghi chú, biện pháp, báo cáo"),
        ((row.id, *_cells(row), _minutes(row), row.made_by, _at(row.made_at), _notes(notes)) for row, notes in told),
        (8, 22, 14, 32, 48, 32, 18, 18, 18, 40, 40, 12, 24, 18, 60),
    )


def entry_view(row: EntryRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "kind_title": KINDS.get(row.kind, row.kind),
        "level": row.level,
        "level_title": LEVELS.get(row.level, row.level),
        "title": row.title,
        "words": row.words,
        "affected": row.affected,
        "began_at": row.began_at,
        "noticed_at": row.noticed_at,
        "ended_at": row.ended_at,
        "minutes": _minutes(row),
        "cause": row.cause,
        "remedy": row.remedy,
        "outage_id": row.outage_id,
        "made_at": row.made_at,
        "made_by": row.made_by,
        "version": row.version,
    }


def _note(note: NoteRow) -> dict[str, Any]:
    before, after = note.changes.get("before", {}), note.changes.get("after", {})
    return {
        "kind": note.kind,
        "title": _NOTE_TITLES.get(note.kind, note.kind),
        "at": note.at,
        "name": note.name,
        "words": note.words,
        "lines": [
            {"title": FIELDS.get(name, name), "before": _said(name, before.get(name)), "after": _said(name, value)}
            for name, value in after.items()
        ],
    }


def _said(name: str, value: Any) -> str:
    if value is None or value == "":
        return "–"
    if name.endswith("_at"):
        return _at(datetime.fromisoformat(value))
    return {"kind": KINDS, "level": LEVELS}.get(name, {}).get(value, str(value))


def _minutes(row: EntryRow) -> int | None:
    """How long it lasted."""
    return None if row.ended_at is None else int((row.ended_at - row.began_at).total_seconds() // 60)


def _cells(row: EntryRow) -> list[str | None]:
    shown = entry_view(row)
    titled = {"kind": shown["kind_title"], "level": shown["level_title"]}
    return [_at(shown[name]) if isinstance(shown[name], datetime) else titled.get(name, shown[name]) for name in FIELDS]


def _notes(notes: list[NoteRow]) -> str:
    lines = []
    for note in map(_note, notes):
        told = note["words"] or "; ".join(f"{one['title']}: {one['before']} → {one['after']}" for one in note["lines"])
        lines.append(f"{_at(note['at'])} {note['name'] or 'Máy chủ'} – {note['title']}: {told}")
    return "\n".join(lines)


def _at(at: datetime) -> str:
    return f"{at.astimezone(LOCAL):%d/%m/%Y %H:%M}"
