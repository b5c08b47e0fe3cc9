"""By when a procedure has to be published and checked, in dates and in words; and every draft and version that is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from app.actions.prepare_publication import Preparation
from app.actions.publication import Terms, calendar_of, terms_of
from app.lawbook import profile_named
from app.rules.calendar import CalendarError, WorkCalendar
from app.rules.profile import NONE, Profile
from app.rules.publication import EFFECTIVE, working_days_between
from app.store import diagram_drafts, procedures, version_reviews
from app.store.diagram_drafts import DraftRow
from app.store.transaction import reading
from app.views.publications import version_view
from app.wording import LOCAL

OK, SOON, LATE = "ok", "soon", "late"
MOST_PROCEDURES = 2000


@dataclass(frozen=True, slots=True)
class Due:
    """A last day: `state` is OK, SOON (the next working day is the last, or today) or LATE; `words` says what is left."""

    day: date
    state: str
    words: str


def due_of(day: date | None, today: date, calendar: WorkCalendar | None) -> Due | None:
    """What there is to say of a last day; None where there is none."""
    if day is None:
        return None
    number = _between(calendar, min(day, today), max(day, today))
    if today > day:
        return Due(day, LATE, f"đã quá hạn {number} ngày làm việc" if number else "đã quá hạn")
    if number == 0:
        return Due(day, SOON, "hôm nay là ngày cuối" if day == today else "hết hạn trong ngày nghỉ này")
    return Due(day, SOON if number == 1 else OK, f"còn {number} ngày làm việc")


def draft_terms(
    connection: Connection, profile: Profile, draft: DraftRow, known: Preparation, now: datetime
) -> tuple[Terms, WorkCalendar | None]:
    """The terms of a draft if it were published now, and by which calendar; a correction has none."""
    calendar = calendar_of(connection, draft.procedure_id)
    if known.decided_on is None or known.corrects is not None:
        return Terms(None, False, None), calendar
    effective = known.effective_from or known.decided_on
    days = {"decided_on": known.decided_on, "effective_from": effective, "published_at": now}
    return terms_of(connection, profile, draft.procedure_id, **days), calendar  # type: ignore[arg-type]


def rule_words(profile: Profile) -> str:
    """Which limit the province's profile sets."""
    if profile.publication_limit == NONE:
        return "Quy chế của tỉnh không đặt thời hạn công khai, cập nhật quy trình."
    if profile.publication_limit == EFFECTIVE:
        return "Phải cập nhật trước ngày quyết định có hiệu lực."
    days = profile.publication_limit.removeprefix("P").removesuffix("D")
    start = "đăng ký" if profile.publication_from == "registration" else "quyết định công bố"
    return f"Phải công khai, cấu hình trong {days} ngày làm việc kể từ ngày {start}."


def due_list(profile_name: str, now: datetime) -> dict[str, Any]:
    """Drafts whose decision is known, with their last day, and versions that wait for their check; what is late first."""
    today = now.astimezone(LOCAL).date()
    profile = profile_named(profile_name)
    with reading() as connection:
        drafts = [_due_draft(connection, profile, draft, today, now) for draft in diagram_drafts.drafts(connection)]
        reviews = []
        for row in version_reviews.pending_versions(connection):
            view = version_view(connection, row, profile, now)
            due = due_of(view["review_by"], today, calendar_of(connection, row.procedure_id))
            reviews.append(view | {"due": due})
        every = procedures.search_procedures(connection, None, None, MOST_PROCEDURES)
        drawn = procedures.with_process(connection, [row.id for row in every], today)
        without = [
            {"code": row.code, "name": row.name} for row in every if row.id not in drawn and not row.closed_on(today)
        ]
    known = [one for one in drafts if one is not None]
    known.sort(key=lambda one: one["due"].day if one["due"] else date.max)
    return {"drafts": known, "reviews": reviews, "without": without, "rule": rule_words(profile)}


def _due_draft(
    connection: Connection, profile: Profile, draft: DraftRow, today: date, now: datetime
) -> dict[str, Any] | None:
    known = Preparation.of(draft.preparation)
    if known.decided_on is None:
        return None
    terms, calendar = draft_terms(connection, profile, draft, known, now)
    return {"draft": draft, "known": known, "due": due_of(terms.publish_by, today, calendar)}


def _between(calendar: WorkCalendar | None, day: date, later: date) -> int:
    if calendar is None:
        return (later - day).days
    try:
        return working_days_between(calendar, day, later)
    except CalendarError:  # a calendar that ends before
        return (later - day).days
