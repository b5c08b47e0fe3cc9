"""Questions that came by SMS, each with the answer it got: the same message answers the same again (ST-17.1)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Index, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from app.store.database import Base, BigId


class SmsLookup(Base):
    __tablename__ = "sms_lookups"
    __table_args__ = (Index("ix_sms_lookups_sender_asked_at", "sender", "asked_at"),)
    id: Mapped[BigId]
    message_id: Mapped[str] = mapped_column(unique=True)
    sender: Mapped[str]
    asked: Mapped[str]
    answer: Mapped[str]
    asked_at: Mapped[datetime]


def earlier_answer(connection: Connection, message_id: str) -> str | None:
    query = select(SmsLookup.answer).where(SmsLookup.message_id == message_id)
    answer: str | None = connection.execute(query).scalar_one_or_none()
    return answer


def asked_since(connection: Connection, sender: str, since: datetime) -> int:
    """How often this number has asked since then."""
    query = select(func.count()).select_from(SmsLookup).where(SmsLookup.sender == sender, SmsLookup.asked_at > since)
    count: int = connection.execute(query).scalar_one()
    return count


def keep_answer(connection: Connection, message_id: str, sender: str, asked: str, answer: str, now: datetime) -> None:
    """Keep an answer; where the same message was answered meanwhile, that one stays."""
    values = {"message_id": message_id, "sender": sender, "asked": asked, "answer": answer, "asked_at": now}
    connection.execute(insert(SmsLookup).values(**values).on_conflict_do_nothing(index_elements=["message_id"]))


def forget_lookups(connection: Connection, before: datetime) -> None:
    connection.execute(delete(SmsLookup).where(SmsLookup.asked_at < before))
