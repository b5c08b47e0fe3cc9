"""Telling somebody of her own account: by mail, whatever she chose for notices, and on her screen while she can see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.actions.queueing import SEND_DELIVERY
from app.rules.notices import SECURITY
from app.store import deliveries, official_notices, queue


@dataclass(frozen=True, slots=True)
class Owner:
    id: int
    email: str | None
    active: bool


def tell_owner(
    connection: Connection, owner: Owner, template: str, data: Mapping[str, Any], now: datetime, reason: str = ""
) -> None:
    """In the caller's transaction. `reason` is what the list of notices says."""
    if owner.active:
        row = {
            "account_id": owner.id,
            "event": SECURITY,
            "dossier_id": None,
            "task_id": None,
            "data": {"template": template, "reason": reason, "path": "/toi"},
            "created_at": now,
            "mailed_at": now if owner.email else None,
        }
        official_notices.add_notices(connection, [row])
    if owner.email:
        delivery_id = deliveries.add_delivery(
            connection, None, template, owner.email, dict(data), now, account_id=owner.id
        )
        queue.defer(connection, SEND_DELIVERY, delivery_id=delivery_id)
