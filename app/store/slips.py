"""Slips (phiếu) as issued: the content is kept, so that a slip prints again exactly as it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, ForeignKey, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from app.store.database import Base, BigId, Code, many


class Slip(Base):
    __tablename__ = "slips"
    id: Mapped[BigId]
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"), index=True)
    kind: Mapped[Code]
    content: Mapped[dict[str, Any]]
    issued_at: Mapped[datetime]
    issued_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))


@dataclass(frozen=True, slots=True)
class SlipRow:
    id: int
    kind: str
    issued_at: datetime


def add_slip(
    connection: Connection, dossier_id: int, kind: str, content: Mapping[str, Any], now: datetime, account_id: int
) -> int:
    slip_id: int = connection.execute(
        insert(Slip)
        .values(dossier_id=dossier_id, kind=kind, content=content, issued_at=now, issued_by=account_id)
        .returning(Slip.id)
    ).scalar_one()
    return slip_id


def slips_of(connection: Connection, dossier_id: int) -> list[SlipRow]:
    rows = connection.execute(
        select(Slip.id, Slip.kind, Slip.issued_at).where(Slip.dossier_id == dossier_id).order_by(Slip.id)
    )
    return many(SlipRow, rows)


def slip_content(connection: Connection, dossier_id: int, slip_id: int) -> tuple[str, dict[str, Any]] | None:
    row = connection.execute(
        select(Slip.kind, Slip.content).where(Slip.dossier_id == dossier_id, Slip.id == slip_id)
    ).one_or_none()
    return (row.kind, row.content) if row else None
