"""Drafts of diagrams: what designers work on before a version is published, and every state that was kept of it.

A draft belongs to a procedure. Its states are numbered and never changed, but for the newest while one person goes on
saving automatically: that one is written over, so that an hour of drawing is a handful of states and not a thousand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, ForeignKey, Select, delete, func, insert, or_, select, tuple_, update
from sqlalchemy.orm import Mapped, aliased, mapped_column

from app.store.accounts import Account
from app.store.database import Base, BigId, Code, like_pattern, many, one
from app.store.procedures import Procedure

OPEN, PUBLISHED, DISCARDED = "open", "published", "discarded"
FIRST, AUTO, KEPT, RESTORED, IMPORTED = "first", "auto", "kept", "restored", "imported"
"""How a state came about: the draft's beginning; saved by itself; kept by a person; an earlier one taken up again; a file."""


class DiagramDraft(Base):
    __tablename__ = "diagram_drafts"
    id: Mapped[BigId]
    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedures.id"), index=True)
    title: Mapped[str]
    state: Mapped[Code]
    base_version: Mapped[int | None]
    """The version of the procedure with which it began."""
    origin: Mapped[dict[str, Any]]
    """{kind: empty | version | table | file | copy, …}"""
    preparation: Mapped[dict[str, Any]]
    """What is known so far of the decision by which it will be published (`app.actions.prepare_publication`)."""
    revision: Mapped[int]
    """The number of its newest state."""
    published_version: Mapped[int | None]
    made_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    made_at: Mapped[datetime]
    changed_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    changed_at: Mapped[datetime] = mapped_column(index=True)


class DraftRevision(Base):
    __tablename__ = "draft_revisions"
    draft_id: Mapped[int] = mapped_column(ForeignKey("diagram_drafts.id"), primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[Code]
    label: Mapped[str | None]
    diagram: Mapped[bytes]
    forms: Mapped[dict[str, Any]]
    """Form-js schemas by the name that a step's form has."""
    called: Mapped[dict[str, Any]]
    """Diagrams of called processes: file name -> text."""
    sides: Mapped[dict[str, Any]]
    """Side processes that are redrawn: file name -> text."""
    saved_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    saved_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class DraftRow:
    """`changed_by` and `made_by` are user names."""

    id: int
    procedure_id: int
    procedure: str
    procedure_name: str
    title: str
    state: str
    base_version: int | None
    origin: dict[str, Any]
    preparation: dict[str, Any]
    revision: int
    published_version: int | None
    made_by: str
    made_by_name: str
    made_at: datetime
    changed_by: str
    changed_by_name: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class DraftFiles:
    """What a version would be made of."""

    diagram: bytes
    forms: Mapping[str, Any] = field(default_factory=dict)
    called: Mapping[str, Any] = field(default_factory=dict)
    sides: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RevisionRow:
    """A state without its files."""

    number: int
    kind: str
    label: str | None
    saved_by: str
    saved_by_name: str
    saved_by_id: int
    saved_at: datetime


_Maker, _Changer = aliased(Account), aliased(Account)


def _draft() -> Select[Any]:
    return (
        select(
            DiagramDraft.id,
            DiagramDraft.procedure_id,
            Procedure.code,
            Procedure.name,
            DiagramDraft.title,
            DiagramDraft.state,
            DiagramDraft.base_version,
            DiagramDraft.origin,
            DiagramDraft.preparation,
            DiagramDraft.revision,
            DiagramDraft.published_version,
            _Maker.username,
            _Maker.name,
            DiagramDraft.made_at,
            _Changer.username,
            _Changer.name,
            DiagramDraft.changed_at,
        )
        .join(Procedure, Procedure.id == DiagramDraft.procedure_id)
        .join(_Maker, _Maker.id == DiagramDraft.made_by)
        .join(_Changer, _Changer.id == DiagramDraft.changed_by)
    )


def add_draft(
    connection: Connection,
    values: Mapping[str, Any],
    files: DraftFiles,
    account_id: int,
    now: datetime,
    *,
    kind: str = FIRST,
) -> int:
    """A new open draft (`procedure_id`, `title`, `base_version`, `origin`) with its first state; its id."""
    row = {
        "preparation": {},
        **values,
        "state": OPEN,
        "revision": 1,
        "made_by": account_id,
        "made_at": now,
        "changed_by": account_id,
        "changed_at": now,
    }
    draft_id = connection.execute(insert(DiagramDraft).values(row).returning(DiagramDraft.id)).scalar_one()
    _add_revision(connection, draft_id, 1, kind, None, files, account_id, now)
    return int(draft_id)


def find_draft(connection: Connection, draft_id: int) -> DraftRow | None:
    return one(DraftRow, connection.execute(_draft().where(DiagramDraft.id == draft_id)).one_or_none())


def lock_draft(connection: Connection, draft_id: int) -> DraftRow | None:
    """The draft, locked until the transaction ends."""
    # In a statement of its own: joined with who changed it, a draft that somebody else has just changed would not be found.
    connection.execute(select(DiagramDraft.id).where(DiagramDraft.id == draft_id).with_for_update())
    return find_draft(connection, draft_id)


def drafts(
    connection: Connection,
    *,
    state: str | None = OPEN,
    procedure_id: int | None = None,
    words: str | None = None,
    before: tuple[datetime, int] | None = None,
    most: int = 200,
) -> Sequence[DraftRow]:
    """Drafts, the one changed last first. `words`: each occurs in the title or in the procedure's code, name or field, with
    or without diacritics; `before`: those after (changed_at, id) in this order."""
    found = _draft().order_by(DiagramDraft.changed_at.desc(), DiagramDraft.id.desc()).limit(most)
    if state is not None:
        found = found.where(DiagramDraft.state == state)
    if procedure_id is not None:
        found = found.where(DiagramDraft.procedure_id == procedure_id)
    if before is not None:
        found = found.where(tuple_(DiagramDraft.changed_at, DiagramDraft.id) < tuple_(*before))
    found = found.where(*_matching(words))
    return many(DraftRow, connection.execute(found))


def count_drafts(connection: Connection, state: str | None, words: str | None) -> int:
    """How many drafts of that state are found by these words."""
    query = select(func.count()).select_from(DiagramDraft).join(Procedure, Procedure.id == DiagramDraft.procedure_id)
    if state is not None:
        query = query.where(DiagramDraft.state == state)
    number: int = connection.execute(query.where(*_matching(words))).scalar_one()
    return number


def _matching(words: str | None) -> list[ColumnElement[bool]]:
    patterns = [func.motcua_fold(like_pattern(word)) for word in (words or "").split()]
    return [
        or_(Procedure.search.like(pattern), func.motcua_fold(DiagramDraft.title).like(pattern)) for pattern in patterns
    ]


def change_draft(connection: Connection, draft_id: int, account_id: int, now: datetime, **values: Any) -> None:
    """Change what the draft itself says (title, state, preparation, published_version)."""
    changed = {**values, "changed_by": account_id, "changed_at": now}
    connection.execute(update(DiagramDraft).where(DiagramDraft.id == draft_id).values(changed))


def add_revision(
    connection: Connection,
    draft_id: int,
    kind: str,
    files: DraftFiles,
    account_id: int,
    now: datetime,
    label: str | None = None,
) -> int:
    """A new state of a draft that the caller has locked; its number."""
    moved = (
        update(DiagramDraft)
        .where(DiagramDraft.id == draft_id)
        .values(revision=DiagramDraft.revision + 1, changed_by=account_id, changed_at=now)
        .returning(DiagramDraft.revision)
    )
    number = int(connection.execute(moved).scalar_one())
    _add_revision(connection, draft_id, number, kind, label, files, account_id, now)
    return number


def drop_revision(connection: Connection, draft_id: int, number: int) -> None:
    """Take away a state that a later automatic one of the same person stands for."""
    gone = (DraftRevision.draft_id == draft_id, DraftRevision.number == number)
    connection.execute(delete(DraftRevision).where(*gone))


def label_revision(
    connection: Connection, draft_id: int, number: int, label: str | None, kind: str | None = None
) -> int:
    """Give a state a label (and keep it from then on, with `kind`); answers how many rows that were."""
    values: dict[str, Any] = {"label": label} | ({"kind": kind} if kind else {})
    mine = (DraftRevision.draft_id == draft_id, DraftRevision.number == number)
    return connection.execute(update(DraftRevision).where(*mine).values(values)).rowcount


def find_revision(connection: Connection, draft_id: int, number: int) -> RevisionRow | None:
    """A state without its files; None where it is not kept."""
    return one(RevisionRow, connection.execute(_revision(draft_id).where(DraftRevision.number == number)).one_or_none())


def thin_revisions(connection: Connection, before: datetime, period: str, most: int) -> int:
    """Of automatic states from before that instant leave the last of every `period` (hour, day) of a draft, with everything
    that somebody kept, named or took up and with each draft's newest; at most `most` rows at once. Answers how many went."""
    span = func.date_trunc(period, DraftRevision.saved_at)
    last = func.max(DraftRevision.number).over(partition_by=(DraftRevision.draft_id, span))
    ranked = (
        select(DraftRevision.draft_id, DraftRevision.number, last.label("last"))
        .where(DraftRevision.saved_at < before, DraftRevision.kind == AUTO, DraftRevision.label.is_(None))
        .subquery()
    )
    gone = (
        select(ranked.c.draft_id, ranked.c.number)
        .join(DiagramDraft, DiagramDraft.id == ranked.c.draft_id)
        .where(ranked.c.number != ranked.c.last, ranked.c.number != DiagramDraft.revision)
        .limit(most)
    )
    key = tuple_(DraftRevision.draft_id, DraftRevision.number)
    return connection.execute(delete(DraftRevision).where(key.in_(gone))).rowcount


def files_of(connection: Connection, draft_id: int, number: int | None = None) -> DraftFiles | None:
    """The files of a state, of the newest without a number."""
    wanted = (
        select(func.max(DraftRevision.number)).where(DraftRevision.draft_id == draft_id).scalar_subquery()
        if number is None
        else number
    )
    found = select(DraftRevision.diagram, DraftRevision.forms, DraftRevision.called, DraftRevision.sides).where(
        DraftRevision.draft_id == draft_id, DraftRevision.number == wanted
    )
    row = connection.execute(found).one_or_none()
    return None if row is None else DraftFiles(bytes(row[0]), row[1], row[2], row[3])


def revisions(connection: Connection, draft_id: int, most: int = 200) -> Sequence[RevisionRow]:
    """The states that are kept, the newest first."""
    found = _revision(draft_id).order_by(DraftRevision.number.desc()).limit(most)
    return many(RevisionRow, connection.execute(found))


def _revision(draft_id: int) -> Any:
    return (
        select(
            DraftRevision.number,
            DraftRevision.kind,
            DraftRevision.label,
            Account.username,
            Account.name,
            DraftRevision.saved_by,
            DraftRevision.saved_at,
        )
        .join(Account, Account.id == DraftRevision.saved_by)
        .where(DraftRevision.draft_id == draft_id)
    )


def _add_revision(
    connection: Connection,
    draft_id: int,
    number: int,
    kind: str,
    label: str | None,
    files: DraftFiles,
    account_id: int,
    now: datetime,
) -> None:
    row = {
        "draft_id": draft_id,
        "number": number,
        "kind": kind,
        "label": label,
        "diagram": files.diagram,
        "forms": dict(files.forms),
        "called": dict(files.called),
        "sides": dict(files.sides),
        "saved_by": account_id,
        "saved_at": now,
    }
    connection.execute(insert(DraftRevision).values(row))
