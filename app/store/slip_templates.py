"""Templates and logos that provinces and agencies put in the place of the built-in ones.

A row's content is never changed: a slip that was printed with it prints so again. It is taken into use, and withdrawn.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, ForeignKey, Index, insert, or_, select, text, update
from sqlalchemy.orm import Mapped, aliased, mapped_column

from app.store.accounts import Account
from app.store.database import Base, BigId, Code, many, one
from app.store.organisation import Agency
from app.store.statement import Statement

TYPST, DOCX, LOGO = FORMATS = ("typst", "docx", "logo")


class SlipTemplate(Base):
    __tablename__ = "slip_templates"
    __table_args__ = (Index("ix_slip_templates_form", "form", "format", "valid_from"),)
    id: Mapped[BigId]
    form: Mapped[Code | None]
    """Key of the printed form; None for a logo."""
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"))
    """Whose it is, and of the agencies below; None: the whole province's."""
    format: Mapped[str]
    """One of FORMATS."""
    content: Mapped[bytes]
    sha256: Mapped[str]
    media_type: Mapped[str]
    valid_from: Mapped[date]
    uploaded_at: Mapped[datetime]
    uploaded_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    taken_at: Mapped[datetime | None]
    """None: it was checked and is being looked at, nothing is printed with it."""
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    note: Mapped[str | None]


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """A template or logo with its content; the fields are those of the table."""

    id: int
    form: str | None
    agency_id: int | None
    format: str
    content: bytes
    sha256: str
    media_type: str
    valid_from: date
    taken_at: datetime | None
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class ListedTemplate:
    """A template without its content; `agency` is a code, None for the whole province, people are names."""

    id: int
    form: str | None
    agency_id: int | None
    agency: str | None
    agency_name: str | None
    format: str
    sha256: str
    media_type: str
    valid_from: date
    uploaded_at: datetime
    uploaded_by: str
    uploaded_by_name: str
    taken_at: datetime | None
    withdrawn_at: datetime | None
    withdrawn_by: str | None
    note: str | None


_ROW = select(
    SlipTemplate.id,
    SlipTemplate.form,
    SlipTemplate.agency_id,
    SlipTemplate.format,
    SlipTemplate.content,
    SlipTemplate.sha256,
    SlipTemplate.media_type,
    SlipTemplate.valid_from,
    SlipTemplate.taken_at,
    SlipTemplate.withdrawn_at,
)
_Withdrawer = aliased(Account)
_LISTED = (
    select(
        SlipTemplate.id,
        SlipTemplate.form,
        SlipTemplate.agency_id,
        Agency.code.label("agency"),
        Agency.name.label("agency_name"),
        SlipTemplate.format,
        SlipTemplate.sha256,
        SlipTemplate.media_type,
        SlipTemplate.valid_from,
        SlipTemplate.uploaded_at,
        Account.username.label("uploaded_by"),
        Account.name.label("uploaded_by_name"),
        SlipTemplate.taken_at,
        SlipTemplate.withdrawn_at,
        _Withdrawer.username.label("withdrawn_by"),
        SlipTemplate.note,
    )
    .join(Account, Account.id == SlipTemplate.uploaded_by)
    .outerjoin(Agency, Agency.id == SlipTemplate.agency_id)
    .outerjoin(_Withdrawer, _Withdrawer.id == SlipTemplate.withdrawn_by)
)

# The nearest agency upwards wins, the province comes last; of several of one owner the one that began last.
_STANDING = Statement(
    text(
        """
    WITH RECURSIVE upwards (id, parent_id, distance) AS (
        SELECT id, parent_id, 0 FROM agencies WHERE id = :agency
        UNION ALL
        SELECT agencies.id, agencies.parent_id, distance + 1
        FROM agencies JOIN upwards ON agencies.id = upwards.parent_id
        WHERE distance < 20
    )
    SELECT DISTINCT ON (format) format, slip_templates.id
    FROM slip_templates LEFT JOIN upwards ON upwards.id = slip_templates.agency_id
    WHERE (format = :format AND form = CAST(:form AS varchar) OR format = 'logo') AND valid_from <= :day
      AND taken_at IS NOT NULL AND withdrawn_at IS NULL
      AND (slip_templates.agency_id IS NULL OR upwards.id IS NOT NULL)
    ORDER BY format, distance ASC NULLS LAST, valid_from DESC, slip_templates.id DESC
    """
    )
)


def standing_ids(
    connection: Connection, form: str | None, agency_id: int | None, kind: str, day: date
) -> tuple[int | None, int | None]:
    """Ids of the template and of the logo that an agency prints with on that day: its own, else those of the agencies above,
    else the province's."""
    asked = {"form": form, "agency": agency_id, "format": kind, "day": day}
    found = {row[0]: row[1] for row in _STANDING.all(connection, asked)}
    return (found.get(kind) if kind != LOGO else None), found.get(LOGO)


def find_template(connection: Connection, template_id: int) -> TemplateRow | None:
    """With its content, withdrawn or not."""
    return one(TemplateRow, connection.execute(_ROW.where(SlipTemplate.id == template_id)).one_or_none())


def find_listed(connection: Connection, template_id: int) -> ListedTemplate | None:
    return one(ListedTemplate, connection.execute(_LISTED.where(SlipTemplate.id == template_id)).one_or_none())


def listed_templates(
    connection: Connection,
    agency_ids: Collection[int] | None = None,
    *,
    form: str | None = None,
    kind: str | None = None,
    limit: int = 1000,
) -> list[ListedTemplate]:
    """Templates and logos that were taken into use, the newest first; `agency_ids`: only theirs and the province's."""
    query = _LISTED.where(SlipTemplate.taken_at.is_not(None)).order_by(SlipTemplate.id.desc()).limit(limit)
    if agency_ids is not None:
        query = query.where(or_(SlipTemplate.agency_id.is_(None), SlipTemplate.agency_id.in_(agency_ids)))
    if form is not None:
        query = query.where(SlipTemplate.form == form)
    if kind is not None:
        query = query.where(SlipTemplate.format == kind)
    return many(ListedTemplate, connection.execute(query))


def add_template(connection: Connection, values: Mapping[str, Any]) -> int:
    """A new row of these columns; answers its id."""
    added: int = connection.execute(insert(SlipTemplate).values(**values).returning(SlipTemplate.id)).scalar_one()
    return added


def take_template(connection: Connection, template_id: int, now: datetime) -> bool:
    """Into use; False when it is already, or was withdrawn."""
    changed = connection.execute(
        update(SlipTemplate)
        .where(SlipTemplate.id == template_id, SlipTemplate.taken_at.is_(None), SlipTemplate.withdrawn_at.is_(None))
        .values(taken_at=now)
    )
    return changed.rowcount == 1


def withdraw_template(connection: Connection, template_id: int, account_id: int, now: datetime) -> bool:
    """Out of use; False when it was withdrawn before."""
    changed = connection.execute(
        update(SlipTemplate)
        .where(SlipTemplate.id == template_id, SlipTemplate.withdrawn_at.is_(None))
        .values(withdrawn_at=now, withdrawn_by=account_id)
    )
    return changed.rowcount == 1
