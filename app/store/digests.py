"""Digests: a row an account and day, so that none is sent twice; whom one is due for, and what it is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, ForeignKey, delete, or_, select, text
from sqlalchemy.orm import Mapped, mapped_column

from app.rules.notices import EMAIL, NEW, NOW
from app.store.accounts import Account
from app.store.database import Base, many
from app.store.dossiers import Dossier
from app.store.inbox import Filters, Scope
from app.store.official_notices import UNREAD, NoticeSwitch, OfficialNotice
from app.store.procedures import Procedure
from app.store.task_walks import merged, shape_of, values_of
from app.store.tasks import Task

MOST_ROWS = 500
"""Notices that one digest looks at."""


class Digest(Base):
    """That an account's digest of a day was made, whether or not there was anything to say."""

    __tablename__ = "digests"
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    made_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Remark:
    """A notice as a digest says it. `open`: its task, if it has one, still waits."""

    id: int
    event: str
    data: dict[str, Any]
    created_at: datetime
    unread: bool
    mailed: bool
    task_id: int | None
    open: bool
    dossier: str | None
    procedure_name: str | None


_DUE = text(
    """
    SELECT a.id FROM accounts a
     WHERE a.active AND a.email IS NOT NULL AND a.agency_id = ANY(CAST(:agencies AS bigint[])) AND a.id > :after
       AND NOT EXISTS (SELECT 1 FROM digests d WHERE d.account_id = a.id AND d.day = :day)
       AND NOT EXISTS (SELECT 1 FROM notice_switches s
                        WHERE s.account_id = a.id AND s.event = 'letter' AND s.way = 'email' AND s.mode = 'off')
     ORDER BY a.id LIMIT :most
    """
)
_BEGIN = text(
    """
    INSERT INTO digests (account_id, day, made_at) VALUES (:account, :day, :now)
    ON CONFLICT (account_id, day) DO NOTHING
    RETURNING (SELECT max(d.made_at) FROM digests d WHERE d.account_id = :account AND d.day < :day)
    """
)


def accounts_due(connection: Connection, agency_ids: Sequence[int], day: date, after: int, most: int) -> list[int]:
    """Ids, from `after` on, of the accounts of these agencies whose digest of the day is not made yet and that want one."""
    values = {"agencies": list(agency_ids), "day": day, "after": after, "most": most}
    return list(connection.execute(_DUE, values).scalars())


def wanting_new_at_once(connection: Connection) -> list[int]:
    """Ids of the active accounts that want a mail as soon as a step comes to them."""
    query = (
        select(Account.id)
        .join(NoticeSwitch, NoticeSwitch.account_id == Account.id)
        .where(
            Account.active,
            Account.email.is_not(None),
            NoticeSwitch.event == NEW,
            NoticeSwitch.way == EMAIL,
            NoticeSwitch.mode == NOW,
        )
        .order_by(Account.id)
    )
    return list(connection.execute(query).scalars())


def told_as_new(connection: Connection, account_id: int, since: datetime) -> set[int]:
    """Ids of the tasks that she was told of as new since then."""
    rows = connection.execute(
        select(OfficialNotice.task_id).where(
            OfficialNotice.account_id == account_id, OfficialNotice.event == NEW, OfficialNotice.created_at > since
        )
    )
    return {one for one in rows.scalars() if one is not None}


def begin_digest(connection: Connection, account_id: int, day: date, now: datetime) -> tuple[bool, datetime | None]:
    """Take the day's digest of an account: whether nobody has yet, and when her last one before was made."""
    row = connection.execute(_BEGIN, {"account": account_id, "day": day, "now": now}).one_or_none()
    return (row is not None, row[0] if row is not None else None)


def tasks_found(connection: Connection, inboxes: Sequence[str], scope: Scope, filters: Filters, most: int) -> list[int]:
    """Ids of the open tasks of these inboxes, the most urgent first."""
    query = merged(shape_of(inboxes, filters, "due_at", None))
    return [row.id for row in connection.execute(query, values_of(inboxes, scope, filters, None, most))]


def remarks_of(connection: Connection, account_id: int, since: datetime, earliest: datetime) -> list[Remark]:
    """Her notices that came after `since`, and those after `earliest` that she has not read; the latest first."""
    query = (
        select(
            OfficialNotice.id,
            OfficialNotice.event,
            OfficialNotice.data,
            OfficialNotice.created_at,
            OfficialNotice.read_at.is_(None),
            OfficialNotice.mailed_at.is_not(None),
            OfficialNotice.task_id,
            or_(OfficialNotice.task_id.is_(None), Task.state == "open"),
            Dossier.code,
            Procedure.name,
        )
        .outerjoin(Task, Task.id == OfficialNotice.task_id)
        .outerjoin(Dossier, Dossier.id == OfficialNotice.dossier_id)
        .outerjoin(Procedure, Procedure.id == Dossier.procedure_id)
        .where(
            OfficialNotice.account_id == account_id,
            OfficialNotice.created_at > earliest,
            or_(OfficialNotice.created_at > since, UNREAD),
        )
        .order_by(OfficialNotice.id.desc())
        .limit(MOST_ROWS)
    )
    return many(Remark, connection.execute(query))


def forget_digests(connection: Connection, before: date) -> None:
    connection.execute(delete(Digest).where(Digest.day < before))
