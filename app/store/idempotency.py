"""Idempotency keys: the same key and body answers the first answer again.

The key is inserted first in the action's own transaction. A concurrent twin waits on the unique index until the first has
ended, then finds the committed answer; an answer that was rolled back is not kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    ForeignKey,
    LargeBinary,
    and_,
    bindparam,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from app.errors import DomainError
from app.store.database import Base
from app.store.statement import Statement


class IdempotencyKey(Base):
    __tablename__ = "idempotency_keys"
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(primary_key=True)
    request: Mapped[bytes] = mapped_column(LargeBinary)
    """SHA-256 of method, path and body."""
    answer: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime] = mapped_column(index=True)


@dataclass(frozen=True, slots=True)
class EarlierAnswer:
    """`answer` is empty where none was kept; that of a batch without `results` is still at work, or broke off."""

    request: bytes
    answer: dict[str, Any]


_ITS_ROW = and_(IdempotencyKey.account_id == bindparam("account"), IdempotencyKey.key == bindparam("name"))
_TAKE = Statement(
    insert(IdempotencyKey)
    .values(
        account_id=bindparam("account"),
        key=bindparam("name"),
        request=bindparam("digest"),
        created_at=bindparam("at"),
    )
    .on_conflict_do_nothing(index_elements=["account_id", "key"])
)
_EARLIER = Statement(select(IdempotencyKey.request, IdempotencyKey.answer).where(_ITS_ROW))
_KEEP = Statement(update(IdempotencyKey).where(_ITS_ROW).values(answer=bindparam("said")))


def take_key(connection: Connection, account_id: int, key: str, request: bytes, now: datetime) -> EarlierAnswer | None:
    """Take the key for this transaction, or return the answer given when it was used before."""
    if _TAKE.run(connection, {"account": account_id, "name": key, "digest": request, "at": now}):
        return None
    row = _EARLIER.one(connection, {"account": account_id, "name": key})
    if row is None:  # forgotten between the two: whoever asks again takes it
        raise DomainError("unavailable", "Khóa Idempotency-Key này vừa hết hạn; hãy gửi lại.")
    return EarlierAnswer(bytes(row[0]), row[1] or {})


def keep_answer(connection: Connection, account_id: int, key: str, answer: dict[str, Any]) -> None:
    _KEEP.run(connection, {"account": account_id, "name": key, "said": answer})


def keep_results(
    connection: Connection, account_id: int, key: str, request: bytes, answer: dict[str, Any]
) -> dict[str, Any] | None:
    """Keep a batch's answer, which has `results`; None if it is kept now, else the one that was there."""
    its_row = _of_batch(account_id, key, request)
    kept = connection.execute(update(IdempotencyKey).where(its_row, _UNFINISHED).values(answer=answer))
    if kept.rowcount:
        return None
    there: dict[str, Any] | None = connection.execute(select(IdempotencyKey.answer).where(its_row)).scalar_one_or_none()
    return there


def keep_progress(
    connection: Connection, account_id: int, key: str, request: bytes, answer: dict[str, Any], handled: int
) -> None:
    """Keep how far a batch has come, unless it has come further meanwhile; `handled` is the sum of what `answer` counts."""
    before = func.coalesce(IdempotencyKey.answer["handled"].as_integer(), 0)
    connection.execute(
        update(IdempotencyKey)
        .where(_of_batch(account_id, key, request), _UNFINISHED, before <= handled)
        .values(answer=answer | {"handled": handled})
    )


def answer_under(connection: Connection, account_id: int, key: str) -> dict[str, Any] | None:
    """What the account was answered under its key; None where there is no such key, or no answer."""
    found: dict[str, Any] | None = connection.execute(
        select(IdempotencyKey.answer).where(IdempotencyKey.account_id == account_id, IdempotencyKey.key == key)
    ).scalar_one_or_none()
    return found


def is_taken(connection: Connection, account_id: int, key: str) -> bool:
    """Whether the account has used that key."""
    query = select(IdempotencyKey.account_id).where(IdempotencyKey.account_id == account_id, IdempotencyKey.key == key)
    return connection.execute(query).one_or_none() is not None


def _of_batch(account_id: int, key: str, request: bytes) -> ColumnElement[bool]:
    return and_(IdempotencyKey.account_id == account_id, IdempotencyKey.key == key, IdempotencyKey.request == request)


_UNFINISHED = or_(IdempotencyKey.answer.is_(None), ~IdempotencyKey.answer.has_key("results"))


def forget_keys(connection: Connection, before: datetime) -> int:
    """Remove keys older than `before`; returns how many."""
    gone = connection.execute(delete(IdempotencyKey).where(IdempotencyKey.created_at < before))
    return gone.rowcount


def items_under(connection: Connection, account_id: int, key: str) -> list[int]:
    """The items that a batch under that key has answered, by the keys derived from it."""
    rows = connection.execute(
        select(IdempotencyKey.key).where(
            IdempotencyKey.account_id == account_id, IdempotencyKey.key.startswith(f"{key} ", autoescape=True)
        )
    )
    return sorted(int(found.rpartition(" ")[2]) for found in rows.scalars())
