"""What leaders of the demonstration have before them: drafts of results that wait for approval, and one delegation."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, or_, select

from app.access.caller import Caller
from app.actions.attach import Attach
from app.actions.delegations import Delegate, delegate, own_positions
from app.actions.runner import Context, run
from app.actions.signing_keys import AGENCY_PERMISSION
from app.config import Settings
from app.demo.papers import Papers
from app.lawbook import rules_for
from app.rules.permissions import WORKERS
from app.store import accounts, delegations, dossiers, history
from app.store.attachments import DRAFT
from app.store.dossiers import Dossier
from app.store.instances import ProcessInstance
from app.store.organisation import Position, Unit
from app.store.procedures import Procedure
from app.store.task_walks import OPEN
from app.store.tasks import Task
from app.wording import LOCAL

MOST_DRAFTS = 40
_DRAFT_SECONDS = 60
_DRAFT = "Dự thảo kết quả"
_DECISION = "15/QĐ-UQ (trình diễn)"
_REASON = "Phân công duyệt hồ sơ thường xuyên để giải quyết kịp thời."
_DAYS = timedelta(days=60)


def add_leading(connection: Connection, settings: Settings, now: datetime) -> None:
    """Both, where there is somebody to have them."""
    add_drafts(connection, settings, now)
    add_delegation(connection, settings, now)


def add_drafts(connection: Connection, settings: Settings, now: datetime) -> None:
    """A draft for dossiers that wait for somebody who leads, from who passed them on, soon after what happened last."""
    papers = Papers(settings)
    earlier = Task.__table__.alias("earlier")
    author = select(earlier.c.finished_by).where(earlier.c.id == Task.predecessor_id).scalar_subquery()
    waiting = (
        select(Dossier.id, Dossier.code, Procedure.name.label("procedure"), author.label("author"))
        .select_from(Task)
        .join(Dossier, Dossier.id == Task.dossier_id)
        .join(Procedure, Procedure.id == Dossier.procedure_id)
        .join(ProcessInstance, ProcessInstance.id == Task.instance_id)
        .join(Position, Position.id == Task.position_id)
        .join(Unit, Unit.id == Position.unit_id)
        .where(OPEN, Task.stage == "resolve", ProcessInstance.kind == "main", Dossier.held_by.is_(None))
        .where(or_(Unit.kind == "leadership", Position.head), author.is_not(None))
        .order_by((Unit.kind == "leadership").desc(), func.md5(Dossier.code))
        .limit(MOST_DRAFTS)
    )
    for row in connection.execute(waiting).all():
        at = _soon_after_the_last(connection, row.id)
        caller = _caller(connection, row.author, at.astimezone(LOCAL).date())
        if caller is None or at > now:
            continue
        stored, _, media_type = papers.file(f"{_DRAFT}: {row.procedure}")
        command = Attach(row.code, stored.sha256, stored.size, f"{_DRAFT}.pdf", media_type, kind=DRAFT)
        run(command, Context(caller, at, None, settings.public_url), _nothing)


def _soon_after_the_last(connection: Connection, dossier_id: int) -> datetime:
    """An instant of working time that is no other act's of that dossier."""
    calendar = rules_for(connection, dossiers.dossier_by_id(connection, dossier_id)).calendar
    return calendar.due(history.history_of(connection, dossier_id)[-1].at, _DRAFT_SECONDS)


def add_delegation(connection: Connection, settings: Settings, now: datetime) -> None:
    """The leader who may sign and for whom most is waiting lets a head of her agency approve for her, with her signature."""
    today = now.astimezone(LOCAL).date()
    everybody = [Caller.of(account, today) for account in accounts.accounts_on(connection, today)]
    found = [
        (_waiting_at(connection, held.id), leader, held, deputy)
        for leader in everybody
        if leader.may(AGENCY_PERMISSION) and any(leader.may(name) for name in WORKERS)
        for held in own_positions(leader)
        if held.unit_kind == "leadership"
        for deputy in [next((one for one in everybody if _is_deputy(one, leader)), None)]
        if deputy is not None
    ]
    if not found:
        return
    _, leader, held, deputy = max(found, key=lambda one: (one[0], one[1].username))
    if delegations.list_delegations(connection, today, past=False, about=leader.account_id, agency_ids=()):
        return
    command = Delegate(
        delegate=deputy.username,
        position=held.code,
        from_day=today,
        to_day=today + _DAYS,
        decision_number=_DECISION,
        reason=_REASON,
        signs=True,
        daily_most=30,
    )
    delegate(command, Context(leader, now, None, settings.public_url))


def _waiting_at(connection: Connection, position_id: int) -> int:
    number: int = connection.execute(select(func.count()).where(OPEN, Task.position_id == position_id)).scalar_one()
    return number


def _is_deputy(one: Caller, leader: Caller) -> bool:
    heads = [held for held in one.positions if held.head and held.unit_kind == "room"]
    return one.agency_id == leader.agency_id and bool(heads) and one.may("task.work")


def _caller(connection: Connection, account_id: int, day: date) -> Caller | None:
    found = accounts.account_by_id(connection, account_id, day)
    return Caller.of(found, day) if found is not None else None


def _nothing(outcome: Any) -> dict[str, Any]:
    return {}
