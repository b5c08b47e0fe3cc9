"""What must hold of numbers: books without gaps, counters ahead of what was given, every dossier in its register."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import Connection

from app.doctor.findings import Finding
from app.store import soundness
from app.store.slip_books import REGISTER

UNANSWERED = timedelta(hours=1)
"""An action takes its key and keeps its answer in one transaction; no transaction is as old as that."""


def number_findings(connection: Connection, now: datetime) -> Iterator[Finding]:
    """What is wrong with numbers and keys; `connection` sees one state of the database."""
    yield from _books(connection)
    for row in soundness.counters_behind(connection):
        words = f"Bộ đếm mã hồ sơ của {row.agency} ngày {row.day} ở số {row.last or 0}, đã có hồ sơ số {row.number}."
        yield Finding("codes", words)
    for code in soundness.not_in_register(connection):
        yield Finding("register", "Hồ sơ đã tiếp nhận mà không có trong sổ theo dõi hồ sơ.", code)
    for code in soundness.without_contents(connection):
        yield Finding("contents", "Hồ sơ thiếu phần nội dung, hoặc nội dung mang mã khác.", code)
    for table, greatest, last in soundness.sequences_behind(connection):
        words = f"Bảng {table} đã có dòng số {greatest}, bộ đếm của nó mới ở số {last}: dòng sau sẽ trùng số."
        yield Finding("sequences", words)
    for row in soundness.unkept_answers(connection, now - UNANSWERED):
        if row.code is None:
            words = f"Khóa Idempotency-Key “{row.key}” của tài khoản {row.account_id} không có câu trả lời được lưu."
        else:
            words = (
                f"Đã trả lời là tiếp nhận hồ sơ (khóa “{row.key}”, tài khoản {row.account_id}) mà không có hồ sơ đó."
            )
        yield Finding("keys", words, row.code)


def _books(connection: Connection) -> Iterator[Finding]:
    for row in soundness.books_with_gaps(connection):
        book = "Sổ theo dõi hồ sơ" if row.book == REGISTER else f"Sổ phiếu “{row.book}”"
        where = f"{book} năm {row.year} của {row.agency}"
        last = max(row.last or 0, row.given or 0)
        missing = soundness.first_missing(connection, row.agency, row.book, row.year, last)
        gap = f"; số đầu tiên bị thiếu là {missing}" if missing is not None else ""
        words = f"{where}: có {row.there or 0} số, số lớn nhất {row.last or 0}, đã cấp đến {row.given or 0}{gap}."
        yield Finding("books", words)
