"""Seals: what stood at the end of a day, under one root, each chained to the one before. Rows are only added (QT-6).

A seal's leaves are the heads of the chains that grew since they were last sealed, and runs of rows of the logs. A head is
committed together with its rows, so a transaction that is under way leaves nothing half: its dossier is in the next seal.
Numbers of a log are taken before the commit; `settled` waits until nobody holds an uncommitted one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, Index, func, insert, select, text
from sqlalchemy.orm import Mapped, mapped_column

from app.store.database import Base, Code, many, one

CHANGES, FILE_ACCESSES = "administration_changes", "file_accesses"
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    CHANGES: ("id", "at", "account_id", "kind", "subject", "agency_id", "before", "after", "address"),
    FILE_ACCESSES: ("id", "attachment_id", "account_id", "what", "page", "at", "address"),
}
"""The logs that are sealed, and what of their rows."""
IN_A_BLOCK: Final[Mapping[str, int]] = {CHANGES: 1, FILE_ACCESSES: 64}
"""How many rows share a leaf: what was changed is told to the row for administrators' changes, else to a run of rows."""
AT_ONCE = 2_000
"""Rows fetched at a time."""


class Seal(Base):
    __tablename__ = "seals"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """1, 2, 3 … without a gap."""
    day: Mapped[date] = mapped_column(unique=True)
    """The last local day that it seals."""
    made_at: Mapped[datetime]
    leaves: Mapped[int]
    root: Mapped[bytes]
    previous: Mapped[bytes]
    """The hash of the seal before."""
    hash: Mapped[bytes]


class SealLeaf(Base):
    """The head of a dossier's chain as a seal found it."""

    __tablename__ = "seal_leaves"
    __table_args__ = (Index("ix_seal_leaves_dossier_id_seal", "dossier_id", "seal"),)
    seal: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    dossier_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int]
    hash: Mapped[bytes]


class SealBlock(Base):
    """A run of rows of a log: all those with a number from `first_id` to `last_id`."""

    __tablename__ = "seal_blocks"
    __table_args__ = (Index("ix_seal_blocks_log_first_id", "log", "first_id"),)
    seal: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    log: Mapped[Code] = mapped_column(primary_key=True)
    first_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last_id: Mapped[int]
    rows: Mapped[int]
    hash: Mapped[bytes]


@dataclass(frozen=True, slots=True)
class SealRow:
    number: int
    day: date
    made_at: datetime
    leaves: int
    root: bytes
    previous: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class Leaf:
    seal: int
    dossier_id: int
    seq: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Block:
    seal: int
    log: str
    first_id: int
    last_id: int
    rows: int
    hash: bytes


_SEALS = select(*(Seal.__table__.c[name] for name in SealRow.__slots__))
_LEAVES = select(*(SealLeaf.__table__.c[name] for name in Leaf.__slots__))
_BLOCKS = select(*(SealBlock.__table__.c[name] for name in Block.__slots__))
_GROWN = text("""
    INSERT INTO seal_leaves (seal, dossier_id, seq, hash)
    SELECT :seal, d.id, d.history_seq, d.history_hash
      FROM dossiers d
      LEFT JOIN LATERAL (
            SELECT l.seq FROM seal_leaves l WHERE l.dossier_id = d.id ORDER BY l.seal DESC LIMIT 1) sealed ON true
     WHERE d.history_seq > coalesce(sealed.seq, 0)
""")
_UNSEALED_SINCE = text("""
    SELECT EXISTS (
        SELECT 1 FROM dossiers d
          LEFT JOIN LATERAL (
                SELECT l.seq FROM seal_leaves l WHERE l.dossier_id = d.id ORDER BY l.seal DESC LIMIT 1) sealed ON true
         WHERE d.history_seq > coalesce(sealed.seq, 0)
           AND EXISTS (SELECT 1 FROM history h WHERE h.dossier_id = d.id AND h.seq = coalesce(sealed.seq, 0) + 1
                          AND h.at < :before))
""")
_SETTLED = text("SELECT motcua_settled(:log)")


def last_seal(connection: Connection) -> SealRow | None:
    return one(SealRow, connection.execute(_SEALS.order_by(Seal.number.desc()).limit(1)).one_or_none())


def seal_of_day(connection: Connection, day: date) -> SealRow | None:
    return one(SealRow, connection.execute(_SEALS.where(Seal.day == day)).one_or_none())


def seal_by_number(connection: Connection, number: int) -> SealRow | None:
    return one(SealRow, connection.execute(_SEALS.where(Seal.number == number)).one_or_none())


def all_seals(connection: Connection) -> list[SealRow]:
    """In order; one a day, so they all fit."""
    return many(SealRow, connection.execute(_SEALS.order_by(Seal.number)))


def seals_before(connection: Connection, number: int | None, limit: int) -> list[SealRow]:
    """The newest first, those with a smaller number."""
    query = _SEALS.order_by(Seal.number.desc()).limit(limit)
    if number is not None:
        query = query.where(Seal.number < number)
    return many(SealRow, connection.execute(query))


def take_as_long_as_needed(connection: Connection) -> None:
    """No limit on time for the rest of this transaction: it reads whole tables, slowly, and nobody waits for it."""
    connection.execute(text("SET LOCAL statement_timeout = 0"))
    connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))


def settled(connection: Connection, log: str) -> int:
    """The greatest number of a log up to which nothing can be added any more; ends with its transaction, which is short.

    Errors: OperationalError when somebody writes to the log for longer than a second.
    """
    number: int = connection.execute(_SETTLED, {"log": log}).scalar_one()
    return number


def add_leaves(connection: Connection, seal: int) -> None:
    """A leaf for every dossier whose chain grew since its last one."""
    connection.execute(_GROWN, {"seal": seal})


def unsealed_since(connection: Connection, before: datetime) -> bool:
    """Whether a row of history from before that instant is in no seal."""
    found: bool = connection.execute(_UNSEALED_SINCE, {"before": before}).scalar_one()
    return found


def last_sealed_id(connection: Connection, log: str) -> int:
    """The last number of a log that a block covers, 0 for none."""
    query = select(SealBlock.last_id).where(SealBlock.log == log).order_by(SealBlock.first_id.desc()).limit(1)
    return connection.execute(query).scalar_one_or_none() or 0


def add_blocks(connection: Connection, blocks: list[Block]) -> None:
    if blocks:
        connection.execute(
            insert(SealBlock), [{name: getattr(one, name) for name in Block.__slots__} for one in blocks]
        )


def add_seal(connection: Connection, seal: SealRow) -> None:
    connection.execute(insert(Seal), [{name: getattr(seal, name) for name in SealRow.__slots__}])


def leaves_of(connection: Connection, seal: int | None = None) -> Iterator[Leaf]:
    """The leaves of one seal or of all, by seal and dossier, streamed."""
    query = _LEAVES.order_by(SealLeaf.seal, SealLeaf.dossier_id)
    for row in stream(connection, query if seal is None else query.where(SealLeaf.seal == seal)):
        yield Leaf(*row)


def blocks_of(connection: Connection, seal: int | None = None) -> Iterator[Block]:
    """The blocks of one seal or of all, by seal, log and number, streamed."""
    query = _BLOCKS.order_by(SealBlock.seal, SealBlock.log, SealBlock.first_id)
    for row in stream(connection, query if seal is None else query.where(SealBlock.seal == seal)):
        yield Block(*row)


def blocks_of_log(connection: Connection, log: str, seal: int | None = None) -> Iterator[Block]:
    """The blocks of one log by number, streamed; of one seal, or of all."""
    query = _BLOCKS.where(SealBlock.log == log).order_by(SealBlock.first_id)
    for row in stream(connection, query if seal is None else query.where(SealBlock.seal == seal)):
        yield Block(*row)


def sealed_range(connection: Connection, log: str, seal: int | None) -> tuple[int, int]:
    """The first and last number of a log that a seal covers, or all of them; (1, 0) for none."""
    query = select(func.min(SealBlock.first_id), func.max(SealBlock.last_id)).where(SealBlock.log == log)
    first, last = connection.execute(query if seal is None else query.where(SealBlock.seal == seal)).one()
    return first or 1, last or 0


def rows_of_log(connection: Connection, log: str, after: int, until: int | None) -> Iterator[tuple[Any, ...]]:
    """The rows of a log with a number above `after` and at most `until`, by number, streamed."""
    asked = {"after": after} if until is None else {"after": after, "until": until}
    bound = "" if until is None else " AND id <= :until"
    query = text(f"SELECT {', '.join(COLUMNS[log])} FROM {log} WHERE id > :after{bound} ORDER BY id")  # noqa: S608
    for row in stream(connection, query.bindparams(**asked)):
        yield tuple(row)


def leaf_in(connection: Connection, dossier_id: int, seal: int | None) -> Leaf | None:
    """A dossier's leaf in a seal, or in the last one that has it."""
    query = _LEAVES.where(SealLeaf.dossier_id == dossier_id).order_by(SealLeaf.seal.desc()).limit(1)
    query = query if seal is None else query.where(SealLeaf.seal == seal)
    return one(Leaf, connection.execute(query).one_or_none())


def stream(connection: Connection, query: Any) -> Iterator[Any]:
    """The rows of a query, some at a time; whoever stops early gives the cursor back."""
    with connection.execute(query, execution_options={"yield_per": AT_ONCE}) as rows:
        yield from rows
