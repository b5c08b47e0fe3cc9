"""Templates and logos that provinces and agencies put in the place of the built-in ones; rows are never changed, only withdrawn."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.store.database import Base, BigId, Code


class SlipTemplate(Base):
    __tablename__ = "slip_templates"
    __table_args__ = (Index("ix_slip_templates_form", "form", "format", "valid_from"),)
    id: Mapped[BigId]
    form: Mapped[Code | None]
    """Key of the printed form; None for a logo."""
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"))
    """Whose it is, and of the agencies below; None: the whole province's."""
    format: Mapped[str]
    """`typst`, `docx` or `logo`."""
    content: Mapped[bytes]
    sha256: Mapped[str]
    media_type: Mapped[str]
    valid_from: Mapped[date]
    uploaded_at: Mapped[datetime]
    uploaded_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    note: Mapped[str | None]
