"""Who administers accounts: whom officials ask when something is missing."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, or_, select

from app.store.accounts import Account, may_any
from app.store.database import many
from app.store.organisation import Agency

MOST_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Administrator:
    name: str
    agency_name: str
    email: str | None


def administrators_of(connection: Connection, agency_id: int) -> list[Administrator]:
    """Those of the agency, then those of the province, by name."""
    own = Account.agency_id == agency_id
    rows = connection.execute(
        select(Account.name, Agency.name, Account.email)
        .join(Agency, Agency.id == Account.agency_id)
        .where(or_(may_any(["account.manage"]), may_any(["account.manage_own"]) & own))
        .order_by(own.desc(), Account.name)
        .limit(MOST_SHOWN)
    )
    return many(Administrator, rows)


def administrator_ids(connection: Connection, agency_id: int) -> list[int]:
    """Ids of the accounts that administer that agency itself; those of the province where it has none of its own."""
    own = connection.execute(
        select(Account.id).where(Account.agency_id == agency_id, may_any(["account.manage_own"])).order_by(Account.id)
    )
    found = list(own.scalars())
    return found or list(connection.execute(select(Account.id).where(may_any(["account.manage"]))).scalars())
