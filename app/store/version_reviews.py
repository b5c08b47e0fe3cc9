"""Published versions as those see them who publish and check: when, by whom, and what the centre said (ST-10.3b)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, func, select, update
from sqlalchemy.orm import aliased

from app.rules.publication import PENDING
from app.rules.versions import Version
from app.store.accounts import Account
from app.store.database import many, one
from app.store.procedures import Procedure, ProcedureVersion

_Publisher, _Reviewer, _Repealer = aliased(Account), aliased(Account), aliased(Account)


@dataclass(frozen=True, slots=True)
class VersionReviewRow:
    """A version of `procedure`; people are user names."""

    id: int
    procedure_id: int
    procedure: str
    procedure_name: str
    number: int
    decision_number: str
    decided_on: date
    effective_from: date
    published_at: datetime
    publisher_id: int | None
    published_by: str | None
    review: str
    reviewed_at: datetime | None
    reviewed_by: str | None
    review_note: str | None
    repealed_on: date | None
    repeal_number: str | None
    repeal_decided_on: date | None
    repeal_reason: str | None
    repealed_at: datetime | None
    repealed_by: str | None
    decision_file: int | None = None
    corrects: int | None = None
    stands_for: int | None = None
    applies_from: date | None = None
    correction_reason: str | None = None
    amends: str | None = None
    announcement: str | None = None
    vacancy_reason: str | None = None

    @property
    def version(self) -> Version:
        """What decides how it stands."""
        return Version(
            self.number, self.effective_from, self.review, self.repealed_on, self.stands_for, self.applies_from
        )


_VERSION = (
    select(
        ProcedureVersion.id,
        ProcedureVersion.procedure_id,
        Procedure.code.label("procedure"),
        Procedure.name.label("procedure_name"),
        ProcedureVersion.number,
        ProcedureVersion.decision_number,
        ProcedureVersion.decided_on,
        ProcedureVersion.effective_from,
        ProcedureVersion.published_at,
        ProcedureVersion.published_by.label("publisher_id"),
        _Publisher.username.label("published_by"),
        ProcedureVersion.review,
        ProcedureVersion.reviewed_at,
        _Reviewer.username.label("reviewed_by"),
        ProcedureVersion.review_note,
        ProcedureVersion.repealed_on,
        ProcedureVersion.repeal_number,
        ProcedureVersion.repeal_decided_on,
        ProcedureVersion.repeal_reason,
        ProcedureVersion.repealed_at,
        _Repealer.username.label("repealed_by"),
        ProcedureVersion.decision_file_id.label("decision_file"),
        ProcedureVersion.corrects,
        ProcedureVersion.stands_for,
        ProcedureVersion.applies_from,
        ProcedureVersion.correction_reason,
        ProcedureVersion.amends,
        ProcedureVersion.announcement,
        ProcedureVersion.vacancy_reason,
    )
    .join(Procedure, Procedure.id == ProcedureVersion.procedure_id)
    .outerjoin(_Publisher, _Publisher.id == ProcedureVersion.published_by)
    .outerjoin(_Reviewer, _Reviewer.id == ProcedureVersion.reviewed_by)
    .outerjoin(_Repealer, _Repealer.id == ProcedureVersion.repealed_by)
)


def versions_of(connection: Connection, procedure_id: int) -> Sequence[VersionReviewRow]:
    """Every version of a procedure, the newest first."""
    found = _VERSION.where(ProcedureVersion.procedure_id == procedure_id).order_by(ProcedureVersion.number.desc())
    return many(VersionReviewRow, connection.execute(found))


def find_version(connection: Connection, procedure: str, number: int) -> VersionReviewRow | None:
    """A version by its procedure's code and its number."""
    found = connection.execute(_VERSION.where(Procedure.code == procedure, ProcedureVersion.number == number))
    return one(VersionReviewRow, found.one_or_none())


def pending_versions(connection: Connection) -> Sequence[VersionReviewRow]:
    """What waits to be checked, the oldest first."""
    found = _VERSION.where(ProcedureVersion.review == PENDING).order_by(
        ProcedureVersion.published_at, ProcedureVersion.id
    )
    return many(VersionReviewRow, connection.execute(found))


def settle_review(
    connection: Connection, version_id: int, review: str, account_id: int, now: datetime, note: str | None
) -> bool:
    """Write what the check came to; False where somebody else has settled it already."""
    changed = connection.execute(
        update(ProcedureVersion)
        .where(ProcedureVersion.id == version_id, ProcedureVersion.review == PENDING)
        .values(review=review, reviewed_by=account_id, reviewed_at=now, review_note=note)
    )
    return changed.rowcount == 1


def write_repeal(
    connection: Connection,
    version_id: int,
    *,
    number: str,
    decided_on: date,
    repealed_on: date,
    reason: str,
    account_id: int,
    now: datetime,
) -> bool:
    """Write that a version is repealed, and with it every correction of it that still waits for its check: approved later, it
    must not bring the decision back. False where the version is repealed already."""
    values = {
        "repeal_number": number,
        "repeal_decided_on": decided_on,
        "repealed_on": repealed_on,
        "repeal_reason": reason,
        "repealed_by": account_id,
        "repealed_at": now,
    }
    written = update(ProcedureVersion).where(ProcedureVersion.repealed_on.is_(None)).values(values)
    target = connection.execute(
        written.where(ProcedureVersion.id == version_id).returning(
            ProcedureVersion.procedure_id, func.coalesce(ProcedureVersion.stands_for, ProcedureVersion.number)
        )
    ).one_or_none()
    if target is None:
        return False
    waiting = (ProcedureVersion.stands_for == target[1], ProcedureVersion.review == PENDING)
    connection.execute(written.where(ProcedureVersion.procedure_id == target[0], *waiting))
    return True
