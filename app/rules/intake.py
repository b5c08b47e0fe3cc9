"""The desk's own times before and right after acceptance of what was submitted online.

How long it may check (ST-11.2a: 08 working hours, TN-11.3a: 04, HT-8.1a: counted from the next working hour; LA-9.1: what is
submitted after 17:00 is received the next day), and by when an accepted dossier goes on (HT-8.2a; NĐ 61/2018 Art. 18: at once,
the same working day; after 15:00, at the beginning of the next).
"""

from __future__ import annotations

from datetime import datetime

from app.rules.calendar import WorkCalendar
from app.rules.limits import parse_limit
from app.rules.profile import NONE, Profile

AWAIT_CORRECTION = "await_correction"
"""The step of `intake` that waits for the applicant."""


def counted_from(profile: Profile, calendar: WorkCalendar, submitted: datetime) -> datetime:
    """When the check of an online dossier begins to count: at once, or at the next opening."""
    if profile.intake_cut_off != NONE and _after(submitted, profile.intake_cut_off, calendar):
        return calendar.next_day(submitted)
    return calendar.counted(submitted)


def intake_due(profile: Profile, calendar: WorkCalendar, submitted: datetime) -> datetime | None:
    """By when the desk has to have accepted, refused or asked for corrections; None where no number is laid down."""
    if profile.intake_limit == NONE:
        return None
    limit = parse_limit(profile.intake_limit, "working", calendar.seconds_per_day)
    return None if limit is None else calendar.due(counted_from(profile, calendar, submitted), limit.seconds)


def transfer_due(profile: Profile, calendar: WorkCalendar, accepted: datetime) -> datetime | None:
    """By when a dossier accepted online has to be passed on: the end of that working day, or the beginning of the next."""
    if profile.transfer_cut_off == NONE:
        return None
    start = calendar.counted(accepted)
    end = calendar.day_end(start)
    if end is None or _after(start, profile.transfer_cut_off, calendar):
        return calendar.next_day(start)
    return end


def _after(at: datetime, cut_off: str, calendar: WorkCalendar) -> bool:
    """Whether an instant is later in its day than the cut-off; exactly at it is not."""
    local = calendar.local(at)
    return (local.hour, local.minute, local.second) > (*map(int, cut_off.split(":")), 0)
