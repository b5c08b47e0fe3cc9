"""What administrators changed: who, when, about what, with before and after. Rows are only added (QT-27.5, HT-4.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Computed, Connection, ForeignKey, Index, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from app.store.accounts import Account
from app.store.database import Base, BigId, Code, many


class AdministrationChange(Base):
    __tablename__ = "administration_changes"
    __table_args__ = (
        Index(None, "agency_id", "id"),
        Index(None, "account_id", "id"),
        Index(
            "ix_administration_changes_search",
            "search",
            postgresql_using="gin",
            postgresql_ops={"search": "gin_trgm_ops"},
        ),
    )
    id: Mapped[BigId]
    at: Mapped[datetime] = mapped_column(index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    """Who changed it; None for the system itself."""
    kind: Mapped[Code]
    """What was done, as `account_created`, `position_given`."""
    subject: Mapped[str] = mapped_column(index=True)
    """About what: a kind and a code, as `account:an.nguyen`, `position:SYT/specialist`."""
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"))
    """Whose it is, where it is one agency's."""
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    address: Mapped[str | None]
    """From where, as the request said."""
    search: Mapped[str] = mapped_column(
        Computed("motcua_fold(subject || ' ' || (before)::text || ' ' || (after)::text)", persisted=True)
    )


def record_change(
    connection: Connection,
    *,
    at: datetime,
    account_id: int | None,
    kind: str,
    subject: str,
    agency_id: int | None,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    address: str | None = None,
) -> None:
    """Write down one change in the transaction that makes it. Secrets have no place in `before` and `after`."""
    connection.execute(
        insert(AdministrationChange).values(
            at=at,
            account_id=account_id,
            kind=kind,
            subject=subject,
            agency_id=agency_id,
            before=dict(before),
            after=dict(after),
            address=address,
        )
    )


@dataclass(frozen=True, slots=True)
class SubjectChange:
    """A change as the page of what was changed shows it; `name` is who changed it, None for the system itself."""

    at: datetime
    kind: str
    name: str | None
    before: dict[str, Any]
    after: dict[str, Any]


def changes_of(
    connection: Connection, subject: str, without: Sequence[str] = (), most: int = 50
) -> list[SubjectChange]:
    """The newest changes about one subject, newest first, but those of the kinds `without`."""
    rows = connection.execute(
        select(
            AdministrationChange.at,
            AdministrationChange.kind,
            Account.name,
            AdministrationChange.before,
            AdministrationChange.after,
        )
        .outerjoin(Account, Account.id == AdministrationChange.account_id)
        .where(AdministrationChange.subject == subject, AdministrationChange.kind.not_in(without))
        .order_by(AdministrationChange.id.desc())
        .limit(most)
    )
    return many(SubjectChange, rows)
