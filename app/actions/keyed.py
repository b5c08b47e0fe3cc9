"""Changes that concern no dossier: in one transaction, and once a key, like those of the runner."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection

from app.actions.runner import Context, once, refusals
from app.store.transaction import transaction


def keyed(context: Context, make: Callable[[Connection], dict[str, Any]]) -> dict[str, Any]:
    """`make` in a transaction of its own; the same key answers its first answer again. Errors: DomainError."""
    with refusals(), transaction() as connection:
        return once(connection, context.caller.account_id, context.key, context.now, lambda: make(connection))
