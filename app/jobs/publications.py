"""Reminders of what has to be published or checked: a notice on the working day before the last one, and on each after it."""

from __future__ import annotations

from datetime import date, timedelta

from app.actions.announce_version import DUE, REVIEW_DUE, REVIEWS, tell_page
from app.lawbook import current_law
from app.runtime import runtime
from app.store import publication_reminders
from app.store.official_notices import Whom
from app.store.transaction import reading, transaction
from app.views.publication_terms import OK, Due, due_list
from app.wording import LOCAL

PUBLISHES = "diagram.deploy"
KEPT = timedelta(days=60)


def remind_publications() -> None:
    """Tell who publishes and who checks; each draft and version once a day, on working days only."""
    now, profile = runtime().now().replace(microsecond=0), runtime().settings.profile
    today = now.astimezone(LOCAL).date()
    if not _at_work(today):
        return
    found = due_list(profile, now)
    for one in found["drafts"]:
        draft, due = one["draft"], one["due"]
        text = f"Quy trình “{draft.procedure_name}” theo {one['known'].decision_number or 'quyết định chưa ghi số'}: ban hành"
        _remind(
            f"draft:{draft.id}", Whom(permission=PUBLISHES), DUE, f"/thiet-ke/{draft.id}/ban-hanh", text, due, today
        )
    for one in found["reviews"]:
        path = f"/thu-tuc/{one['procedure']}/phien-ban/{one['version']}/kiem-tra"
        text = f"Quy trình “{one['procedure_name']}”, phiên bản số {one['version']}: kiểm tra"
        subject = f"version:{one['procedure']}/{one['version']}"[:64]
        _remind(subject, Whom(permission=REVIEWS), REVIEW_DUE, path, text, one["due"], today)
    with transaction() as connection:
        publication_reminders.forget_reminders(connection, today - KEPT)


def _remind(subject: str, whom: Whom, template: str, path: str, text: str, due: Due | None, today: date) -> None:
    if due is None or due.state == OK:
        return
    told = f"{text} chậm nhất {due.day:%d/%m/%Y}, {due.words}."
    with transaction() as connection:
        if publication_reminders.first_today(connection, subject, today):
            tell_page(connection, whom, template, path, told, runtime().now().replace(microsecond=0))


def _at_work(today: date) -> bool:
    """Whether any office works today."""
    with reading() as connection:
        law = current_law(connection)
    return any(law.calendars[agency.office].hours(today) for agency in law.agencies.values())
