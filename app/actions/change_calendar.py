"""Change a working calendar (QT-18.2, defect 21): a holiday announced late, a swapped day, other hours.

The change itself is one short transaction: data, epoch, the record of the change, and the job that then counts every open
dossier again. From the commit on every action sees the new hours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.actions.runner import RequestKey, once, whole_second
from app.errors import DomainError, invalid
from app.rules.calendar import CalendarError, WorkCalendar
from app.store import calendar_changes, calendars, queue
from app.store.calendars import CalendarRow
from app.store.concerned import count_concerned
from app.store.organisation import bump_epoch
from app.store.transaction import transaction

RECOUNT_DOSSIERS = "recount_dossiers"
LASTING_SECONDS = 2000 * 3600
"""Working time that there must be from now on: a calendar that ends would leave dossiers without a deadline."""
_PLACE = re.compile(r"[a-z_]+([.\[].*)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class ChangeCalendar:
    """`data` in the form of `app.rules.calendar_form.read_form`; `revision` is the one that the person saw, if any."""

    code: str
    data: Mapping[str, Any]
    reason: str
    revision: int | None = None


def change(command: ChangeCalendar, account_id: int | None, now: datetime, key: RequestKey | None = None) -> int:
    """Change the calendar; answers the id of the change, by which its progress can be followed.

    Errors: DomainError not_found, invalid (naming the place), stale_version, key_reused.
    """
    checked(command.data, now)
    if not command.reason.strip():
        raise invalid({"reason": ["Phải ghi lý do hoặc số văn bản."]})
    with transaction() as connection:

        def make() -> dict[str, Any]:
            return {"change": _change(connection, command, account_id, now)}

        done = once(connection, account_id, key, now, make) if account_id is not None else make()
    change_id: int = done["change"]
    return change_id


def _change(connection: Connection, command: ChangeCalendar, account_id: int | None, now: datetime) -> int:
    row = known(connection, command.code, lock=True)
    if command.revision is not None and command.revision != row.revision:
        raise DomainError(
            "stale_version",
            "Lịch đã được sửa từ khi bạn mở; hãy xem lại rồi sửa tiếp.",
            extra={"version": row.revision},
        )
    data = dict(command.data)
    if data == row.data:
        raise invalid({"data": ["Lịch không có gì thay đổi."]})
    epoch = bump_epoch(connection)
    calendars.save_data(connection, row.id, data, epoch)
    change_id = calendar_changes.add_change(
        connection,
        {
            "calendar_id": row.id,
            "before": row.data,
            "after": data,
            "epoch": epoch,
            "reason": command.reason.strip(),
            "made_by": account_id,
            "made_at": whole_second(now),
            "total": count_concerned(connection, row.id),
        },
    )
    queue.defer(connection, RECOUNT_DOSSIERS, change_id=change_id)
    return change_id


def known(connection: Connection, code: str, *, lock: bool = False) -> CalendarRow:
    """The calendar of that code. Errors: DomainError not_found."""
    row = calendars.find_calendar(connection, code, lock=lock)
    if row is None:
        raise DomainError("not_found", f"Không có lịch làm việc mã “{code}”.")
    return row


def checked(data: Mapping[str, Any], now: datetime) -> WorkCalendar:
    """The calendar that this data describes. Errors: DomainError invalid, the field named by its place in the data."""
    try:
        calendar = WorkCalendar.from_dict(data)
        calendar.due(now, LASTING_SECONDS)
    except CalendarError as error:
        raise invalid({_field(str(error)): [str(error)]}) from error
    return calendar


def _field(told: str) -> str:
    """`holidays[3]: …` as `data.holidays.3`."""
    place = _PLACE.fullmatch(told.partition(": ")[0]) if ": " in told else None
    return f"data.{place[0].replace('[', '.').replace(']', '')}" if place else "data"
