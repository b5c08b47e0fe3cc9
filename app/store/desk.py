"""What lies before the people of a desk: open tasks of their units by what there is to do, with whom to speak to.

A desk has hundreds of them, not millions: each statement begins at the units' own open tasks (`ix_tasks_stage`), so its cost
follows the desk's day and not the number of dossiers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    and_,
    any_,
    bindparam,
    cast,
    func,
    literal_column,
    or_,
    select,
    tuple_,
)

from app.store.attachments import Attachment
from app.store.database import like_pattern, many
from app.store.dossiers import Dossier, DossierContents
from app.store.history import History
from app.store.task_walks import MOST_COUNTED, OPEN
from app.store.tasks import Task

_NUMBER = re.compile(r"[^0-9A-Za-z]")
LEAST_OF_A_NUMBER = 4
"""Characters from which on a word with digits is looked for as an identity or telephone number too."""


@dataclass(frozen=True, slots=True)
class DeskFilter:
    """Open tasks of these positions: `stage` and `step` are the task's, `status` the dossier's (a national number), `result`
    whether its result is confirmed; `missed_before`: it lay ready, past its appointment, before that instant;
    `result_before`; `appointment_from` and `appointment_before` bound the appointment; `post`: it goes back by post."""

    positions: tuple[int, ...]
    stage: str | None = None
    step: str | None = None
    status: int | None = None
    result: bool | None = None
    result_before: datetime | None = None
    missed_before: datetime | None = None
    appointment_from: datetime | None = None
    appointment_before: datetime | None = None
    due_before: datetime | None = None
    post: bool = False
    words: str | None = None


_LAST: ColumnElement[datetime] = literal_column("'2200-01-01T00:00:00Z'::timestamptz")
"""Where what has no date stands; a cursor can say it."""
ORDERS = {
    "entered_at": Task.entered_at,
    "due_at": func.coalesce(Task.due_at, _LAST),
    "appointment_at": func.coalesce(Dossier.appointment_at, _LAST),
}


@dataclass(frozen=True, slots=True)
class DeskPlace:
    """Where a page begins: behind the task with this key and id."""

    key: datetime
    id: int


@dataclass(frozen=True, slots=True)
class DeskContact:
    """Whom to speak to about a dossier, and how its result goes."""

    dossier_id: int
    applicant: dict[str, Any]
    deliver: dict[str, Any]
    notify: list[str]
    intake: dict[str, Any]
    appointment_at: datetime | None
    channel: str


def task_ids(
    connection: Connection, found: DeskFilter, order: str, after: DeskPlace | None, limit: int
) -> list[tuple[int, datetime]]:
    """Ids and keys of at most `limit` tasks in the order of ORDERS."""
    key: ColumnElement[datetime] = ORDERS[order]  # type: ignore[assignment]
    query = _tasks(found).with_only_columns(Task.id, Task.entered_at if order == "entered_at" else key)
    if after is not None:
        query = query.where(tuple_(key, Task.id) > tuple_(after.key, after.id))
    rows = connection.execute(query.order_by(key, Task.id).limit(limit), {"positions": list(found.positions)})
    return [(row[0], row[1]) for row in rows]


def count(connection: Connection, found: DeskFilter) -> int:
    """How many there are, counted to MOST_COUNTED + 1."""
    inner = _tasks(found).with_only_columns(Task.id).limit(MOST_COUNTED + 1).subquery()
    number: int = connection.execute(
        select(func.count()).select_from(inner), {"positions": list(found.positions)}
    ).scalar_one()
    return number


def contacts(connection: Connection, dossier_ids: Sequence[int]) -> dict[int, DeskContact]:
    """By dossier."""
    rows = connection.execute(
        select(
            Dossier.id,
            DossierContents.applicant,
            DossierContents.deliver,
            DossierContents.notify,
            DossierContents.intake,
            Dossier.appointment_at,
            Dossier.channel,
        )
        .join(DossierContents, DossierContents.dossier_id == Dossier.id)
        .where(Dossier.id == any_(cast(list(dossier_ids), ARRAY(BigInteger))))
    )
    return {one.dossier_id: one for one in many(DeskContact, rows)}


def files_of(connection: Connection, dossier_ids: Sequence[int]) -> dict[int, int]:
    """How many files came with each dossier; one without any is left out."""
    rows = connection.execute(
        select(Attachment.dossier_id, func.count())
        .where(Attachment.dossier_id == any_(cast(list(dossier_ids), ARRAY(BigInteger))))
        .group_by(Attachment.dossier_id)
    )
    return {row[0]: row[1] for row in rows}


def _tasks(found: DeskFilter) -> Select[Any]:
    query = (
        select(Task.id)
        .join(Dossier, Dossier.id == Task.dossier_id)
        .where(OPEN, Task.position_id == any_(bindparam("positions", type_=ARRAY(BigInteger))))
    )
    simple = (
        (Task.stage, found.stage),
        (Task.step, found.step),
        (Dossier.status, found.status),
    )
    query = query.where(*(column == value for column, value in simple if value is not None))
    if found.result is not None:
        query = query.where(Dossier.result_at.is_not(None) if found.result else Dossier.result_at.is_(None))
    if found.result_before is not None:
        query = query.where(Dossier.result_at < found.result_before)
    if found.missed_before is not None:
        query = query.where(
            Dossier.result_at < found.missed_before,
            func.coalesce(Dossier.appointment_at, Dossier.result_at) < found.missed_before,
        )
    if found.appointment_from is not None:
        query = query.where(Dossier.appointment_at >= found.appointment_from)
    if found.appointment_before is not None:
        query = query.where(Dossier.appointment_at < found.appointment_before)
    if found.due_before is not None:
        query = query.where(Task.due_at < found.due_before)
    if found.post or found.words:
        query = query.join(DossierContents, DossierContents.dossier_id == Dossier.id)
    if found.post:
        query = query.where(DossierContents.deliver["mode"].astext == "post")
    return query.where(*(_says(word) for word in (found.words or "").split()))


def _says(word: str) -> ColumnElement[bool]:
    """A word of the code or the name, or the beginning of an identity or telephone number."""
    text = DossierContents.search.like(func.motcua_fold(like_pattern(word)))
    number = _NUMBER.sub("", word)
    if len(number) < LEAST_OF_A_NUMBER or not any(sign.isdigit() for sign in number):
        return text
    begins = f"{number.upper()}%"
    return or_(
        text,
        and_(func.motcua_number(DossierContents.applicant["id_number"].astext).like(begins)),
        func.motcua_phone(DossierContents.applicant["phone"].astext).like(begins),
    )


@dataclass(frozen=True, slots=True)
class SentRow:
    """A result that was handed over to the post, with what was written down of it."""

    code: str
    applicant_name: str
    applicant: dict[str, Any]
    deliver: dict[str, Any]
    details: dict[str, Any]
    at: datetime


def sent_by_post(
    connection: Connection, agency_ids: Sequence[int], begin: datetime, end: datetime, most: int = 2000
) -> list[SentRow]:
    """What these agencies' desks closed by post from `begin` to before `end`, in the order of the day.

    It begins at the dossiers that had their result lately: what is older than a year is in the archive's lists, not the post's.
    """
    query = (
        select(
            Dossier.code,
            DossierContents.applicant_name,
            DossierContents.applicant,
            DossierContents.deliver,
            History.data,
            History.at,
        )
        .join(DossierContents, DossierContents.dossier_id == Dossier.id)
        .join(History, and_(History.dossier_id == Dossier.id, History.kind == "delivered"))
        .where(
            Dossier.agency_id == any_(cast(list(agency_ids), ARRAY(BigInteger))),
            Dossier.result_at >= begin - timedelta(days=365),
            Dossier.result_at < end,
            Dossier.closed_at >= begin,
            Dossier.closed_at < end,
            History.data["mode"].astext == "post",
        )
        .order_by(History.at, Dossier.id)
        .limit(most)
    )
    return many(SentRow, connection.execute(query))
