"""Issues that agencies raise about a procedure's data or process (HT-6.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, ForeignKey, func, insert, select, update
from sqlalchemy.orm import Mapped, aliased, mapped_column

from app.store.accounts import Account
from app.store.database import Base, BigId, many
from app.store.organisation import Agency
from app.store.procedures import Procedure


class ProcedureIssue(Base):
    __tablename__ = "procedure_issues"
    id: Mapped[BigId]
    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedures.id"), index=True)
    text: Mapped[str]
    raised_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    raised_at: Mapped[datetime]
    answer: Mapped[str | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    answered_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class IssueRow:
    """`agency` is that of who raised it; people are user names."""

    id: int
    text: str
    raised_by: str
    raised_by_name: str
    agency: str
    raised_at: datetime
    answer: str | None
    answered_by: str | None
    answered_at: datetime | None


_Raiser, _Answerer = aliased(Account), aliased(Account)
_ISSUE = (
    select(
        ProcedureIssue.id,
        ProcedureIssue.text,
        _Raiser.username.label("raised_by"),
        _Raiser.name.label("raised_by_name"),
        Agency.code.label("agency"),
        ProcedureIssue.raised_at,
        ProcedureIssue.answer,
        _Answerer.username.label("answered_by"),
        ProcedureIssue.answered_at,
    )
    .join(_Raiser, _Raiser.id == ProcedureIssue.raised_by)
    .join(Agency, Agency.id == _Raiser.agency_id)
    .outerjoin(_Answerer, _Answerer.id == ProcedureIssue.answered_by)
)


def issues_of(
    connection: Connection, procedure_id: int, before: int | None, limit: int, open_only: bool = False
) -> Sequence[IssueRow]:
    """A procedure's issues, the newest first; `before`: only those with a smaller id."""
    query = _ISSUE.where(ProcedureIssue.procedure_id == procedure_id).order_by(ProcedureIssue.id.desc()).limit(limit)
    if before is not None:
        query = query.where(ProcedureIssue.id < before)
    if open_only:
        query = query.where(ProcedureIssue.answered_at.is_(None))
    return many(IssueRow, connection.execute(query))


def count_issues(connection: Connection, procedure_id: int, open_only: bool = False) -> int:
    query = select(func.count()).where(ProcedureIssue.procedure_id == procedure_id)
    if open_only:
        query = query.where(ProcedureIssue.answered_at.is_(None))
    number: int = connection.execute(query).scalar_one()
    return number


def add_issue(connection: Connection, procedure_id: int, text: str, account_id: int, now: datetime) -> int:
    added: int = connection.execute(
        insert(ProcedureIssue)
        .values(procedure_id=procedure_id, text=text, raised_by=account_id, raised_at=now)
        .returning(ProcedureIssue.id)
    ).scalar_one()
    return added


def is_of(connection: Connection, issue_id: int, procedure: str) -> bool:
    """Whether there is such an issue of the procedure with that code."""
    query = (
        select(ProcedureIssue.id)
        .join(Procedure, Procedure.id == ProcedureIssue.procedure_id)
        .where(ProcedureIssue.id == issue_id, Procedure.code == procedure)
    )
    return connection.execute(query).one_or_none() is not None


def answer_issue(connection: Connection, issue_id: int, text: str, account_id: int, now: datetime) -> bool:
    """Write the answer; False where somebody else has answered already."""
    changed = connection.execute(
        update(ProcedureIssue)
        .where(ProcedureIssue.id == issue_id, ProcedureIssue.answered_at.is_(None))
        .values(answer=text, answered_by=account_id, answered_at=now)
    )
    return changed.rowcount == 1
