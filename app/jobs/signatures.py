"""Looking into large files for signatures, and forgetting signing that nobody finished."""

from __future__ import annotations

from datetime import timedelta

from app.actions import look_at_signatures
from app.runtime import runtime
from app.store import signing
from app.store.transaction import transaction

KEPT = timedelta(days=1)
"""How long what was prepared stays after its time is over."""


def check_signatures(attachment_id: int) -> None:
    """What a large file holds, once."""
    look_at_signatures.check_signatures(attachment_id)


def drop_sessions() -> None:
    """Signing sessions that are long over."""
    with transaction() as connection:
        signing.drop_sessions(connection, runtime().now() - KEPT)
