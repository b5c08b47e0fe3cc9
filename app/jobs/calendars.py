"""What calendars leave to the worker: counting dossiers again after a change, and next year's holidays."""

from __future__ import annotations

import structlog

from app.actions.change_calendar import ChangeCalendar, change
from app.actions.recount_dossiers import recount_dossiers
from app.calendars import has_holidays, with_holidays
from app.errors import DomainError
from app.runtime import runtime
from app.store.calendars import every_calendar
from app.store.transaction import reading
from app.wording import LOCAL

log = structlog.get_logger(__name__)


def recount(change_id: int) -> None:
    """Go through the open dossiers that a changed calendar concerns; goes on where an earlier worker left off."""
    recount_dossiers(change_id, runtime().now())


def add_holidays() -> None:
    """In December: next year's public holidays into every calendar that has this year's and not those yet.

    What the yearly decision sets otherwise is then edited by a person.
    """
    now = runtime().now()
    year = now.astimezone(LOCAL).year
    with reading() as connection:
        rows = every_calendar(connection)
    for row in rows:
        if not has_holidays(row.data, year) or has_holidays(row.data, year + 1):
            continue
        reason = f"Ngày nghỉ lễ, tết năm {year + 1} (Bộ luật Lao động Điều 112)"
        try:
            change(ChangeCalendar(row.code, with_holidays(row.data, year + 1), reason, row.revision), None, now)
        except DomainError as refusal:  # somebody edits it this very moment, or holds days that contradict
            log.warning("holidays_not_added", calendar=row.code, reason=refusal.detail)
