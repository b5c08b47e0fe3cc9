"""Announcing versions: officials hear what will be otherwise, reviewers what waits for them, publishers what became of it.

Whom a new process concerns: who holds a position of its steps, or of those it replaces, in an agency that works them; the
heads and the desks of these agencies. It is told on the screen and in the letter that begins the working day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from app.actions.notify import News, notify
from app.actions.publication import LEAD
from app.engine.diff import compare
from app.rules.side import SIDE
from app.rules.versions import latest
from app.store import organisation, procedures, step_holders, version_reviews
from app.store.official_notices import Whom
from app.store.version_reviews import VersionReviewRow
from app.wording import LOCAL

PUBLISHED, CORRECTED = "process_published", "process_corrected"
WAITS, APPROVED, RETURNED, COMMENTED = "version_waits", "version_approved", "version_returned", "version_commented"
DUE, REVIEW_DUE = "publication_due", "review_due"
WANTED = "accounts_wanted"
REVIEWS = "procedure.review"
MOST_SENTENCES = 20
LONGEST = 3500


def announce(connection: Connection, version: VersionReviewRow, now: datetime, but: int | None) -> int:
    """Tell the officials whom a version concerns; answers how many. `but`: who did it herself."""
    before = previous(connection, version, now.astimezone(LOCAL).date())
    template = CORRECTED if version.corrects is not None else PUBLISHED
    steps = [procedures.version_by_id(connection, one.id).steps for one in (version, before) if one is not None]
    whom = concerned(connection, version.procedure_id, [step for some in steps for step in some])
    return _tell(connection, whom, template, version, _news(connection, version, before), now, but=but, issues=True)


def ask_for_check(connection: Connection, version: VersionReviewRow, now: datetime, review_by: date | None) -> int:
    """Tell those who check that a version waits, and until when (ST-10.3b)."""
    until = f" Kiểm tra chậm nhất ngày {review_by:%d/%m/%Y}." if review_by else ""
    text = f"{_named(version)} chờ kiểm tra.{until}"
    return _tell(connection, Whom(permission=REVIEWS), WAITS, version, text, now, but=version.publisher_id)


def tell_of_check(connection: Connection, version: VersionReviewRow, template: str, note: str, now: datetime) -> int:
    """Tell the publisher what became of the check, or what was said of the version."""
    if version.publisher_id is None:
        return 0
    said = {APPROVED: "đã được kiểm tra, đồng ý áp dụng", RETURNED: "bị trả lại để sửa", COMMENTED: "có ý kiến mới"}
    text = f"{_named(version)} {said[template]}{': ' + note if note else '.'}"
    return _tell(connection, Whom(accounts=(version.publisher_id,)), template, version, text, now)


def tell_accounts(
    connection: Connection, accounts: Iterable[int], version: VersionReviewRow, text: str, now: datetime
) -> int:
    """Tell single accounts what was said of a version."""
    told = f"{_named(version)}: {text}"
    return _tell(connection, Whom(accounts=tuple(accounts)), COMMENTED, version, told, now)


def tell_page(
    connection: Connection, whom: Whom, template: str, path: str, text: str, now: datetime, but: int | None = None
) -> int:
    """Tell them something that leads to a page; answers how many."""
    return notify(connection, whom, News(template, None, {"reason": text[:LONGEST], "path": path}, but=but), now)


def concerned(connection: Connection, procedure_id: int, steps: Sequence[Mapping[str, Any]]) -> Whom:
    """Positions of the steps, heads and desks of the agencies that work them."""
    lead = list(procedures.handling_agencies(connection, procedure_id))
    agencies = {*lead}
    for step in steps:
        agency = step.get("agency") or LEAD
        if agency != LEAD and not agency.startswith("="):
            agencies.add(agency)
    held = {str(step["position"]) for step in steps if step.get("position") and not step["position"].startswith("@")}
    positions = step_holders.position_ids(connection, agencies, held)
    desks = step_holders.unit_ids(connection, agencies, ("desk",))
    leaders = step_holders.unit_ids(connection, agencies, ("leadership",))
    heads = organisation.heads_of(connection, [*desks, *leaders])
    return Whom(units=tuple(desks), positions=tuple({*positions, *heads}))


def previous(connection: Connection, version: VersionReviewRow, day: date) -> VersionReviewRow | None:
    """The version that dossiers followed before this one: the one that it corrects, else the last that came into force."""
    others = [one for one in version_reviews.versions_of(connection, version.procedure_id) if one.id != version.id]
    if version.corrects is not None:
        return next((one for one in others if one.number == version.corrects), None)
    found = latest([one.version for one in others], max(day, version.effective_from))
    return next((one for one in others if found is not None and one.number == found.number), None)


def changed_words(connection: Connection, before_id: int, after_id: int) -> list[str]:
    """What a version has otherwise than another, in sentences, at most MOST_SENTENCES."""
    before, after = (procedures.version_files(connection, one) for one in (before_id, after_id))
    titles = {name: rule.title for name, rule in SIDE.items()}
    found = [change.text for change in compare(before, after, titles)]
    more = len(found) - MOST_SENTENCES
    return found if more <= 0 else [*found[:MOST_SENTENCES], f"Và {more} thay đổi khác."]


def _news(connection: Connection, version: VersionReviewRow, before: VersionReviewRow | None) -> str:
    decision = f"{version.decision_number} ngày {version.decided_on:%d/%m/%Y}"
    if version.corrects is not None:
        first = f"{_named(version)} thay cấu hình có lỗi của phiên bản số {version.corrects}, vẫn theo {decision}."
        first += f" Lý do: {version.correction_reason}." if version.correction_reason else ""
    else:
        first = f"{_named(version)} áp dụng từ ngày {version.effective_from:%d/%m/%Y} theo {decision}."
    parts = [first, *([version.announcement] if version.announcement else [])]
    if before is not None:
        changes = changed_words(connection, before.id, version.id)
        parts += ["Thay đổi: " + " ".join(changes) if changes else "Các bước không thay đổi."]
    return " ".join(parts)


def _named(version: VersionReviewRow) -> str:
    return f"Quy trình “{version.procedure_name}” ({version.procedure}), phiên bản số {version.number}"


def _tell(
    connection: Connection,
    whom: Whom,
    template: str,
    version: VersionReviewRow,
    text: str,
    now: datetime,
    *,
    but: int | None = None,
    issues: bool = False,
) -> int:
    path = f"/thu-tuc/{version.procedure}/"
    path += "gop-y-quy-trinh" if issues else f"phien-ban/{version.number}/kiem-tra"
    return tell_page(connection, whom, template, path, text, now, but)
