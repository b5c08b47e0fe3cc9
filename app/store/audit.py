"""The log of administrators, searched. It is only read here; rows are added by `app.store.administration_changes`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, or_, select

from app.store.accounts import Account
from app.store.administration_changes import AdministrationChange
from app.store.database import like_pattern, many
from app.store.organisation import Agency


@dataclass(frozen=True, slots=True)
class AuditFilters:
    """None: all the same. `person`: a user name, or words of a name; `words`: each must stand in subject, before or after.

    `kinds` and `not_kinds` are names of kinds; `agency_id` that of whose matter it is.
    """

    person: str | None = None
    subject: str | None = None
    words: str | None = None
    kinds: Collection[str] = ()
    not_kinds: Collection[str] = ()
    agency_id: int | None = None
    agency: str | None = None
    since: datetime | None = None
    before: datetime | None = None


@dataclass(frozen=True, slots=True)
class AuditRow:
    """`username` and `name` are who did it, None for the system or somebody not signed in."""

    id: int
    at: datetime
    kind: str
    subject: str
    username: str | None
    name: str | None
    agency: str | None
    agency_name: str | None
    before: dict[str, Any]
    after: dict[str, Any]
    address: str | None


_ROW = (
    select(
        AdministrationChange.id,
        AdministrationChange.at,
        AdministrationChange.kind,
        AdministrationChange.subject,
        Account.username,
        Account.name,
        Agency.code,
        Agency.name,
        AdministrationChange.before,
        AdministrationChange.after,
        AdministrationChange.address,
    )
    .outerjoin(Account, Account.id == AdministrationChange.account_id)
    .outerjoin(Agency, Agency.id == AdministrationChange.agency_id)
)


def audit_rows(connection: Connection, filters: AuditFilters, after: int | None, most: int) -> list[AuditRow]:
    """The newest first; `after`: only those with a smaller id."""
    query = _ROW.where(*_conditions(filters)).order_by(AdministrationChange.id.desc()).limit(most)
    if after is not None:
        query = query.where(AdministrationChange.id < after)
    return many(AuditRow, connection.execute(query))


def count_rows(connection: Connection, filters: AuditFilters, most: int) -> int:
    """How many there are, counted to `most` and one more."""
    found = select(AdministrationChange.id).where(*_conditions(filters)).limit(most + 1).subquery()
    number: int = connection.execute(select(func.count()).select_from(found)).scalar_one()
    return number


def _conditions(filters: AuditFilters) -> list[ColumnElement[bool]]:
    row, found = AdministrationChange, list[ColumnElement[bool]]()
    if filters.person:
        named = func.motcua_fold(Account.name).like(func.motcua_fold(like_pattern(filters.person)))
        people = select(Account.id).where(or_(Account.username == filters.person, named))
        found.append(row.account_id.in_(people.correlate(None)))
    if filters.subject:
        found.append(row.subject == filters.subject)
    found += [row.search.like(func.motcua_fold(like_pattern(word))) for word in (filters.words or "").split()]
    if filters.kinds:
        found.append(row.kind.in_(filters.kinds))
    if filters.not_kinds:
        found.append(row.kind.not_in(filters.not_kinds))
    if filters.agency_id is not None:
        found.append(row.agency_id == filters.agency_id)
    if filters.agency:
        found.append(row.agency_id.in_(select(Agency.id).where(Agency.code == filters.agency).correlate(None)))
    if filters.since is not None:
        found.append(row.at >= filters.since)
    if filters.before is not None:
        found.append(row.at < filters.before)
    return found
