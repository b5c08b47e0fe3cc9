"""What came in and who there is, for questions about what would be if: dossiers by weekday and hour, people by position."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ARRAY, BigInteger, Connection, String, bindparam, text

from app.store.database import many


@dataclass(frozen=True, slots=True)
class Received:
    """So many dossiers that an agency received at an hour of a weekday (0 = Monday), local time."""

    agency: str
    weekday: int
    hour: int
    number: int


@dataclass(frozen=True, slots=True)
class Holder:
    """An account that has a position of an agency."""

    agency: str
    position: str
    username: str
    name: str


_RECEIVED = text(
    """
    SELECT a.code, CAST(extract(isodow FROM d.received_at AT TIME ZONE 'Asia/Ho_Chi_Minh') AS int) - 1,
           CAST(extract(hour FROM d.received_at AT TIME ZONE 'Asia/Ho_Chi_Minh') AS int), count(*)
      FROM dossiers d JOIN agencies a ON a.id = d.agency_id
     WHERE d.procedure_id = :procedure AND d.received_at >= :begin AND d.received_at < :end
       AND d.outcome IS DISTINCT FROM 'import_withdrawn'
     GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    """
).bindparams(bindparam("procedure", type_=BigInteger))
_HOLDERS = text(
    """
    SELECT DISTINCT a.code, p.code, c.username, c.name
      FROM account_positions h
      JOIN positions p ON p.id = h.position_id
      JOIN agencies a ON a.id = p.agency_id
      JOIN accounts c ON c.id = h.account_id
     WHERE p.code = ANY (:positions) AND a.code = ANY (:agencies)
       AND c.active AND h.valid_from <= :day AND (h.valid_to IS NULL OR h.valid_to >= :day)
     ORDER BY 1, 2, 4, 3
    """
).bindparams(bindparam("positions", type_=ARRAY(String)), bindparam("agencies", type_=ARRAY(String)))

_NAMES = text(
    """
    SELECT a.code AS agency, p.code, p.name FROM positions p JOIN agencies a ON a.id = p.agency_id
     WHERE a.code = ANY (:agencies) AND p.code = ANY (:codes)
    """
).bindparams(bindparam("agencies", type_=ARRAY(String)), bindparam("codes", type_=ARRAY(String)))


def received_by_hour(connection: Connection, procedure_id: int, begin: datetime, end: datetime) -> Sequence[Received]:
    """Of a procedure, from `begin` to before `end`."""
    values = {"procedure": procedure_id, "begin": begin, "end": end}
    return many(Received, connection.execute(_RECEIVED, values))


def holders_of(
    connection: Connection, agencies: Sequence[str], positions: Sequence[str], day: date
) -> Sequence[Holder]:
    """Who has one of the positions in one of the agencies on that day; substitutes are not counted."""
    values = {"agencies": list(agencies), "positions": list(positions), "day": day}
    return many(Holder, connection.execute(_HOLDERS, values))


def position_names(connection: Connection, agencies: Sequence[str], codes: Sequence[str]) -> dict[tuple[str, str], str]:
    """What positions are called in these agencies, by (agency, position)."""
    values = {"agencies": list(agencies), "codes": list(codes)}
    return {(row.agency, row.code): row.name for row in connection.execute(_NAMES, values)}
