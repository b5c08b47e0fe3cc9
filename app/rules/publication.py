"""By when a procedure has to be published, and how long its check may take (HT-6.1, TN-7.1, ST-10.3b, LA-5.2).

Such limits are whole working days, and the day of the decision itself is not one of them: "03 ngày làm việc kể từ ngày quyết
định" ends with the third working day after it.
"""

from __future__ import annotations

from datetime import date, datetime, time

from app.rules.calendar import WorkCalendar
from app.rules.limits import parse_limit
from app.rules.profile import NONE, Profile

EFFECTIVE = "effective"
MOST_COUNTED = 400
"""Working days that are counted one by one; what lies further away is said to be that far."""

# What the centre has said of a version (ST-10.3b).
UNCHECKED, PENDING, APPROVED, RETURNED = "none", "pending", "approved", "returned"
REVIEWS = (UNCHECKED, PENDING, APPROVED, RETURNED)
IN_FORCE = (UNCHECKED, APPROVED)
"""A version that waits for its check, or was returned, is not followed by any dossier."""


def publish_by(
    profile: Profile, calendar: WorkCalendar, *, decided_on: date, effective_from: date, registered_on: date
) -> date | None:
    """The last day on which a procedure may be published; None where the province sets no limit.

    LA-5.2 wants it by the day on which the decision takes effect; the others count working days from the decision or from
    the agency's registration.
    """
    if profile.publication_limit == NONE:
        return None
    if profile.publication_limit == EFFECTIVE:
        return effective_from
    start = registered_on if profile.publication_from == "registration" else decided_on
    return working_days_after(calendar, start, _days(profile.publication_limit, calendar))


def review_by(profile: Profile, calendar: WorkCalendar, registered_on: date) -> date | None:
    """The last day for the centre's check of what was registered that day; None where nobody checks."""
    if profile.publication_review == NONE:
        return None
    return working_days_after(calendar, registered_on, _days(profile.publication_review, calendar))


def first_review(profile: Profile | None) -> str:
    """How a new version begins; without a profile it needs no check."""
    return UNCHECKED if profile is None or profile.publication_review == NONE else PENDING


def working_days_after(calendar: WorkCalendar, day: date, days: int) -> date:
    """The working day that is the `days`-th after `day`, which may be a day of rest. Errors: CalendarError."""
    at = datetime.combine(day, time(), calendar.tz)
    for _ in range(days):
        at = calendar.next_day(at)
    return calendar.local(at).date()


def working_days_between(calendar: WorkCalendar, day: date, later: date) -> int:
    """How many working days lie after `day` up to `later`, that one included; to MOST_COUNTED. Errors: CalendarError."""
    counted = 0
    at = working_days_after(calendar, day, 1)
    while at <= later and counted < MOST_COUNTED:
        at, counted = working_days_after(calendar, at, 1), counted + 1
    return counted


def _days(duration: str, calendar: WorkCalendar) -> int:
    """A limit in whole days; a part of a day takes the whole of it."""
    limit = parse_limit(duration, "working", calendar.seconds_per_day)
    return 0 if limit is None else -(-limit.seconds // calendar.seconds_per_day)
