"""Lists of dossiers, newest first: those in which some agencies have a part, or all.

Without words the pages walk indexes by agency, whatever the number of dossiers. With words the trigram index finds the
candidates, and having a part is checked dossier by dossier.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    Select,
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
"""Statuses of closed dossiers; the others are few, and an index holds them alone."""


@dataclass(frozen=True, slots=True)
class DossierFilters:
    """`agencies`: those of which one must have a part, None = whoever has; `words` search code and applicant."""

    agencies: tuple[int, ...] | None
    status: int | None = None
    procedure: str | None = None
    words: str | None = None


@dataclass(frozen=True, slots=True)
class ListedDossier:
    dossier: DossierRow
    applicant: str


def dossier_page(connection: Connection, filters: DossierFilters, after: int | None, limit: int) -> list[ListedDossier]:
    """At most `limit` dossiers with ids below `after`, newest first."""
    page = _ids(filters, after, limit).subquery("page")
    rows = connection.execute(
        DOSSIER.add_columns(DossierContents.applicant_name)
        .join(page, page.c.id == Dossier.id)
        .join(DossierContents, DossierContents.dossier_id == Dossier.id)
        .order_by(Dossier.id.desc())
    )
    return [ListedDossier(DossierRow(*row[:-1]), row[-1]) for row in rows]


def count_dossiers(connection: Connection, filters: DossierFilters) -> int:
    """How many there are, counted to MOST_COUNTED + 1."""
    found = _ids(filters, None, MOST_COUNTED + 1).subquery()
    number: int = connection.execute(select(func.count()).select_from(found)).scalar_one()
    return number


def _ids(filters: DossierFilters, after: int | None, limit: int) -> Ids:
    conditions = _conditions(filters)
    if after is not None:
        conditions.append(Dossier.id < after)
    if filters.agencies is None:
        return _newest(conditions, limit)
    if filters.words:
        return _newest([*conditions, _has_part(filters.agencies)], limit)
    return _by_agency(filters.agencies, conditions, after, limit)


def _newest(conditions: Sequence[ColumnElement[bool]], limit: int) -> Ids:
    return select(Dossier.id).where(*conditions).order_by(Dossier.id.desc()).limit(limit)


def _has_part(agencies: tuple[int, ...]) -> ColumnElement[bool]:
    a_task = select(Task.id).where(Task.dossier_id == Dossier.id, Task.agency_id.in_(agencies)).exists()
    return or_(Dossier.agency_id.in_(agencies), a_task)


def _by_agency(
    agencies: tuple[int, ...], conditions: Sequence[ColumnElement[bool]], after: int | None, limit: int
) -> Ids:
    """The newest of each agency, received or with one of its tasks, merged."""
    asked = func.unnest(cast(list(agencies), ARRAY(BigInteger))).table_valued(column("id", BigInteger))
    agency: ColumnElement[int] = literal_column("asked.id")
    received = select(Dossier.id).where(Dossier.agency_id == agency, *conditions).order_by(Dossier.id.desc())
    worked = select(Task.dossier_id).where(Task.agency_id == agency)
    if after is not None:
        worked = worked.where(Task.dossier_id < after)
    # Distinct over the index (agency, dossier): the walk stops as soon as the page is full.
    parts = worked.distinct().order_by(Task.dossier_id.desc()).subquery("parts")
    with_task = (
        select(Dossier.id)
        .join(parts, parts.c.dossier_id == Dossier.id)
        .where(*conditions)
        .order_by(parts.c.dossier_id.desc())
    )
    found = union_all(received.limit(limit), with_task.limit(limit)).lateral("found")
    each: Ids = select(found.c.id).select_from(asked.render_derived(name="asked").join(found, true()))
    return each.distinct().order_by(found.c.id.desc()).limit(limit)


def _conditions(filters: DossierFilters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.status is not None:
        conditions.append(Dossier.status == filters.status)
        if filters.status not in LAST_STATUSES:
            conditions.append(Dossier.closed_at.is_(None))
    if filters.procedure is not None:
        of_procedure = select(Procedure.id).where(Procedure.code == filters.procedure).scalar_subquery()
        conditions.append(Dossier.procedure_id == of_procedure)
    for word in (filters.words or "").split():
        matching = select(DossierContents.dossier_id).where(
            DossierContents.search.like(func.motcua_fold(like_pattern(word)))
        )
        conditions.append(Dossier.id.in_(matching))
    return conditions
