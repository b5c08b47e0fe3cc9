"""A message and the job that sends it, in the action's own transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from app.store import deliveries, queue

if TYPE_CHECKING:
    from app.actions.work import Work

SEND_DELIVERY = "send_delivery"


def queue_delivery(
    work: Work,
    template: str,
    address: str,
    data: Mapping[str, Any],
    *,
    channel: str = "email",
    account_id: int | None = None,
) -> int:
    """Have a message sent as soon as the action is committed, and never if it is not; answers the delivery's id.

    `account_id`: the official to whom it goes, where it goes to one.
    """
    delivery_id = deliveries.add_delivery(
        work.connection, work.dossier.id, template, address, data, work.now, channel=channel, account_id=account_id
    )
    queue.defer(work.connection, SEND_DELIVERY, delivery_id=delivery_id)
    return delivery_id
