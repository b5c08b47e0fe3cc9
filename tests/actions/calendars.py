"""Changing the small province's calendar and counting its dossiers again, as an administrator and a worker do."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from app.actions.change_calendar import ChangeCalendar, change
from app.actions.preview_calendar import Preview, preview
from app.actions.recount_dossiers import recount_dossiers
from app.calendars import OFFICE_HOURS
from app.store import calendars
from app.store.calendar_changes import ChangeRow, find_change
from app.store.organisation import Agency
from tests.actions.scene import Scene

DAY_AND_NIGHT: dict[str, Any] = {"weekly": {"mon-sun": [["00:00", "24:00"]]}, "minutes_per_day": 1440}
WITH_SATURDAYS: dict[str, Any] = OFFICE_HOURS | {"sat": [["07:00", "11:30"]]}


def code_of(scene: Scene, agency: str = "SYT") -> str:
    """The code of the calendar by which an agency's office works."""
    with scene.reading() as connection:
        found = connection.execute(select(Agency.calendar_id).where(Agency.code == agency)).scalar_one()
        return calendars.calendar_by_id(connection, found).code


def data_of(scene: Scene, code: str | None = None) -> dict[str, Any]:
    with scene.reading() as connection:
        row = calendars.find_calendar(connection, code or code_of(scene))
    assert row is not None
    return row.data


def announce(scene: Scene, reason: str = "Nghỉ bão", code: str | None = None, **data: Any) -> int:
    """Change some members of a calendar's data; answers the change. Nobody has counted anything again yet."""
    code = code or code_of(scene)
    changed = data_of(scene, code) | data
    with scene.app.app_context():
        return change(ChangeCalendar(code, changed, reason), scene.province.accounts["admin"], scene.clock())


def work_through(scene: Scene, change_id: int) -> ChangeRow:
    """What the worker's job does; answers the change as it then stands."""
    with scene.app.app_context():
        recount_dossiers(change_id, scene.clock())
    return change_row(scene, change_id)


def change_row(scene: Scene, change_id: int) -> ChangeRow:
    with scene.reading() as connection:
        found = find_change(connection, change_id)
    assert found is not None
    return found


def look_ahead(scene: Scene, code: str | None = None, **data: Any) -> Preview:
    code = code or code_of(scene)
    with scene.app.app_context():
        return preview(code, data_of(scene, code) | data, scene.clock())
