"""The worker's duties about history: the months ahead, and a seal over every day."""

from __future__ import annotations

import structlog

from app.actions.seal import seal_yesterday
from app.runtime import runtime
from app.store import history_partitions
from app.store.transaction import transaction

log = structlog.get_logger(__name__)


def prepare_history() -> None:
    """Make the next months' partitions, and let new dossiers go into this month's."""
    with transaction() as connection:
        made = history_partitions.prepare(connection)
    if made:
        log.info("history_prepared", months=made)


def seal_history() -> None:
    """Seal yesterday, once."""
    seal_yesterday(runtime().now(), runtime().settings.seal_mail)
