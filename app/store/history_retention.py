"""Which partitions of history may go: all its dossiers finished, past their province's retention, and sealed as they stand.

The whole partition is emptied at once and stays, so that the ranges are complete. Only the owner may.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, text
from sqlalchemy.dialects.postgresql import JSONB

from app.store.administration_changes import record_change
from app.store.history_partitions import DroppedHistory, Partition, numbers_given, partitions
from app.store.seals import last_seal

LOCK_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands in a partition. `due` are the dossiers past retention; `sealed` those whose head is in a seal."""

    dossiers: int
    rows: int
    open: int
    due: int
    sealed: int


_STANDING = text("""
    SELECT count(*), coalesce(sum(d.history_seq), 0)::bigint, count(*) FILTER (WHERE d.closed_at IS NULL),
           count(*) FILTER (WHERE d.closed_at < (:kept ->> d.profile)::timestamptz),
           count(*) FILTER (WHERE (l.seq, l.hash) = (d.history_seq, d.history_hash))
      FROM dossiers d
      LEFT JOIN LATERAL (SELECT seq, hash FROM seal_leaves s WHERE s.dossier_id = d.id ORDER BY s.seal DESC LIMIT 1) l
             ON true
     WHERE d.id >= :from_id AND d.id < :to_id
""").bindparams(bindparam("kept", type_=JSONB()))


def as_owner(connection: Connection) -> None:
    """Put the application's role aside for this transaction, on a connection of the owner's login."""
    connection.execute(text("SET LOCAL ROLE NONE"))


def full_partitions(connection: Connection) -> list[Partition]:
    """Those that no new dossier goes into and that have rows, the oldest first."""
    given = numbers_given(connection)
    return [part for part in partitions(connection) if part.to_id <= given and _has_rows(connection, part)]


def _has_rows(connection: Connection, part: Partition) -> bool:
    asked = text("SELECT EXISTS (SELECT 1 FROM history WHERE dossier_id >= :from_id AND dossier_id < :to_id)")
    found: bool = connection.execute(asked, {"from_id": part.from_id, "to_id": part.to_id}).scalar_one()
    return found


def standing(connection: Connection, part: Partition, kept: Mapping[str, datetime]) -> Standing:
    """`kept`: profile -> the instant before which a dossier must have been closed; a profile without one keeps for ever."""
    asked = {"from_id": part.from_id, "to_id": part.to_id, "kept": {name: at.isoformat() for name, at in kept.items()}}
    row = connection.execute(_STANDING, asked).one()
    return Standing(*row)


def empty(
    connection: Connection, part: Partition, found: Standing, kept: Mapping[str, datetime], now: datetime
) -> bool:
    """Remove everything in the partition and write down that it was; False where it is no longer as it was `found`.

    Errors: OperationalError when somebody has it in hand for longer than LOCK_SECONDS.
    """
    connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'"))
    quoted = connection.dialect.identifier_preparer.quote(part.name)
    connection.execute(text(f"LOCK TABLE {quoted} IN ACCESS EXCLUSIVE MODE"))
    last = last_seal(connection)
    if last is None or standing(connection, part, kept) != found:
        return False
    connection.execute(text(f"TRUNCATE {quoted}"))
    told = {"dossiers": found.dossiers, "rows": found.rows, "seal": last.number}
    connection.execute(
        insert(DroppedHistory).values(
            partition=part.name, from_id=part.from_id, to_id=part.to_id, dropped_at=now, **told
        )
    )
    record_change(
        connection,
        at=now,
        account_id=None,
        kind="history_dropped",
        subject=f"history:{part.name}",
        agency_id=None,
        before={},
        after=told,
    )
    return True
