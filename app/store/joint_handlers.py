"""Joint handlers (người phối hợp): who contributes to a step without moving it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, literal_column
from sqlalchemy.orm import Mapped, mapped_column

from app.store.database import Base, BigId


class JointHandler(Base):
    __tablename__ = "joint_handlers"
    __table_args__ = (
        UniqueConstraint("task_id", "account_id"),
        Index(None, "account_id", postgresql_where=literal_column("contributed_at IS NULL")),
    )
    id: Mapped[BigId]
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    asked: Mapped[str]
    added_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    added_at: Mapped[datetime]
    contribution: Mapped[str | None]
    contributed_at: Mapped[datetime | None]
