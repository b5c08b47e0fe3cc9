"""Queries that find what must never be, over all rows at once: each answers only what is wrong, row by row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, RowMapping, TextClause, text

from app.store.stored_content import NAMING
from app.store.tables import METADATA

_PAGE = text(
    "SELECT id FROM dossiers WHERE id > :after AND (NOT :only_open OR closed_at IS NULL) ORDER BY id LIMIT :most"
)
_BOOKS = text(
    """
    WITH numbered AS (
        SELECT agency_id, kind AS book, year, number FROM slips WHERE number IS NOT NULL
        UNION ALL SELECT agency_id, 'register', year, number FROM register_entries
    ), counted AS (
        SELECT agency_id, book, year, count(*) AS there, min(number) AS first, max(number) AS last
          FROM numbered GROUP BY agency_id, book, year
    )
    SELECT a.code AS agency, book, year, c.there, c.first, c.last, b.last AS given
      FROM counted c FULL JOIN slip_books b USING (agency_id, book, year) LEFT JOIN agencies a ON a.id = agency_id
     WHERE c.there IS DISTINCT FROM b.last OR c.last IS DISTINCT FROM b.last OR c.first IS DISTINCT FROM 1
     ORDER BY agency, book, year
    """
)
_CODES = text(
    r"""
    SELECT a.code AS agency, used.day, used.number, c.last
      FROM (SELECT agency_id, substring(code FROM '-(\d{6})-\d+$') AS day,
                   max(substring(code FROM '-(\d{4,12})$')::bigint) AS number FROM dossiers GROUP BY 1, 2) used
      JOIN agencies a ON a.id = used.agency_id
      LEFT JOIN code_counters c ON c.agency_id = used.agency_id AND to_char(c.day, 'YYMMDD') = used.day
     WHERE used.number > coalesce(c.last, 0) ORDER BY a.code, used.day
    """
)
_UNREGISTERED = text(
    """
    SELECT d.code FROM dossiers d
     WHERE d.clock ->> 'started_at' IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM register_entries e WHERE e.dossier_id = d.id) ORDER BY d.id
    """
)
_CONTENTS = text(
    """
    SELECT d.code FROM dossiers d LEFT JOIN dossier_contents c ON c.dossier_id = d.id
     WHERE c.code IS DISTINCT FROM d.code ORDER BY d.id
    """
)
_KEYS = text(
    """
    SELECT k.account_id, k.key, k.answer ->> 'code' AS code FROM idempotency_keys k
     WHERE (k.answer IS NULL AND k.created_at < :before)
        OR (k.answer ? 'code' AND k.answer ? 'slips' AND jsonb_typeof(k.answer -> 'code') = 'string'
            AND NOT EXISTS (SELECT 1 FROM dossiers d WHERE d.code = k.answer ->> 'code'))
     ORDER BY k.account_id, k.key
    """
)
_LATE_TIMERS = text(
    """
    SELECT d.code, t.id, t.due_at FROM timers t JOIN dossiers d ON d.id = t.dossier_id
     WHERE t.due_at < :before AND t.incident IS NULL AND t.held_unit IS NULL ORDER BY t.due_at, t.id
    """
)
_UNSETTLED = text(
    """
    SELECT x.id, x.state, d.code FROM deliveries x LEFT JOIN dossiers d ON d.id = x.dossier_id
     WHERE (x.state IN ('sent', 'called')) <> (x.sent_at IS NOT NULL) OR x.state = 'failed' ORDER BY x.id
    """
)
_STALLED = text(
    """
    SELECT j.id, j.task_name, j.status::text AS status FROM procrastinate_jobs j
      LEFT JOIN procrastinate_workers w ON w.id = j.worker_id
     WHERE (j.status = 'doing' AND coalesce(w.last_heartbeat, '-infinity') < now() - make_interval(secs => :seconds)
            AND NOT EXISTS (SELECT 1 FROM procrastinate_events e WHERE e.job_id = j.id AND e.type = 'started'
                               AND e.at > now() - make_interval(secs => :seconds)))
        OR j.status = 'failed' ORDER BY j.id
    """
)
_WAITING_JOBS = text(
    """
    SELECT count(*) AS waiting, min(coalesce(j.scheduled_at, e.at)) AS since
      FROM procrastinate_jobs j
      LEFT JOIN LATERAL (SELECT max(at) AS at FROM procrastinate_events WHERE job_id = j.id) e ON true
     WHERE j.status = 'todo' AND coalesce(j.scheduled_at, e.at) < now() - make_interval(secs => :seconds)
       AND (j.lock IS NULL OR NOT EXISTS (SELECT 1 FROM procrastinate_jobs o WHERE o.lock = j.lock AND o.status = 'doing'))
    HAVING count(*) > 0
    """
)


def _rows(connection: Connection, query: TextClause, **values: Any) -> Iterator[Row[Any]]:
    """Row by row from the server: where everything is wrong, not everything is held in memory."""
    yield from connection.execute(query, values, execution_options={"yield_per": 500})


def dossiers_after(connection: Connection, after: int, most: int, *, only_open: bool) -> list[int]:
    """Ids of the next dossiers, in order."""
    return list(connection.execute(_PAGE, {"after": after, "most": most, "only_open": only_open}).scalars())


def books_with_gaps(connection: Connection) -> Iterator[Row[Any]]:
    """Books whose numbers are not 1 to the last one given: agency, book, year, there, first, last, given."""
    yield from _rows(connection, _BOOKS)


def first_missing(connection: Connection, agency: str, book: str, year: int, last: int) -> int | None:
    """The first number of a book that no slip and no dossier has."""
    found: int | None = connection.execute(
        text(
            """
            SELECT n FROM generate_series(1, :last) n
             WHERE NOT EXISTS (SELECT 1 FROM slips s JOIN agencies a ON a.id = s.agency_id
                                WHERE a.code = :agency AND s.kind = :book AND s.year = :year AND s.number = n)
               AND NOT EXISTS (SELECT 1 FROM register_entries e JOIN agencies a ON a.id = e.agency_id
                                WHERE :book = 'register' AND a.code = :agency AND e.year = :year AND e.number = n)
             ORDER BY n LIMIT 1
            """
        ),
        {"agency": agency, "book": book, "year": year, "last": last},
    ).scalar_one_or_none()
    return found


def counters_behind(connection: Connection) -> Iterator[Row[Any]]:
    """Days of agencies whose counter would give a number again: agency, day (yymmdd), number, last."""
    yield from _rows(connection, _CODES)


def not_in_register(connection: Connection) -> Iterator[str]:
    """Codes of dossiers that were accepted and stand in no register."""
    yield from (row.code for row in _rows(connection, _UNREGISTERED))


def without_contents(connection: Connection) -> Iterator[str]:
    """Codes of dossiers whose wide row is missing or carries another code."""
    yield from (row.code for row in _rows(connection, _CONTENTS))


def unkept_answers(connection: Connection, before: datetime) -> Iterator[Row[Any]]:
    """Keys taken before that instant without an answer, and registrations that were answered and are not there."""
    yield from _rows(connection, _KEYS, before=before)


def late_timers(connection: Connection, before: datetime) -> Iterator[Row[Any]]:
    """Timers that were due before that instant and run: code, id, due_at."""
    yield from _rows(connection, _LATE_TIMERS, before=before)


def odd_deliveries(connection: Connection) -> Iterator[Row[Any]]:
    """Messages that failed, or whose state and time of sending do not agree: id, state, code."""
    yield from _rows(connection, _UNSETTLED)


def odd_jobs(connection: Connection, seconds: float) -> Iterator[Row[Any]]:
    """Jobs that failed, or that a worker has in hand which has been silent for so long: id, task_name, status."""
    yield from _rows(connection, _STALLED, seconds=seconds)


def waiting_jobs(connection: Connection, seconds: float) -> tuple[int, datetime] | None:
    """How many jobs should have begun so long ago, and since when the first of them; None where none should."""
    row = connection.execute(_WAITING_JOBS, {"seconds": seconds}).one_or_none()
    return (row.waiting, row.since) if row else None


def sequences_behind(connection: Connection) -> Iterator[tuple[str, int, int]]:
    """Tables whose next row would get a number that is taken: table, greatest number, last one given."""
    for table in METADATA.sorted_tables:
        if "id" not in table.columns or table.columns["id"].identity is None:
            continue
        query = text(
            "SELECT max(t.id), s.last_value FROM pg_sequences s LEFT JOIN LATERAL"  # noqa: S608 - our own names
            f" (SELECT max(id) AS id FROM {table.name}) t ON true"
            " WHERE format('%I.%I', s.schemaname, s.sequencename) = pg_get_serial_sequence(:name, 'id')"
            " GROUP BY s.last_value"
        )
        row = connection.execute(query, {"name": table.name}).one_or_none()
        if row is not None and row[0] is not None and row[0] > (row[1] or 0):
            yield table.name, row[0], row[1] or 0


def named_contents(connection: Connection, table: str, after: int, most: int) -> Sequence[RowMapping]:
    """The next rows of a table of `stored_content.NAMING`: id, sha256, size."""
    column = dict(NAMING)[table]
    query = text(f"SELECT id, {column} AS sha256, size FROM {table} WHERE id > :after ORDER BY id LIMIT :most")  # noqa: S608
    return connection.execute(query, {"after": after, "most": most}).mappings().all()
