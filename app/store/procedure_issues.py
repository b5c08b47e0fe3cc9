"""Issues that agencies raise about a procedure's data or process (HT-6.3)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.store.database import Base, BigId


class ProcedureIssue(Base):
    __tablename__ = "procedure_issues"
    id: Mapped[BigId]
    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedures.id"), index=True)
    text: Mapped[str]
    raised_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    raised_at: Mapped[datetime]
    answer: Mapped[str | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    answered_at: Mapped[datetime | None]
