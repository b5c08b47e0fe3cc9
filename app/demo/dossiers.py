"""The demonstration dossiers: real actions of real accounts, at instants of the past, in the order in which they happened.

A queue of courses, earliest next move first, plays the past: registrations, every official's action, and each timer at its
own due time, through the same runner and the same tick as the live system. So codes are numbered as the days went, watches
and alarms took effect before the actions that came after them, and nothing lies in the future.

All of it is one transaction. A kill leaves nothing; and the mail that the actions queued on the way never leaves: before
the commit the deliveries are marked as told, with a note why, and their jobs are taken back, which no worker can have seen.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import Connection

from app.actions.queueing import SEND_DELIVERY
from app.config import Settings
from app.demo.course import Course
from app.demo.office import Office
from app.demo.plan import plan, registered_at
from app.store import deliveries, official_notices, queue
from app.wording import LOCAL

NOTE = "Dữ liệu trình diễn: không gửi thư."

Progress = Callable[[int, int], None]


def make_dossiers(
    connection: Connection,
    profile: str,
    number: int,
    now: datetime,
    settings: Settings,
    progress: Progress,
    seed: int = 0,
) -> int:
    """Make `number` dossiers of that demonstration's plan in the caller's `joined()` transaction; answers how many were made.

    The same on the same day with the same seed and `now`, but for random tokens. Errors: whatever an action refuses.
    """
    office = Office(connection, profile, now, settings)
    today = now.astimezone(LOCAL).date()
    courses = []
    for planned in plan(number, profile):
        chance = Random(f"{seed}/{today}/{planned.number}")  # noqa: S311 - invented data, the same again
        calendar = office.calendar(planned.agency)
        courses.append(Course(planned, registered_at(planned, calendar, now, chance), calendar, chance))
    waiting = [(move.at, course.planned.number) for course in courses if (move := course.next_move()) is not None]
    heapq.heapify(waiting)
    made = 0
    while waiting:
        _, place = heapq.heappop(waiting)
        course = courses[place - 1]
        fresh = course.dossier_id is None
        office.play(course)
        if fresh:
            made += 1
            progress(made, number)
        following = course.next_move()
        if following is not None and following.at <= now:
            heapq.heappush(waiting, (following.at, place))
    _keep_mail_back(connection, [course.dossier_id for course in courses if course.dossier_id is not None])
    official_notices.settle_done(connection, now)
    official_notices.seen_until(connection, now - UNREAD_FOR)
    return made


UNREAD_FOR = timedelta(days=1)
"""People of the demonstration have looked at everything but what is that new."""


def _keep_mail_back(connection: Connection, dossier_ids: list[int]) -> None:
    told = deliveries.mark_told(connection, dossier_ids, NOTE)
    queue.take_back(connection, SEND_DELIVERY, "delivery_id", told)
