"""A message and the job that sends it, in the action's own transaction; or a call that somebody has to make."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from app.store import deliveries, queue
from app.store.deliveries import TO_CALL, NewDelivery

if TYPE_CHECKING:  # incidents are told by way of here too, and `Work` raises them
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
    not_before: datetime | None = None,
) -> int:
    """Have a message sent as soon as the action is committed, and never if it is not; answers the delivery's id.

    `account_id`: the official to whom it goes, where it goes to one. `not_before`: the end of quiet hours.
    """
    new = NewDelivery(
        template,
        channel,
        address,
        data,
        dossier_id=work.dossier.id,
        account_id=account_id,
        next_try_at=not_before,
    )
    delivery_id = deliveries.keep_delivery(work.connection, new, work.now)
    wait = not_before - work.now if not_before else None
    queue.defer(work.connection, SEND_DELIVERY, wait=wait, delivery_id=delivery_id)
    return delivery_id


def to_call(
    work: Work, template: str, phone: str, data: Mapping[str, Any], script: str | None, *, not_before: datetime | None
) -> int:
    """A call that the desk has to make, with what is to be said (QT-16.4d); answers the delivery's id."""
    new = NewDelivery(
        template,
        "phone",
        phone,
        data,
        dossier_id=work.dossier.id,
        state=TO_CALL,
        body=script,
        next_try_at=not_before,
    )
    return deliveries.keep_delivery(work.connection, new, work.now)
