"""History: append-only, hash-chained per dossier, partitioned by the dossier's number (`app.store.history_partitions`).

Each row's hash covers the row and the hash before it; the dossier's own row keeps the last number and hash, so a changed,
removed or inserted row breaks the chain. The application's database role may not update or delete here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Connection, ForeignKey, any_, bindparam, cast, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from app.store.accounts import Account
from app.store.database import Base, many, one
from app.store.statement import Statement

GENESIS = b"\0" * 32


class History(Base):
    __tablename__ = "history"
    __table_args__ = ({"postgresql_partition_by": "RANGE (dossier_id)"},)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"), primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    kind: Mapped[str]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    task_id: Mapped[int | None]
    data: Mapped[dict[str, Any]]
    """What the action said (comment, decision …) and, under `event`, what the clock folds."""
    hash: Mapped[bytes]


@dataclass(frozen=True, slots=True)
class HistoryRow:
    seq: int
    at: datetime
    kind: str
    account_id: int | None
    task_id: int | None
    data: dict[str, Any]
    hash: bytes
    username: str | None = None
    name: str | None = None


_HISTORY = (
    select(
        History.seq,
        History.at,
        History.kind,
        History.account_id,
        History.task_id,
        History.data,
        History.hash,
        Account.username,
        Account.name,
    )
    .outerjoin(Account, Account.id == History.account_id)
    .order_by(History.dossier_id, History.seq)
)
_OF_DOSSIER = _HISTORY.where(History.dossier_id == bindparam("dossier"))
_ADD = Statement(insert(History))


def link(
    previous: bytes,
    dossier_id: int,
    seq: int,
    at: datetime,
    kind: str,
    account_id: int | None,
    task_id: int | None,
    data: Mapping[str, Any],
) -> bytes:
    """The hash of a row in the chain (SHA-256 over the previous hash and the row in canonical JSON)."""
    row = [dossier_id, seq, int(at.timestamp() * 1_000_000), kind, account_id, task_id, data]
    canonical = json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(previous + canonical.encode()).digest()


def append(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    _ADD.run_all(connection, rows)


def history_of(connection: Connection, dossier_id: int) -> list[HistoryRow]:
    return many(HistoryRow, connection.execute(_OF_DOSSIER, {"dossier": dossier_id}))


def history_page(connection: Connection, dossier_id: int, before: int | None, limit: int) -> list[HistoryRow]:
    """The newest rows, those before the row `before`, in order."""
    query = _OF_DOSSIER.order_by(None).order_by(History.seq.desc()).limit(limit)
    if before is not None:
        query = query.where(History.seq < before)
    return many(HistoryRow, connection.execute(query, {"dossier": dossier_id}))[::-1]


def latest_of(connection: Connection, dossier_id: int) -> HistoryRow | None:
    """The last row."""
    return next(iter(history_page(connection, dossier_id, None, 1)), None)


def row_of_task(connection: Connection, dossier_id: int, task_id: int, kind: str) -> HistoryRow | None:
    """The last row of that kind that was written for a task."""
    query = _OF_DOSSIER.where(History.task_id == task_id, History.kind == kind).order_by(None)
    row = connection.execute(query.order_by(History.seq.desc()).limit(1), {"dossier": dossier_id}).one_or_none()
    return one(HistoryRow, row)


def histories_of(connection: Connection, dossier_ids: Sequence[int]) -> dict[int, list[HistoryRow]]:
    """The histories of several dossiers, each in order."""
    query = _HISTORY.add_columns(History.dossier_id).where(
        History.dossier_id == any_(cast(bindparam("dossiers"), ARRAY(BigInteger)))
    )
    found: dict[int, list[HistoryRow]] = {}
    for row in connection.execute(query, {"dossiers": list(dossier_ids)}):
        found.setdefault(row[-1], []).append(HistoryRow(*row[:-1]))
    return found


def chain_fault(rows: Sequence[HistoryRow], dossier_id: int, last_seq: int, last_hash: bytes) -> str | None:
    """What is wrong with a dossier's chain, or None."""
    previous = GENESIS
    for number, row in enumerate(rows, start=1):
        if row.seq != number:
            return f"row {number} is missing"
        if link(previous, dossier_id, row.seq, row.at, row.kind, row.account_id, row.task_id, row.data) != row.hash:
            return f"row {number} was changed"
        previous = row.hash
    if (len(rows), previous) != (last_seq, last_hash):
        return "the last rows are missing"
    return None
