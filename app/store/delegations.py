"""Delegations as they are given, read and ended; `app.store.delegated` is what acting under one reads.

They are only added and ended, so who could do what in whose name on a past day can still be read.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, and_, exists, false, func, insert, literal_column, or_, select, update
from sqlalchemy.orm import aliased

from app.store.accounts import Account, may_any
from app.store.database import many, one
from app.store.delegated import DelegatedAct, Delegation
from app.store.holdings import AccountPosition
from app.store.organisation import Agency, Position
from app.store.procedures import Procedure, ProcedureAgency, ProcedureVersion

MOST_LISTED = 500


@dataclass(frozen=True, slots=True)
class DelegationRow:
    id: int
    delegator_id: int
    delegator: str
    delegator_name: str
    delegate_id: int
    delegate: str
    delegate_name: str
    position: str
    position_name: str
    agency_id: int
    agency: str
    from_day: date
    to_day: date
    procedures: list[int]
    steps: list[str]
    signs: bool
    form: str
    daily_most: int | None
    decision_number: str
    reason: str
    made_at: datetime
    ended_by_name: str | None
    ended_at: datetime | None
    worked: int
    """How many tasks were worked under it."""


_DELEGATE, _ENDER = aliased(Account, name="delegate"), aliased(Account, name="ender")
_WORKED = (
    select(func.count(DelegatedAct.task_id.distinct()))
    .where(DelegatedAct.delegation_id == Delegation.id)
    .correlate(Delegation)
    .scalar_subquery()
)
_DELEGATION = (
    select(
        Delegation.id,
        Delegation.delegator_id,
        Account.username,
        Account.name,
        Delegation.delegate_id,
        _DELEGATE.username,
        _DELEGATE.name,
        Position.code,
        Position.name,
        Position.agency_id,
        Agency.code,
        Delegation.from_day,
        Delegation.to_day,
        Delegation.procedures,
        Delegation.steps,
        Delegation.signs,
        Delegation.form,
        Delegation.daily_most,
        Delegation.decision_number,
        Delegation.reason,
        Delegation.made_at,
        _ENDER.name,
        Delegation.ended_at,
        _WORKED,
    )
    .join(Account, Account.id == Delegation.delegator_id)
    .join(_DELEGATE, _DELEGATE.id == Delegation.delegate_id)
    .join(Position, Position.id == Delegation.position_id)
    .join(Agency, Agency.id == Position.agency_id)
    .outerjoin(_ENDER, _ENDER.id == Delegation.ended_by)
)


def add_delegation(connection: Connection, **values: Any) -> int:
    """A new delegation; `values` are the columns."""
    added: int = connection.execute(insert(Delegation).values(**values).returning(Delegation.id)).scalar_one()
    return added


def end_delegation(connection: Connection, delegation_id: int, ended_by: int, ended_at: datetime, day: date) -> bool:
    """It counts no more from this instant on; False when it was over already."""
    query = update(Delegation).where(
        Delegation.id == delegation_id, Delegation.ended_at.is_(None), Delegation.to_day >= day
    )
    return connection.execute(query.values(ended_by=ended_by, ended_at=ended_at)).rowcount > 0


def delegation_by_id(connection: Connection, delegation_id: int) -> DelegationRow | None:
    return one(DelegationRow, connection.execute(_DELEGATION.where(Delegation.id == delegation_id)).one_or_none())


def list_delegations(
    connection: Connection, day: date, *, past: bool, about: int, agency_ids: Collection[int] | None
) -> list[DelegationRow]:
    """Those that count on `day` or later, by day; or those that do not any more, the newest first.

    Given by or to the account `about`, and those of positions of these agencies; None: of all.
    """
    over = or_(Delegation.to_day < day, Delegation.ended_at.is_not(None))
    query = _DELEGATION.where(over if past else ~over)
    if agency_ids is not None:
        theirs = [Delegation.delegator_id == about, Delegation.delegate_id == about]
        query = query.where(or_(*theirs, Position.agency_id.in_(agency_ids) if agency_ids else false()))
    order = (Delegation.to_day.desc(), Delegation.id.desc()) if past else (Delegation.from_day, Delegation.id)
    return many(DelegationRow, connection.execute(query.order_by(*order).limit(MOST_LISTED)))


def holds_itself(connection: Connection, account_id: int, position_id: int, day: date) -> bool:
    """Whether the account was given that position, on that day or a later one."""
    held = exists().where(
        AccountPosition.account_id == account_id,
        AccountPosition.position_id == position_id,
        or_(AccountPosition.valid_to.is_(None), AccountPosition.valid_to >= day),
    )
    return connection.execute(select(held)).scalar_one() is True


def colleagues_of(
    connection: Connection, agency_id: int, but: int, permissions: Sequence[str]
) -> list[tuple[str, str]]:
    """User name and name of the other active accounts of the agency with one of these permissions."""
    rows = connection.execute(
        select(Account.username, Account.name)
        .where(Account.agency_id == agency_id, Account.id != but, may_any(permissions))
        .order_by(Account.username)
    )
    return [(row.username, row.name) for row in rows]


def procedures_of(connection: Connection, agency_id: int, agency: str) -> list[tuple[int, str, str]]:
    """Id, code and name of the procedures that the agency handles, or whose drawings name it at a step."""
    handled = exists().where(ProcedureAgency.procedure_id == Procedure.id, ProcedureAgency.agency_id == agency_id)
    drawn = exists().where(
        ProcedureVersion.procedure_id == Procedure.id,
        ProcedureVersion.repealed_on.is_(None),
        ProcedureVersion.steps.contains([{"agency": agency}]),
    )
    rows = connection.execute(
        select(Procedure.id, Procedure.code, Procedure.name).where(or_(handled, drawn)).order_by(Procedure.code)
    )
    return [(row.id, row.code, row.name) for row in rows]


def procedure_codes(connection: Connection, ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """Code and name by id."""
    if not ids:
        return {}
    rows = connection.execute(select(Procedure.id, Procedure.code, Procedure.name).where(Procedure.id.in_(ids)))
    return {row.id: (row.code, row.name) for row in rows}


def steps_of_position(connection: Connection, position: str, procedure_ids: Sequence[int], day: date) -> dict[str, str]:
    """Id and name of the steps that wait for that position in the versions of these procedures that may run."""
    step = func.jsonb_array_elements(ProcedureVersion.steps).table_valued("value", name="step")
    rows = connection.execute(
        select(step.c.value)
        .select_from(ProcedureVersion)
        .join(step, literal_column("true"))
        .where(
            and_(ProcedureVersion.procedure_id.in_(procedure_ids), ProcedureVersion.effective_from <= day),
            func.jsonb_extract_path_text(step.c.value, "position") == position,
        )
        .order_by(ProcedureVersion.id)
    )
    return {str(one["id"]): str(one["name"]) for one in rows.scalars()}
