"""What messages say where somebody has changed it: rows that never change, of which the newest in force counts.

A row without a body takes back what was there before it: the text of the agencies above, or the built-in one, counts again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, ForeignKey, Index, bindparam, insert, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from app.store.accounts import Account
from app.store.database import Base, BigId, Code, many
from app.store.organisation import Agency
from app.store.statement import Statement


class MessageTemplate(Base):
    __tablename__ = "message_templates"
    __table_args__ = (Index("ix_message_templates_event_channel_agency_id", "event", "channel", "agency_id"),)
    id: Mapped[BigId]
    event: Mapped[Code]
    channel: Mapped[Code]
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"))
    """None: everywhere in the province."""
    subject: Mapped[str | None]
    body: Mapped[str | None]
    valid_from: Mapped[date]
    made_at: Mapped[datetime]
    made_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """`agency`, `agency_name` are None for the whole province; `made_by` is a name."""

    id: int
    event: str
    channel: str
    agency_id: int | None
    agency: str | None
    agency_name: str | None
    subject: str | None
    body: str | None
    valid_from: date
    made_at: datetime
    made_by: str


_ROW = (
    select(
        MessageTemplate.id,
        MessageTemplate.event,
        MessageTemplate.channel,
        MessageTemplate.agency_id,
        Agency.code,
        Agency.name,
        MessageTemplate.subject,
        MessageTemplate.body,
        MessageTemplate.valid_from,
        MessageTemplate.made_at,
        Account.name,
    )
    .join(Agency, Agency.id == MessageTemplate.agency_id, isouter=True)
    .join(Account, Account.id == MessageTemplate.made_by)
)


def add_template(
    connection: Connection,
    event: str,
    channel: str,
    agency_id: int | None,
    subject: str | None,
    body: str | None,
    valid_from: date,
    account_id: int,
    now: datetime,
) -> int:
    """Keep a text from `valid_from` on; `body` None takes back. Answers its id."""
    template_id: int = connection.execute(
        insert(MessageTemplate)
        .values(
            event=event,
            channel=channel,
            agency_id=agency_id,
            subject=subject,
            body=body,
            valid_from=valid_from,
            made_at=now,
            made_by=account_id,
        )
        .returning(MessageTemplate.id)
    ).scalar_one()
    return template_id


_ANY = Statement(select(MessageTemplate.id).where(MessageTemplate.event == bindparam("about")).limit(1))


def any_for(connection: Connection, event: str) -> bool:
    """Whether anybody has ever changed what this event says."""
    return _ANY.one(connection, {"about": event}) is not None


def templates_for(
    connection: Connection, event: str, agencies: Sequence[int], day: date
) -> dict[str, tuple[str | None, str]]:
    """Channel -> (subject, body) of what counts on `day`, for an agency; `agencies` is it and those above, nearest first.

    A channel that is not there says the built-in text.
    """
    query = (
        select(MessageTemplate.channel, MessageTemplate.agency_id, MessageTemplate.subject, MessageTemplate.body)
        .where(
            MessageTemplate.event == event,
            MessageTemplate.valid_from <= day,
            or_(MessageTemplate.agency_id.is_(None), MessageTemplate.agency_id.in_(list(agencies))),
        )
        .order_by(MessageTemplate.valid_from, MessageTemplate.id)
    )
    newest: dict[tuple[str, int | None], tuple[str | None, str | None]] = {}
    for channel, agency_id, subject, body in connection.execute(query):
        newest[channel, agency_id] = (subject, body)
    found: dict[str, tuple[str | None, str]] = {}
    for channel in {channel for channel, _ in newest}:
        for level in (*agencies, None):
            subject, body = newest.get((channel, level), (None, None))
            if body is not None:
                found[channel] = (subject, body)
                break
    return found


def history_of(connection: Connection, event: str | None = None, channel: str | None = None) -> list[TemplateRow]:
    """All rows, newest first; of one event and channel where these are given."""
    query = _ROW.order_by(MessageTemplate.valid_from.desc(), MessageTemplate.id.desc())
    if event is not None:
        query = query.where(MessageTemplate.event == event)
    if channel is not None:
        query = query.where(MessageTemplate.channel == channel)
    return many(TemplateRow, connection.execute(query))
