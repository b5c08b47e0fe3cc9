"""A message and the job that sends it, in the action's own transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.actions.work import Work
from app.store import deliveries, queue

SEND_DELIVERY = "send_delivery"


def queue_delivery(work: Work, template: str, address: str, data: Mapping[str, Any]) -> None:
    """Have a message sent as soon as the action is committed, and never if it is not."""
    delivery_id = deliveries.add_delivery(work.connection, work.dossier.id, template, address, data, work.now)
    queue.defer(work.connection, SEND_DELIVERY, delivery_id=delivery_id)
