"""Presence: who looks at a dossier's page right now, and who is typing there.

An unlogged table: nobody misses it after a crash, and keeping it costs no log. A page that is looked at says so every twenty
seconds; what was not said again for a minute is over.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, ForeignKey, Index, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from app.store.accounts import Account
from app.store.database import Base, many

GONE_AFTER = timedelta(seconds=60)
TYPING_FOR = timedelta(seconds=45)
"""How long somebody who typed counts as typing."""
MOST_SHOWN = 20


class Presence(Base):
    __tablename__ = "presence"
    __table_args__ = (Index(None, "seen_at"), {"prefixes": ["UNLOGGED"]})
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"), primary_key=True, autoincrement=False)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True, autoincrement=False)
    seen_at: Mapped[datetime]
    typed_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class PresentRow:
    """Somebody at the page; `typed_at`: when she last typed there."""

    username: str
    name: str
    seen_at: datetime
    typed_at: datetime | None


def note_present(connection: Connection, dossier_id: int, account_id: int, now: datetime, *, typing: bool) -> None:
    """The account is at the dossier's page now."""
    fresh = insert(Presence).values(
        dossier_id=dossier_id, account_id=account_id, seen_at=now, typed_at=now if typing else None
    )
    changed = {"seen_at": fresh.excluded.seen_at} | ({"typed_at": fresh.excluded.typed_at} if typing else {})
    connection.execute(
        fresh.on_conflict_do_update(index_elements=[Presence.dossier_id, Presence.account_id], set_=changed)
    )


def gone(connection: Connection, dossier_id: int, account_id: int) -> None:
    """The account has left the dossier's page."""
    connection.execute(delete(Presence).where(Presence.dossier_id == dossier_id, Presence.account_id == account_id))


def present_at(connection: Connection, dossier_id: int, but: int, now: datetime) -> list[PresentRow]:
    """Who else is at the dossier's page, by name."""
    query = (
        select(Account.username, Account.name, Presence.seen_at, Presence.typed_at)
        .join(Account, Account.id == Presence.account_id)
        .where(Presence.dossier_id == dossier_id, Presence.account_id != but, Presence.seen_at > now - GONE_AFTER)
        .order_by(Account.name, Account.username)
        .limit(MOST_SHOWN)
    )
    return many(PresentRow, connection.execute(query))


def forget_gone(connection: Connection, now: datetime) -> int:
    """Remove who has long gone; answers how many."""
    return connection.execute(delete(Presence).where(Presence.seen_at < now - GONE_AFTER)).rowcount
