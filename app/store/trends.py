"""What came and went, week by week or month by month: counts over index ranges of the periods that are asked for.

How many were open at a period's end is reckoned back from what is open now, so no count reads all dossiers there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    Date,
    Select,
    Text,
    any_,
    bindparam,
    cast,
    column,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
)

from app.rules.status import IMPORT_WITHDRAWN
from app.store.database import many
from app.store.dossiers import Dossier, DossierContents
from app.store.procedures import Procedure
from app.store.segments import SegmentRecord
from app.store.tasks import Task

MOST_STEPS = 10_000
"""Of so many finished steps, the latest, it is told whose time they were."""
WHATS = ("received", "resolved", "early", "on_time", "late", "open")
_ZONE = "Asia/Ho_Chi_Minh"


@dataclass(frozen=True, slots=True)
class Came:
    """Dossiers received, or resolved (`timeliness`: how), in the period that begins on `first`."""

    first: date
    procedure: int
    channel: str
    timeliness: str | None
    number: int


@dataclass(frozen=True, slots=True)
class StepsDone:
    first: date
    unit: int
    steps: int
    late: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Listed:
    """A dossier of a period's list; `at` is what the list is ordered by."""

    id: int
    at: datetime
    code: str
    procedure: str
    procedure_name: str
    applicant: str
    channel: str
    received_at: datetime
    appointment_at: datetime | None
    result_at: datetime | None
    timeliness: str | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which dossiers of a period: `what` of WHATS, from `begin` to before `end`, of these agencies (None: of all)."""

    what: str
    begin: datetime
    end: datetime
    agencies: tuple[int, ...] | None = None
    procedure: str | None = None
    field: str | None = None
    channel: str | None = None
    by_post: bool = False


def received(
    connection: Connection, agencies: Sequence[int] | None, kind: str, begin: datetime, end: datetime
) -> list[Came]:
    """What came, by period (`kind`: week or month), procedure and channel."""
    first = _first(kind, Dossier.received_at)
    keys = (first, Dossier.procedure_id, Dossier.channel)
    query = select(*keys, literal(None, Text), func.count()).where(
        *_of(agencies), Dossier.received_at >= begin, Dossier.received_at < end, _COUNTED
    )
    return many(Came, connection.execute(query.group_by(*keys)))


def resolved(
    connection: Connection, agencies: Sequence[int] | None, kind: str, begin: datetime, end: datetime
) -> list[Came]:
    """What was resolved, by period, procedure, channel and how it came."""
    keys = (_first(kind, Dossier.result_at), Dossier.procedure_id, Dossier.channel, Dossier.timeliness)
    query = select(*keys, func.count()).where(
        *_of(agencies), Dossier.result_at >= begin, Dossier.result_at < end, _COUNTED
    )
    return many(Came, connection.execute(query.group_by(*keys)))


def ended_without(
    connection: Connection, agencies: Sequence[int] | None, kind: str, begin: datetime, end: datetime, since: datetime
) -> list[Came]:
    """What ended without a result (withdrawn, not accepted), of what was received at or after `since`."""
    keys = (_first(kind, Dossier.closed_at), Dossier.procedure_id, Dossier.channel)
    query = select(*keys, literal(None, Text), func.count()).where(
        *_of(agencies),
        Dossier.received_at >= since,
        Dossier.result_at.is_(None),
        Dossier.closed_at >= begin,
        Dossier.closed_at < end,
        _COUNTED,
    )
    return many(Came, connection.execute(query.group_by(*keys)))


def open_now(connection: Connection, agencies: Sequence[int] | None) -> dict[tuple[int, str], int]:
    """How many have no result yet and are not ended, by procedure and channel."""
    keys = (Dossier.procedure_id, Dossier.channel)
    query = select(*keys, func.count()).where(
        *_of(agencies), literal_column("dossiers.closed_at IS NULL"), Dossier.result_at.is_(None)
    )
    return {(row[0], row[1]): row[2] for row in connection.execute(query.group_by(*keys))}


def returned_by_post(
    connection: Connection, agencies: Sequence[int] | None, begin: datetime, end: datetime
) -> dict[int, int]:
    """Of what was resolved in the period how many results go to the applicant by post, by procedure (LA-17.1c)."""
    query = (
        select(Dossier.procedure_id, func.count())
        .join(DossierContents, DossierContents.dossier_id == Dossier.id)
        .where(*_of(agencies), Dossier.result_at >= begin, Dossier.result_at < end, _BY_POST)
        .group_by(Dossier.procedure_id)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def steps_done(
    connection: Connection, units: Sequence[int], kind: str, begin: datetime, end: datetime
) -> list[StepsDone]:
    """Steps finished in these units, the latest MOST_STEPS of them: how many, how many late, and the working time they took."""
    done = (
        select(Task.id, Task.dossier_id, Task.unit_id, Task.finished_at, Task.due_at)
        .where(
            literal_column("tasks.state = 'done'"),
            Task.unit_id == any_(cast(list(units), ARRAY(BigInteger))),
            Task.finished_at >= begin,
            Task.finished_at < end,
        )
        .order_by(Task.finished_at.desc())
        .limit(MOST_STEPS)
        .subquery("done")
    )
    # OFFSET 0: the stretches of each task are looked up by its dossier, never all stretches read.
    taken = (
        select(func.sum(SegmentRecord.seconds).label("seconds"))
        .where(SegmentRecord.dossier_id == done.c.dossier_id, SegmentRecord.task_id == done.c.id, SegmentRecord.charged)
        .offset(0)
        .lateral("taken")
    )
    first = _first(kind, done.c.finished_at)
    late = func.count().filter(done.c.finished_at > done.c.due_at)
    seconds = func.coalesce(func.sum(taken.c.seconds), 0)
    query = select(first, done.c.unit_id, func.count(), late, seconds).select_from(done.join(taken, true()))
    return [
        StepsDone(row[0], row[1], row[2], row[3], int(row[4]))
        for row in connection.execute(query.group_by(first, done.c.unit_id))
    ]


def fields_of(connection: Connection, procedures: Sequence[int]) -> dict[int, tuple[str, str, str]]:
    """Code, name and field of these procedures."""
    rows = connection.execute(
        select(Procedure.id, Procedure.code, Procedure.name, Procedure.field).where(Procedure.id.in_(procedures))
    )
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


def period_page(
    connection: Connection, wanted: Wanted, agencies: Sequence[int], after: tuple[datetime, int] | None, limit: int
) -> list[Listed]:
    """At most `limit` of those dossiers after the place, the latest first: each agency is asked for so many by its index."""
    page = _page(wanted, after, limit).subquery("page")
    values = {"agencies": list(agencies)}
    rows = connection.execute(
        select(
            Dossier.id,
            page.c.at,
            Dossier.code,
            Procedure.code,
            Procedure.name,
            DossierContents.applicant_name,
            Dossier.channel,
            Dossier.received_at,
            Dossier.appointment_at,
            Dossier.result_at,
            Dossier.timeliness,
        )
        .join(page, page.c.id == Dossier.id)
        .join(Procedure, Procedure.id == Dossier.procedure_id)
        .join(DossierContents, DossierContents.dossier_id == Dossier.id)
        .order_by(page.c.at.desc(), Dossier.id.desc()),
        values,
    )
    return many(Listed, rows)


def count_period(connection: Connection, wanted: Wanted, agencies: Sequence[int], most: int) -> int:
    """How many there are, counted to `most`."""
    page = _page(wanted, None, most).subquery("page")
    number: int = connection.execute(select(func.count()).select_from(page), {"agencies": list(agencies)}).scalar_one()
    return number


def _page(wanted: Wanted, after: tuple[datetime, int] | None, limit: int) -> Select[Any]:
    at = Dossier.received_at if wanted.what in ("received", "open") else Dossier.result_at
    theirs = select(Dossier.id, at.label("at")).where(
        Dossier.agency_id == literal_column("asked.id"), *_conditions(wanted, at)
    )
    if after is not None:
        theirs = theirs.where(or_(at < after[0], (at == after[0]) & (Dossier.id < after[1])))
    found = theirs.order_by(at.desc(), Dossier.id.desc()).limit(limit).lateral("found")
    asked = func.unnest(cast(bindparam("agencies", type_=ARRAY(BigInteger)), ARRAY(BigInteger)))
    each = asked.table_valued(column("id", BigInteger)).render_derived(name="asked")
    query = select(found.c.id, found.c.at).select_from(each.join(found, true()))
    return query.order_by(found.c.at.desc(), found.c.id.desc()).limit(limit)


def _conditions(wanted: Wanted, at: Any) -> list[ColumnElement[bool]]:
    if wanted.what == "open":  # at the period's end
        conditions = [
            at < wanted.end,
            or_(Dossier.result_at.is_(None), Dossier.result_at >= wanted.end),
            or_(Dossier.closed_at.is_(None), Dossier.closed_at >= wanted.end, Dossier.result_at.is_not(None)),
        ]
    else:
        conditions = [at >= wanted.begin, at < wanted.end]
    conditions.append(_COUNTED)
    if wanted.what in ("early", "on_time", "late"):
        conditions.append(Dossier.timeliness == wanted.what)
    if wanted.procedure is not None or wanted.field is not None:
        asked = Procedure.code == wanted.procedure if wanted.procedure is not None else Procedure.field == wanted.field
        conditions.append(Dossier.procedure_id.in_(select(Procedure.id).where(asked)))
    if wanted.channel is not None:
        conditions.append(Dossier.channel == wanted.channel)
    if wanted.by_post:
        conditions.append(
            select(DossierContents.dossier_id).where(DossierContents.dossier_id == Dossier.id, _BY_POST).exists()
        )
    return conditions


_COUNTED: ColumnElement[bool] = Dossier.outcome.is_distinct_from(literal_column(f"'{IMPORT_WITHDRAWN}'"))
"""What was taken over by mistake and withdrawn is counted nowhere, as in `app.store.monitor`."""
_BY_POST: ColumnElement[bool] = DossierContents.deliver["mode"].astext == "post"


def _of(agencies: Sequence[int] | None) -> list[ColumnElement[bool]]:
    return [] if agencies is None else [Dossier.agency_id == any_(cast(list(agencies), ARRAY(BigInteger)))]


def _first(kind: str, at: Any) -> ColumnElement[date]:
    """The first day of the period in which an instant lies; weeks begin on Monday."""
    local = func.timezone(literal_column(f"'{_ZONE}'"), at)
    return cast(func.date_trunc(literal_column(f"'{kind}'"), local), Date)
