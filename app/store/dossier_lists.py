"""Lists of dossiers, newest first: those in which some agencies have a part, or all.

Pages walk indexes by agency, newest first, and look at one dossier after another until they are full: `OFFSET 0` keeps the
planner from reading all dossiers instead. Words that few dossiers have are looked up first, by the trigram index.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    any_,
    cast,
    column,
    func,
    literal_column,
    or_,
    select,
    true,
    union_all,
)

from app.store.database import like_pattern
from app.store.dossiers import DOSSIER, Dossier, DossierContents, DossierRow
from app.store.inbox import MOST_COUNTED
from app.store.procedures import Procedure
from app.store.tasks import Task

Ids = Select[int]
LAST_STATUSES = (3, 7, 10)
"""In the others a dossier is open, and an index holds the open ones alone."""
_STANDS: ColumnElement[bool] = literal_column("dossiers.incidents > 0")


@dataclass(frozen=True, slots=True)
class DossierFilters:
    """`agencies`: those of which one must have a part, None = whoever has; `words` search code and applicant; `stands`: only
    those with an open incident."""

    agencies: tuple[int, ...] | None
    status: int | None = None
    procedure: str | None = None
    words: str | None = None
    stands: bool = False


@dataclass(frozen=True, slots=True)
class ListedDossier:
    dossier: DossierRow
    applicant: str


def dossier_page(connection: Connection, filters: DossierFilters, after: int | None, limit: int) -> list[ListedDossier]:
    """At most `limit` dossiers with ids below `after`, newest first."""
    page = _ids(connection, filters, after, limit).subquery("page")
    rows = connection.execute(
        DOSSIER.add_columns(DossierContents.applicant_name)
        .join(page, page.c.id == Dossier.id)
        .join(DossierContents, DossierContents.dossier_id == Dossier.id)
        .order_by(Dossier.id.desc())
    )
    return [ListedDossier(DossierRow(*row[:-1]), row[-1]) for row in rows]


def count_dossiers(connection: Connection, filters: DossierFilters) -> int:
    """How many there are, counted to MOST_COUNTED + 1."""
    found = _ids(connection, filters, None, MOST_COUNTED + 1).subquery()
    number: int = connection.execute(select(func.count()).select_from(found)).scalar_one()
    return number


def _ids(connection: Connection, filters: DossierFilters, after: int | None, limit: int) -> Ids:
    few = _few(connection, filters)
    if few is not None:
        query = select(Dossier.id).where(Dossier.id == any_(cast(few, ARRAY(BigInteger))), *_conditions(filters))
        if filters.agencies is not None:
            query = query.where(_has_part(filters.agencies))
        if after is not None:
            query = query.where(Dossier.id < after)
        return query.order_by(Dossier.id.desc()).limit(limit)
    conditions = _conditions(filters) + _word_conditions(filters.words)
    received: Ids = select(Dossier.id)
    if filters.status is not None and filters.status not in LAST_STATUSES:
        received = received.where(Dossier.closed_at.is_(None))
    if filters.agencies is None:
        return _checked(_before(received, Dossier.id, after), conditions, limit)
    return _by_agency(received, filters.agencies, conditions, after, limit)


def _few(connection: Connection, filters: DossierFilters) -> list[int] | None:
    """The dossiers that an index finds: those with the words, or those that stand; None when more than MOST_COUNTED."""
    found: list[int] | None = None
    if filters.words:
        found = _at_most(connection, select(DossierContents.dossier_id).where(*_matching(filters.words)))
    if found is None and filters.stands:
        found = _at_most(connection, select(Dossier.id).where(_STANDS))
        if found is not None and filters.words:
            query = select(DossierContents.dossier_id).where(
                DossierContents.dossier_id == any_(cast(found, ARRAY(BigInteger))), *_matching(filters.words)
            )
            found = list(connection.execute(query).scalars())
    return found


def _at_most(connection: Connection, query: Ids) -> list[int] | None:
    found = list(connection.execute(query.limit(MOST_COUNTED + 1)).scalars())
    return found if len(found) <= MOST_COUNTED else None


def _by_agency(
    received: Ids,
    agencies: tuple[int, ...],
    conditions: Sequence[ColumnElement[bool]],
    after: int | None,
    limit: int,
) -> Ids:
    """The newest of each agency, received by it or with one of its tasks, merged."""
    asked = func.unnest(cast(list(agencies), ARRAY(BigInteger))).table_valued(column("id", BigInteger))
    agency: ColumnElement[int] = literal_column("asked.id")
    received = _before(received.where(Dossier.agency_id == agency), Dossier.id, after)
    worked = _before(select(Task.dossier_id).where(Task.agency_id == agency).distinct(), Task.dossier_id, after)
    found = union_all(_checked(received, conditions, limit), _checked(worked, conditions, limit)).lateral("found")
    each: Ids = select(found.c.id).select_from(asked.render_derived(name="asked").join(found, true()))
    return each.distinct().order_by(found.c.id.desc()).limit(limit)


def _before(query: Ids, key: Any, after: int | None) -> Ids:
    """The walk, newest first."""
    return (query if after is None else query.where(key < after)).order_by(key.desc())


def _checked(walk: Ids, conditions: Sequence[ColumnElement[bool]], limit: int) -> Ids:
    """The first `limit` ids of a walk whose dossiers hold the conditions, each looked up by its id."""
    ids = walk.offset(0).subquery("walk")
    (key,) = ids.c
    query: Ids = select(key.label("id"))
    if conditions:
        looked_up = select(Dossier.id).where(Dossier.id == key, *conditions).offset(0).lateral("looked_up")
        query = query.select_from(ids.join(looked_up, true()))
    return query.order_by(key.desc()).limit(limit)


def _has_part(agencies: tuple[int, ...]) -> ColumnElement[bool]:
    a_task = select(Task.id).where(Task.dossier_id == Dossier.id, Task.agency_id.in_(agencies)).offset(0).exists()
    return or_(Dossier.agency_id.in_(agencies), a_task)


def _conditions(filters: DossierFilters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.status is not None:
        conditions.append(Dossier.status == filters.status)
    if filters.procedure is not None:
        of_procedure = select(Procedure.id).where(Procedure.code == filters.procedure).scalar_subquery()
        conditions.append(Dossier.procedure_id == of_procedure)
    if filters.stands:
        conditions.append(_STANDS)
    return conditions


def _word_conditions(words: str | None) -> list[ColumnElement[bool]]:
    if not words:
        return []
    matching = select(DossierContents.dossier_id).where(DossierContents.dossier_id == Dossier.id, *_matching(words))
    return [matching.offset(0).exists()]


def _matching(words: str) -> list[ColumnElement[bool]]:
    return [DossierContents.search.like(func.motcua_fold(like_pattern(word))) for word in words.split()]
