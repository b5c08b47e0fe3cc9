"""How a procedure is kept up: its versions with their last days and checks, who is registered for its steps, its issues."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from app.actions.publication import step_accounts, terms_of
from app.errors import DomainError
from app.lawbook import profile_named
from app.rules.profile import Profile
from app.rules.publication import PENDING
from app.store import procedure_issues, procedures, version_reviews
from app.store.procedure_issues import IssueRow
from app.store.procedures import ProcedureRow
from app.store.transaction import reading
from app.store.version_reviews import VersionReviewRow
from app.views.cursors import an_id, make_cursor, page_answer, read_cursor, whole_answer
from app.wording import LOCAL


def pending_reviews(profile: str, now: datetime) -> dict[str, Any]:
    """The versions that wait for the centre's check, the oldest first (ST-10.3b)."""
    with reading() as connection:
        province = profile_named(profile)
        rows = version_reviews.pending_versions(connection)
        return whole_answer([version_view(connection, row, province, now) for row in rows])


def version_view(connection: Connection, row: VersionReviewRow, profile: Profile, now: datetime) -> dict[str, Any]:
    """A version with its decision, by when it had to be published and whether it was late, and where its check stands.

    `review_late`: the check came, or still has not come, after its last day.
    """
    terms = terms_of(
        connection,
        profile,
        row.procedure_id,
        decided_on=row.decided_on,
        effective_from=row.effective_from,
        published_at=row.published_at,
    )
    reviewed = (row.reviewed_at or now).astimezone(LOCAL).date()
    due = terms.review_by if row.review == PENDING or row.reviewed_at is not None else None
    return {
        "procedure": row.procedure,
        "procedure_name": row.procedure_name,
        "version": row.number,
        "decision": {
            "number": row.decision_number,
            "decided_on": row.decided_on,
            "effective_from": row.effective_from,
        },
        "published_at": row.published_at,
        "published_by": row.published_by,
        "publish_by": terms.publish_by,
        "published_late": terms.published_late,
        "review": row.review,
        "review_by": due,
        "review_late": due is not None and reviewed > due,
        "reviewed_at": row.reviewed_at,
        "reviewed_by": row.reviewed_by,
        "review_note": row.review_note,
    }


def accounts_of(code: str, day: date) -> dict[str, Any]:
    """Who is registered for each step of the version in force on `day`, in each agency that works it (QT-22.4).

    Errors: DomainError not_found.
    """
    with reading() as connection:
        procedure = known_procedure(connection, code)
        version = procedures.version_in_force(connection, procedure.id, day)
        found = step_accounts(connection, procedure.id, version.steps, day) if version else []
    return whole_answer(
        [
            {
                "step": one.step,
                "step_name": one.step_name,
                "position": one.position,
                "agency": one.agency,
                "declared": one.declared,
                "accounts": [{"username": username, "name": name} for username, name in one.accounts],
            }
            for one in found
        ]
    )


def issues_of(code: str, cursor: str | None, page_size: int, open_only: bool) -> dict[str, Any]:
    """A page of what agencies found wrong with a procedure, the newest first (HT-6.3).

    Errors: DomainError not_found, invalid.
    """
    before = read_cursor(cursor, "issues", an_id)[0] if cursor is not None else None
    with reading() as connection:
        procedure = known_procedure(connection, code)
        rows = procedure_issues.issues_of(connection, procedure.id, before, page_size + 1, open_only)
        total = procedure_issues.count_issues(connection, procedure.id, open_only)
    next_cursor = make_cursor("issues", rows[page_size - 1].id) if len(rows) > page_size else None
    return page_answer([_issue_view(row) for row in rows[:page_size]], total, next_cursor)


def _issue_view(row: IssueRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "text": row.text,
        "raised_by": row.raised_by,
        "raised_by_name": row.raised_by_name,
        "agency": row.agency,
        "raised_at": row.raised_at,
        "answer": row.answer,
        "answered_by": row.answered_by,
        "answered_at": row.answered_at,
    }


def known_procedure(connection: Connection, code: str) -> ProcedureRow:
    """The procedure with that code. Errors: DomainError not_found."""
    procedure = procedures.find_procedure(connection, code)
    if procedure is None:
        raise DomainError("not_found", f"Không có thủ tục mã “{code}”.")
    return procedure
