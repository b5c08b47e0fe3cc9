"""Who is at a draft right now, and who is changing it there; unlogged, as `app.store.presence`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, ForeignKey, Index, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from app.store.accounts import Account
from app.store.database import Base, many
from app.store.presence import GONE_AFTER, TYPING_FOR

MOST_SHOWN = 200


class DraftPresence(Base):
    __tablename__ = "draft_presence"
    __table_args__ = (Index(None, "seen_at"), {"prefixes": ["UNLOGGED"]})
    draft_id: Mapped[int] = mapped_column(ForeignKey("diagram_drafts.id"), primary_key=True, autoincrement=False)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True, autoincrement=False)
    seen_at: Mapped[datetime]
    changed_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class AtDraft:
    """Somebody at a draft; `changed_at`: when she last changed something there."""

    draft_id: int
    name: str
    seen_at: datetime
    changed_at: datetime | None

    def changing(self, now: datetime) -> bool:
        return self.changed_at is not None and now - self.changed_at <= TYPING_FOR


def note_at_draft(connection: Connection, draft_id: int, account_id: int, now: datetime, *, changing: bool) -> None:
    """The account is at the draft now."""
    changed_at = now if changing else None
    fresh = insert(DraftPresence).values(draft_id=draft_id, account_id=account_id, seen_at=now, changed_at=changed_at)
    changed = {"seen_at": fresh.excluded.seen_at} | ({"changed_at": fresh.excluded.changed_at} if changing else {})
    keys = [DraftPresence.draft_id, DraftPresence.account_id]
    connection.execute(fresh.on_conflict_do_update(index_elements=keys, set_=changed))


def left_draft(connection: Connection, draft_id: int, account_id: int) -> None:
    """The account has left the draft."""
    mine = (DraftPresence.draft_id == draft_id, DraftPresence.account_id == account_id)
    connection.execute(delete(DraftPresence).where(*mine))


def at_drafts(connection: Connection, draft_ids: Sequence[int], but: int, now: datetime) -> list[AtDraft]:
    """Who else is at these drafts, by name."""
    query = (
        select(DraftPresence.draft_id, Account.name, DraftPresence.seen_at, DraftPresence.changed_at)
        .join(Account, Account.id == DraftPresence.account_id)
        .where(
            DraftPresence.draft_id.in_(draft_ids),
            DraftPresence.account_id != but,
            DraftPresence.seen_at > now - GONE_AFTER,
        )
        .order_by(Account.name, Account.id)
        .limit(MOST_SHOWN)
    )
    return many(AtDraft, connection.execute(query))


def forget_left(connection: Connection, now: datetime) -> int:
    """Remove who has long gone; answers how many."""
    return connection.execute(delete(DraftPresence).where(DraftPresence.seen_at < now - GONE_AFTER)).rowcount
