"""A procedure whose limits are seconds, so that every kind of timer falls due while the drill runs, and its office."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise

from sqlalchemy import Connection

from app.actions.publish_version import PublishVersion, publish
from app.engine.guard import Guard
from tests import factories
from tests.actions.diagrams import CLERK, DIRECTOR, OFFICER, ROOM_HEAD, line
from tests.actions.drawing import (
    boundary,
    diagram,
    end,
    exclusive,
    give_back,
    notice,
    parallel,
    receive,
    start,
    step,
    wait,
)
from tests.factories import LONG_AGO, Province

CODE = "9.000009"
WORKERS = ("desk", "head", "binh", "chi", "director", "clerk")
SESSION = 10  # seconds; an appointment is at the opening of the next session


def quick() -> bytes:
    """Two branches (one reminds, the other escalates), a wait that only the worker can end, and an approval."""
    return diagram(
        "quick",
        [
            start(),
            receive("PT2S"),
            step("assign", ROOM_HEAD, "PT2S", decisions="agree=Đồng ý;again=Làm lại"),
            parallel("fork"),
            step("process", OFFICER, "PT4S"),
            boundary("nudge", "process", "PT2S", interrupting=False),
            notice("tell", "holder,holder_head", "deadline_due_soon"),
            end("told"),
            step("book", CLERK, "PT2S"),
            boundary("too_long", "book", "PT3S", interrupting=True),
            step("take_over", "desk_officer", "PT2S"),
            exclusive("booked"),
            parallel("join"),
            wait("settle", "PT1S"),
            step("approve", DIRECTOR, "PT2S"),
            give_back(),
            end(),
        ],
        [
            *line("start", "receive", "assign", "fork", "process", "join", "settle", "approve", "give_back", "done"),
            *line("nudge", "tell", "told"),
            *line("fork", "book", "booked", "join"),
            *line("too_long", "take_over", "booked"),
        ],
    )


def always_open() -> dict[str, object]:
    """A calendar that is open day and night, in short sessions; its day has a minute, so "less than a day left" comes soon."""
    edges = [f"{second // 3600:02d}:{second % 3600 // 60:02d}:{second % 60:02d}" for second in range(0, 86401, SESSION)]
    return {"weekly": {"mon-sun": [list(pair) for pair in pairwise(edges)]}, "minutes_per_day": 1}


def add_office(connection: Connection) -> Province:
    """`small_province` on that calendar, with heads who are told, and the quick procedure (to be published)."""
    province = factories.small_province(connection)
    hours = factories.calendar(connection, **always_open())
    factories.set_columns(connection, "agencies", province.health, calendar_id=hours)
    for name in ("head", "director", "desk_officer"):
        factories.set_columns(connection, "positions", province.positions[name], head=True)
    factories.procedure(connection, CODE, [province.health], limit="PT6S")
    return province


def publish_quick(publisher: int, now: datetime) -> None:
    """Through the real gate, in an application context."""
    with Guard() as guard:
        publish(PublishVersion(CODE, quick(), "quick.bpmn", "9/QĐ-UBND", LONG_AGO, LONG_AGO), publisher, now, guard)
