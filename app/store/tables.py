"""Every table of the application in one import, for migrations and for the check that both agree."""

from app.store import (
    accounts,
    attachments,
    calendar_changes,
    deliveries,
    dossiers,
    drafts,
    history,
    idempotency,
    incidents,
    instances,
    joint_handlers,
    organisation,
    procedure_issues,
    procedures,
    segments,
    slips,
    tasks,
    timers,
    version_moves,
)
from app.store.database import Base

MODULES = (
    organisation,
    accounts,
    procedures,
    dossiers,
    instances,
    tasks,
    timers,
    history,
    segments,
    slips,
    deliveries,
    attachments,
    idempotency,
    drafts,
    calendar_changes,
    joint_handlers,
    procedure_issues,
    incidents,
    version_moves,
)
METADATA = Base.metadata
