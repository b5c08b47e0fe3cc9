"""Lists of messages: of one dossier, and page by page for whoever looks after those that failed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, select

from app.store.accounts import Account
from app.store.database import many, one
from app.store.deliveries import ROW, Delivery, DeliveryRow
from app.store.dossiers import Dossier
from app.store.inbox import MOST_COUNTED
from app.store.organisation import Agency


@dataclass(frozen=True, slots=True)
class ListedDelivery:
    """A message with the dossier that it is about; `settled_by_name` made the call or called it off."""

    delivery: DeliveryRow
    dossier: str | None
    agency_id: int | None
    agency: str | None
    agency_name: str | None
    settled_by_name: str | None


@dataclass(frozen=True, slots=True)
class DeliveryFilters:
    """`agencies`: only of dossiers that these received, or None for all, those about no dossier too."""

    states: Sequence[str] = ()
    channels: Sequence[str] = ()
    template: str | None = None
    dossier: str | None = None
    agencies: Collection[int] | None = None


_LISTED = (
    select(*ROW, Dossier.code, Dossier.agency_id, Agency.code, Agency.name, Account.name)
    .select_from(Delivery)
    .join(Dossier, Dossier.id == Delivery.dossier_id, isouter=True)
    .join(Agency, Agency.id == Dossier.agency_id, isouter=True)
    .join(Account, Account.id == Delivery.settled_by, isouter=True)
)


def delivery_page(
    connection: Connection, filters: DeliveryFilters, before: int | None, most: int, *, oldest_first: bool = False
) -> list[ListedDelivery]:
    """Messages, the newest first unless told otherwise, those before the message `before`."""
    query = _where(_LISTED, filters).order_by(Delivery.id.asc() if oldest_first else Delivery.id.desc()).limit(most)
    if before is not None:
        query = query.where(Delivery.id < before)
    return many(_listed, connection.execute(query))


def count_deliveries(connection: Connection, filters: DeliveryFilters) -> int:
    """How many there are; one more than is counted where there are more."""
    query = select(Delivery.id).select_from(Delivery).join(Dossier, Dossier.id == Delivery.dossier_id, isouter=True)
    inner = _where(query, filters).limit(MOST_COUNTED + 1).subquery()
    count: int = connection.execute(select(func.count()).select_from(inner)).scalar_one()
    return count


def listed_delivery(connection: Connection, delivery_id: int) -> ListedDelivery | None:
    return one(_listed, connection.execute(_LISTED.where(Delivery.id == delivery_id)).one_or_none())


def deliveries_of(connection: Connection, dossier_id: int) -> list[DeliveryRow]:
    """A dossier's messages to its applicant and to officials, oldest first."""
    query = select(*ROW).where(Delivery.dossier_id == dossier_id).order_by(Delivery.id)
    return many(DeliveryRow, connection.execute(query))


def latest_to_applicant(connection: Connection, dossier_id: int, limit: int) -> list[DeliveryRow]:
    """A dossier's latest messages to its applicant, the newest first."""
    query = select(*ROW).where(Delivery.dossier_id == dossier_id, Delivery.account_id.is_(None))
    return many(DeliveryRow, connection.execute(query.order_by(Delivery.id.desc()).limit(limit)))


def _listed(*row: Any) -> ListedDelivery:
    return ListedDelivery(DeliveryRow(*row[: len(ROW)]), *row[len(ROW) :])


def _where(query: Select[Any], filters: DeliveryFilters) -> Select[Any]:
    if filters.states:
        query = query.where(Delivery.state.in_(list(filters.states)))
    if filters.channels:
        query = query.where(Delivery.channel.in_(list(filters.channels)))
    if filters.template is not None:
        query = query.where(Delivery.template == filters.template)
    if filters.dossier is not None:
        query = query.where(Dossier.code == filters.dossier)
    if filters.agencies is not None:
        query = query.where(Dossier.agency_id.in_(list(filters.agencies)))
    return query
