"""A version as those see it who check it: steps, accounts, forms, what was said of it element by element (ST-10.3b)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.actions.correct_version import configurations
from app.actions.prepare_publication import CORRECTABLE
from app.actions.publication import calendar_of, step_accounts
from app.engine.diff import compare
from app.rules.versions import in_force, state_of
from app.store import organisation, procedures, version_comments, version_reviews
from app.store.transaction import reading
from app.store.version_comments import VersionCommentRow
from app.store.version_reviews import VersionReviewRow
from app.views.cursors import whole_answer
from app.views.drawn import drawn
from app.views.publication_terms import due_of
from app.views.publications import known_procedure
from app.views.versions import SIDE_TITLES, known_version, version_detail
from app.wording import LOCAL

_MARKS = ("added", "changed")


def version_check(code: str, number: int, profile: str, now: datetime) -> dict[str, Any]:
    """`version_detail` with `agencies` (who may work which step), `threads`, `due`. Errors: DomainError not_found."""
    found = version_detail(code, number, profile, now)
    today = now.astimezone(LOCAL).date()
    with reading() as connection:
        row = known_version(connection, code, number)
        day = max(today, row.effective_from)
        names = dict(organisation.agency_names(connection, day))
        by_agency: dict[str, list[Any]] = {}
        for one in step_accounts(connection, row.procedure_id, found["steps"], day):
            by_agency.setdefault(one.agency, []).append(one)
        said = version_comments.comments_of(connection, row.id)
        due = due_of(found["review_by"], today, calendar_of(connection, row.procedure_id))
    agencies = [
        {"code": one, "name": names.get(one, one), "steps": steps, "vacant": sum(not step.accounts for step in steps)}
        for one, steps in by_agency.items()
    ]
    agencies.sort(key=lambda one: (not one["vacant"], one["name"]))
    return found | {
        "publisher_id": row.publisher_id,
        "agencies": agencies,
        "day": day,
        "threads": threads(said),
        "due": due,
    }


def threads(said: Sequence[VersionCommentRow]) -> list[dict[str, Any]]:
    """Comments with their answers, those about the whole first, then in the order in which they were said."""
    first = sorted((one for one in said if one.answer_to is None), key=lambda one: one.element is not None)
    return [{"comment": one, "answers": [other for other in said if other.answer_to == one.id]} for one in first]


def comments_of(code: str, number: int) -> dict[str, Any]:
    """Everything that was said of a version, the oldest first. Errors: DomainError not_found."""
    with reading() as connection:
        said = version_comments.comments_of(connection, known_version(connection, code, number).id)
    names = ("id", "element", "text", "answer_to", "username", "name", "said_at")
    return whole_answer([{name: getattr(one, name) for name in names} for one in said])


def check_drawing(code: str, number: int) -> dict[str, Any]:
    """The diagram for the viewer: what is otherwise than in the version before it is marked. Errors: DomainError not_found."""
    with reading() as connection:
        row = known_version(connection, code, number)
        earlier = [one for one in version_reviews.versions_of(connection, row.procedure_id) if one.number < number]
        files = procedures.version_files(connection, row.id)
        marks: dict[str, str] = {}
        if earlier:
            before = procedures.version_files(connection, earlier[0].id)
            for change in compare(before, files, SIDE_TITLES):
                if change.element and change.within is None and change.kind in _MARKS:
                    marks.setdefault(change.element, change.kind)
        (xml,) = (content for kind, content in files.values() if kind == "main")
        said = version_comments.comments_of(connection, row.id)
    notes = [one.element for one in said if one.element and one.answer_to is None]
    pills = {element: [f"{notes.count(element)} ý kiến"] for element in dict.fromkeys(notes)}
    return {"xml": drawn(xml), "marks": marks, "pills": pills}


def corrections(code: str, number: int, now: datetime) -> dict[str, Any]:
    """Whether the version's configuration may be put right, and by which other versions of its decision."""
    today = now.astimezone(LOCAL).date()
    with reading() as connection:
        row = known_version(connection, code, number)
        every = version_reviews.versions_of(connection, row.procedure_id)
    state = state_of(row.version, [one.version for one in every], today)
    may = row.repealed_on is None and state in CORRECTABLE
    return {"may": may, "using": [one.number for one in configurations(row, every)] if may else []}


def timeline(code: str) -> list[dict[str, Any]]:
    """Which version new dossiers followed from when to when, also in days to come, the newest first.

    [{version, from, until (the first day without, or None), ended (by what), row}]. Errors: DomainError not_found."""
    with reading() as connection:
        every = version_reviews.versions_of(connection, known_procedure(connection, code).id)
    versions = [one.version for one in every]
    turns = {max(one.effective_from, one.applies_from or one.effective_from) for one in versions}
    turns |= {one.repealed_on for one in versions if one.repealed_on is not None}
    parts: list[dict[str, Any]] = []
    for day in sorted(turns):
        found = in_force(versions, day)
        last = parts[-1]["row"].number if parts and parts[-1]["until"] is None else None
        if (found.number if found else None) == last:
            continue
        row = next((one for one in every if found is not None and one.number == found.number), None)
        if last is not None:
            parts[-1] |= {"until": day, "ended": _ended(parts[-1]["row"], row)}
        if row is not None:
            parts.append({"version": row.number, "from": day, "until": None, "ended": None, "row": row})
    return parts[::-1]


def _ended(row: VersionReviewRow, later: VersionReviewRow | None) -> str:
    if later is None:
        return f"bãi bỏ theo {row.repeal_number}"
    if later.version.place == row.version.place:
        return f"cấu hình sửa bằng phiên bản số {later.number}"
    return f"thay bằng phiên bản số {later.number} theo {later.decision_number}"
