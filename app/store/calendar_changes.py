"""Changes of a working calendar, and how far the open dossiers have been counted again under each."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.store.database import Base, BigId


class CalendarChange(Base):
    __tablename__ = "calendar_changes"
    id: Mapped[BigId]
    calendar_id: Mapped[int] = mapped_column(ForeignKey("calendars.id"))
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    epoch: Mapped[int]
    """`CalendarEpoch.epoch` from this change on."""
    reason: Mapped[str]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    made_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    total: Mapped[int] = mapped_column(default=0, server_default="0")
    done: Mapped[int] = mapped_column(default=0, server_default="0")
    moved: Mapped[int] = mapped_column(default=0, server_default="0")
    failed: Mapped[int] = mapped_column(default=0, server_default="0")
    last_dossier: Mapped[int] = mapped_column(default=0, server_default="0")
    """Id of the last dossier that was looked at; a job that broke off goes on after it."""
