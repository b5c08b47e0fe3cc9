"""Deliveries: a message that somebody is to get, from the moment it is decided until it was handed over.

The row is made in the transaction of the action that causes it, together with the job that sends it: at least once, with the
delivery's id as the stable part of the Message-ID and of the gateway's key. `state` goes

    waiting -> trying -> sent | waiting (to be tried again) | failed -> waiting (sent again by a person)
    to_call -> called      and from waiting, failed or to_call to cancelled
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, ForeignKey, Index, bindparam, case, cast, func, insert, literal, select, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as insert_or_not
from sqlalchemy.orm import Mapped, mapped_column

from app.store.database import Base, BigId, Code, one
from app.store.statement import Statement

WAITING: Final = "waiting"
TRYING: Final = "trying"
SENT: Final = "sent"
FAILED: Final = "failed"
CANCELLED: Final = "cancelled"
TO_CALL: Final = "to_call"
CALLED: Final = "called"
STATES: Final = (WAITING, TRYING, SENT, FAILED, CANCELLED, TO_CALL, CALLED)
CHANNELS: Final = ("email", "sms", "zalo", "phone")
_UNSETTLED = text("state IN ('waiting', 'trying', 'failed', 'to_call')")


class Delivery(Base):
    __tablename__ = "deliveries"
    __table_args__ = (
        Index("ix_deliveries_unsettled", "state", "id", postgresql_where=_UNSETTLED),
        Index("ix_deliveries_channel_id", "channel", "id"),
        Index(
            "uq_deliveries_outage",
            "outage_id",
            "template",
            "channel",
            "recipient",
            unique=True,
            postgresql_where=text("outage_id IS NOT NULL"),
        ),
        Index("ix_deliveries_account_id", "account_id", "id", postgresql_where=text("account_id IS NOT NULL")),
    )
    id: Mapped[BigId]
    dossier_id: Mapped[int | None] = mapped_column(ForeignKey("dossiers.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    """To whom it goes, when that is an official."""
    outage_id: Mapped[int | None] = mapped_column(ForeignKey("outages.id"))
    template: Mapped[Code]
    channel: Mapped[Code]
    recipient: Mapped[str]
    data: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    state: Mapped[Code] = mapped_column(default=WAITING, server_default=WAITING)
    subject: Mapped[str | None]
    body: Mapped[str | None]
    """What it says, as it goes out; none until it was first put into words."""
    letter: Mapped[dict[str, Any] | None]
    """An e-mail's parts, so that every attempt builds the same mail."""
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    series: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often the address was changed; a part of the gateway's key, for it is another message then."""
    tried_at: Mapped[datetime | None]
    next_try_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    """When it was handed over, or the call made."""
    failed_at: Mapped[datetime | None]
    last_error: Mapped[str | None]
    reference: Mapped[str | None]
    """What the gateway or server called it."""
    repeated: Mapped[bool] = mapped_column(default=False, server_default="false")
    """It may have gone out twice: an attempt ended without our knowing how (design: trust)."""
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    """Who made the call, or called it off."""
    note: Mapped[str | None]


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One message; see `Delivery`."""

    id: int
    dossier_id: int | None
    account_id: int | None
    outage_id: int | None
    template: str
    channel: str
    recipient: str
    data: dict[str, Any]
    created_at: datetime
    state: str
    subject: str | None
    body: str | None
    letter: dict[str, Any] | None
    attempts: int
    series: int
    tried_at: datetime | None
    next_try_at: datetime | None
    sent_at: datetime | None
    failed_at: datetime | None
    last_error: str | None
    reference: str | None
    repeated: bool
    settled_by: int | None
    note: str | None

    @property
    def key(self) -> str:
        """What every attempt at this message to this address is known by, to servers and gateways."""
        return f"{self.id}.{self.series}" if self.series else str(self.id)


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """A message to be kept; `state` waiting, to_call or failed (with `last_error`)."""

    template: str
    channel: str
    recipient: str
    data: Mapping[str, Any]
    dossier_id: int | None = None
    account_id: int | None = None
    outage_id: int | None = None
    state: str = WAITING
    subject: str | None = None
    body: str | None = None
    letter: Mapping[str, Any] | None = None
    next_try_at: datetime | None = None
    last_error: str | None = None


ROW = tuple(getattr(Delivery, name) for name in DeliveryRow.__dataclass_fields__)
"""The columns of a `DeliveryRow`, in its order."""


_KEEP = Statement(
    insert(Delivery)
    .values({name: bindparam(name) for name in (*NewDelivery.__dataclass_fields__, "failed_at", "created_at")})
    .returning(Delivery.id)
)


def keep_delivery(connection: Connection, new: NewDelivery, now: datetime) -> int:
    """Write a message down; answers its id."""
    values = {name: getattr(new, name) for name in NewDelivery.__dataclass_fields__}
    row = _KEEP.one(connection, values | {"failed_at": now if new.state == FAILED else None, "created_at": now})
    return int(row[0]) if row else 0  # RETURNING answers a row


def keep_for_outage(connection: Connection, outage_id: int, new: NewDelivery, now: datetime) -> int | None:
    """Write a message of an outage down; None when this address has it already."""
    values = {name: getattr(new, name) for name in NewDelivery.__dataclass_fields__} | {"outage_id": outage_id}
    statement = insert_or_not(Delivery).values(**values, created_at=now).on_conflict_do_nothing()
    delivery_id: int | None = connection.execute(statement.returning(Delivery.id)).scalar_one_or_none()
    return delivery_id


def add_delivery(
    connection: Connection,
    dossier_id: int | None,
    template: str,
    recipient: str,
    data: Mapping[str, Any],
    now: datetime,
    *,
    channel: str = "email",
    account_id: int | None = None,
) -> int:
    """A message that is put into words when it is sent."""
    new = NewDelivery(template, channel, recipient, data, dossier_id=dossier_id, account_id=account_id)
    return keep_delivery(connection, new, now)


def find_delivery(connection: Connection, delivery_id: int, *, lock: bool = False) -> DeliveryRow | None:
    """One message; `lock` keeps it from others until the transaction ends."""
    query = select(*ROW).where(Delivery.id == delivery_id)
    return one(DeliveryRow, connection.execute(query.with_for_update() if lock else query).one_or_none())


def take_hold(connection: Connection, delivery_id: int) -> bool:
    """Be the only one to hand this message over, until the transaction ends; False when somebody else is just doing it."""
    query = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 0))")
    held: bool = connection.execute(query, {"name": f"delivery {delivery_id}"}).scalar_one()
    return held


def change_delivery(connection: Connection, delivery_id: int, **values: Any) -> None:
    """Write columns of one message."""
    connection.execute(update(Delivery).where(Delivery.id == delivery_id).values(**values))


def lost_deliveries(connection: Connection, job: str, before: datetime, most: int = 1000) -> list[int]:
    """Messages that have waited or been under way since `before` although no job of that name will send them."""
    since = func.coalesce(Delivery.next_try_at, Delivery.tried_at, Delivery.created_at)
    no_job = text(
        "NOT EXISTS (SELECT 1 FROM procrastinate_jobs j WHERE j.task_name = :job AND j.status IN ('todo', 'doing')"
        " AND (j.args ->> 'delivery_id') = deliveries.id::text)"
    ).bindparams(job=job)
    query = (
        select(Delivery.id)
        .where(Delivery.state.in_((WAITING, TRYING)), since < before, no_job)
        .order_by(Delivery.id)
        .limit(most)
    )
    return list(connection.execute(query).scalars())


def mark_told(connection: Connection, dossier_ids: Sequence[int], note: str) -> list[int]:
    """Mark these dossiers' unsent deliveries as told at the time they were made, with a note why; answers their ids."""
    told = case((Delivery.channel == "phone", literal(CALLED)), else_=literal(SENT))
    rows = connection.execute(
        update(Delivery)
        .where(Delivery.dossier_id.in_(dossier_ids), Delivery.sent_at.is_(None))
        .values(
            state=told, sent_at=Delivery.created_at, data=Delivery.data.op("||")(cast({"note": note}, JSONB)), note=note
        )
        .returning(Delivery.id)
    )
    return list(rows.scalars())


def newest_delivery(connection: Connection, dossier_id: int) -> int:
    """The greatest id of a dossier's messages; 0 without any."""
    query = select(func.coalesce(func.max(Delivery.id), 0)).where(Delivery.dossier_id == dossier_id)
    newest: int = connection.execute(query).scalar_one()
    return newest


def call_off(
    connection: Connection,
    note: str,
    *,
    through: int | None = None,
    dossier_id: int | None = None,
    after: int = 0,
) -> int:
    """Cancel what was not sent yet, with a note why: ids after `after`, up to `through`, of one dossier; how many."""
    wanted = [Delivery.state.in_((WAITING, TRYING)), Delivery.id > after]
    if through is not None:
        wanted.append(Delivery.id <= through)
    if dossier_id is not None:
        wanted.append(Delivery.dossier_id == dossier_id)
    values = {"state": CANCELLED, "note": note, "next_try_at": None}
    return connection.execute(update(Delivery).where(*wanted).values(**values)).rowcount
