"""Who has been reminded of a publication or a check that is due: each subject once a day."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from app.store.database import Base, Code


class PublicationReminder(Base):
    __tablename__ = "publication_reminders"
    subject: Mapped[Code] = mapped_column(primary_key=True)
    """`draft:5`, `version:9`."""
    day: Mapped[date] = mapped_column(primary_key=True)


def first_today(connection: Connection, subject: str, day: date) -> bool:
    """Whether nobody has been reminded of it that day; from then on somebody has."""
    fresh = insert(PublicationReminder).values(subject=subject, day=day).on_conflict_do_nothing()
    return connection.execute(fresh.returning(PublicationReminder.subject)).first() is not None


def forget_reminders(connection: Connection, before: date) -> None:
    connection.execute(delete(PublicationReminder).where(PublicationReminder.day < before))
