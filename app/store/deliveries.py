"""Deliveries: a message that somebody is to get, from the moment it is decided until it was handed over.

The row is made in the transaction of the action that causes it, together with the job that sends it: at least once, with the
delivery's id as the stable part of the Message-ID.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, ForeignKey, cast, insert, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.store.database import Base, BigId, Code, one


class Delivery(Base):
    __tablename__ = "deliveries"
    id: Mapped[BigId]
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"), index=True)
    template: Mapped[Code]
    channel: Mapped[Code]
    recipient: Mapped[str]
    data: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    id: int
    dossier_id: int
    template: str
    channel: str
    recipient: str
    data: dict[str, Any]
    created_at: datetime
    sent_at: datetime | None


def add_delivery(
    connection: Connection, dossier_id: int, template: str, recipient: str, data: Mapping[str, Any], now: datetime
) -> int:
    """A message by e-mail to `recipient`."""
    delivery_id: int = connection.execute(
        insert(Delivery)
        .values(
            dossier_id=dossier_id, template=template, channel="email", recipient=recipient, data=data, created_at=now
        )
        .returning(Delivery.id)
    ).scalar_one()
    return delivery_id


def delivery_to_send(connection: Connection, delivery_id: int) -> DeliveryRow | None:
    """Lock a delivery; None when it does not exist."""
    row = connection.execute(
        select(
            Delivery.id,
            Delivery.dossier_id,
            Delivery.template,
            Delivery.channel,
            Delivery.recipient,
            Delivery.data,
            Delivery.created_at,
            Delivery.sent_at,
        )
        .where(Delivery.id == delivery_id)
        .with_for_update()
    ).one_or_none()
    return one(DeliveryRow, row)


def mark_sent(connection: Connection, delivery_id: int, now: datetime) -> None:
    connection.execute(update(Delivery).where(Delivery.id == delivery_id).values(sent_at=now))


def mark_told(connection: Connection, dossier_ids: Sequence[int], note: str) -> list[int]:
    """Mark these dossiers' unsent deliveries as told at the time they were made, with a note why; answers their ids."""
    rows = connection.execute(
        update(Delivery)
        .where(Delivery.dossier_id.in_(dossier_ids), Delivery.sent_at.is_(None))
        .values(sent_at=Delivery.created_at, data=Delivery.data.op("||")(cast({"note": note}, JSONB)))
        .returning(Delivery.id)
    )
    return list(rows.scalars())
