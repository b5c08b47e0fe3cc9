"""What of a dossier stands: incidents raised and resolved with the action that raises or ends them.

An action that opens a step whose position nobody holds raises one itself. What the engine cannot go on with rolls the action
back, and is written down afterwards in a transaction of its own (`note_stop`). An incident resolves itself as soon as nothing
of it stands any more, whoever brought that about.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from app.actions.asked import Asked
from app.actions.chronicle import Chronicle
from app.actions.notify import News, notify
from app.engine.instance import EngineIncident
from app.errors import DomainError
from app.logs import get_logger
from app.store import dossiers, incidents, tasks
from app.store.dossiers import DossierRow
from app.store.incidents import ACTION, MESSAGE, TIMER, VACANCY, NewIncident
from app.store.official_notices import Whom
from app.store.tasks import LIVE, TaskRow
from app.store.timers import TimerRow
from app.store.transaction import transaction

if TYPE_CHECKING:
    from app.actions.runner import Context
    from app.actions.work import Work

STOPS = frozenset({"incident", "position_vacant"})
"""Codes of what stops a dossier until an administrator does something about the diagram, the data or the positions."""
MANAGES = "incident.manage"
MAILS_APART = timedelta(minutes=15)
"""A diagram that is wrong stops many dossiers at once; nobody is sent a mail for each of them."""

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Ending:
    """How incidents that this action ends are called: `continued`, or what an administrator did and why."""

    how: str = "continued"
    reason: str | None = None
    by: int | None = None
    """The administrator, where the action is done again in somebody else's name."""


def vacancy(task: TaskRow, agency_name: str) -> NewIncident:
    """Nobody holds the position that this step waits for."""
    return NewIncident(
        VACANCY,
        f"task:{task.id}",
        f"Chưa có ai giữ vị trí “{task.position_name}” ở {agency_name} để xử lý bước “{task.step_name}”.",
        instance_id=task.instance_id,
        task_id=task.id,
        engine_task=task.engine_task,
        element=task.step,
        details=step_details(task),
    )


def step_details(task: TaskRow) -> dict[str, Any]:
    """The step that stands, as lists show it."""
    return {
        "step": task.step,
        "step_name": task.step_name,
        "position": task.position,
        "position_name": task.position_name,
        "agency": task.agency,
    }


def settle_incidents(work: Work, raised: list[NewIncident], ending: Ending) -> None:
    """Write down what the action raised, and resolve what stands no more; when tasks and timers are written back.

    Costs nothing for a dossier that goes on.
    """
    dossier = work.dossier
    if not raised and not dossier.incidents:
        return
    for new in raised:
        number, fresh = incidents.raise_incident(work.connection, dossier.id, new, work.now)
        if fresh:
            work.record("incident_opened", _task_of(work, new), opened_details(number, new))
            tell_managers(work.connection, dossier.id, number, new, work.now)
    by = ending.by or work.account_id
    arrived = [message_subject(name) for name in work.arrived]
    gone = incidents.resolve_gone(work.connection, dossier.id, work.now, by, ending.how, ending.reason, arrived)
    for number in gone:
        work.record("incident_resolved", None, {"incident": number, "how": ending.how}, by=ending.by)
    dossier.incidents = incidents.count_open(work.connection, dossier.id)


def opened_details(number: int, new: NewIncident) -> dict[str, Any]:
    """What the history says of an incident that begins."""
    return {"incident": number, "kind": new.kind, "element": new.element, "reason": new.reason}


def _task_of(work: Work, new: NewIncident) -> TaskRow | None:
    return next((task for task in work.tasks if task.id == new.task_id), None)


@contextmanager
def stops_noted(task_id: int, asked: Asked | None, context: Context) -> Iterator[None]:
    """What stops the dossier inside is written down as an incident of that task, once everything is rolled back."""
    try:
        yield
    except DomainError as error:
        if error.code in STOPS:
            _note_stop(task_id, asked, context, error)
        raise


def _note_stop(task_id: int, asked: Asked | None, context: Context, error: DomainError) -> None:
    with note_only(task=task_id), transaction() as connection:
        dossier = dossiers.lock_dossier_of_task(connection, task_id)
        task = tasks.task_by_id(connection, task_id)
        if dossier is None or task is None or task.state not in LIVE:
            return  # somebody else has ended the step meanwhile
        new = _stopped(task, asked, context, error)
        raise_on(connection, dossier, new, context.now.replace(microsecond=0), context.caller.account_id)


@contextmanager
def note_only(**what: Any) -> Iterator[None]:
    """Errors of writing an incident are only logged: the caller is to hear why the action itself failed."""
    try:
        yield
    except (DomainError, SQLAlchemyError) as trouble:
        log.error("incident_not_noted", reason=f"{type(trouble).__name__}: {trouble}".partition("\n")[0], **what)


def _stopped(task: TaskRow, asked: Asked | None, context: Context, error: DomainError) -> NewIncident:
    cause = error.__cause__
    element = cause.element if isinstance(cause, EngineIncident) else None
    details = step_details(task) | {"account": context.caller.username, "name": context.caller.name}
    if asked is not None:
        details |= {"action": asked.action, "version": task.version}
    return NewIncident(
        ACTION,
        f"task:{task.id}",
        error.detail,
        instance_id=task.instance_id,
        task_id=task.id,
        engine_task=task.engine_task,
        element=element or task.step,
        details=details,
        command=asked.to_dict(context.caller.account_id, task.version, context.happened) if asked else None,
    )


def message_subject(name: str) -> str:
    return f"message:{name}"


def message_stopped(name: str, command: Mapping[str, Any], context: Context, error: DomainError) -> NewIncident:
    """A message of another system that the diagram waits for but cannot go on with; `command`: to send it again."""
    cause = error.__cause__
    return NewIncident(
        MESSAGE,
        message_subject(name),
        error.detail,
        element=cause.element if isinstance(cause, EngineIncident) else None,
        details={"message": name, "account": context.caller.username, "name": context.caller.name},
        command=command,
    )


def timer_stopped(timer: TimerRow, task: TaskRow | None, reason: str) -> NewIncident:
    """The worker has given up on a timer."""
    return NewIncident(
        TIMER,
        f"timer:{timer.id}",
        reason,
        instance_id=timer.instance_id,
        task_id=timer.task_id,
        timer_id=timer.id,
        engine_task=timer.engine_task,
        element=timer.element or timer.kind,
        details={"timer": timer.kind} | (step_details(task) if task else {}),
    )


def raise_on(
    connection: Connection, dossier: DossierRow, new: NewIncident, now: datetime, account_id: int | None
) -> None:
    """Write an incident on a locked dossier without looking into its diagrams or its clock: these may be what is wrong."""
    number, fresh = incidents.raise_incident(connection, dossier.id, new, now)
    dossier.incidents = incidents.count_open(connection, dossier.id)
    if fresh:
        chronicle = Chronicle(dossier, _not_before(dossier.clock, now), account_id)
        chronicle.add("incident_opened", new.task_id, opened_details(number, new), None)
        chronicle.write(connection)
        dossiers.save_dossier(connection, dossier)
        tell_managers(connection, dossier.id, number, new, now)


def tell_managers(connection: Connection, dossier_id: int, number: int, new: NewIncident, now: datetime) -> None:
    """Whoever manages incidents learns that a dossier stands; of many at once, by mail only of the first in a while."""
    data = {"incident": number, "reason": new.reason, "step_name": str(new.details.get("step_name") or "")}
    news = News("incident_opened", dossier_id, data, task_id=new.task_id, apart=MAILS_APART)
    notify(connection, Whom(permission=MANAGES), news, now)


def _not_before(clock: Mapping[str, Any], now: datetime) -> datetime:
    """Not before the dossier's last event, should two machines' clocks differ."""
    last = clock.get("last_at")
    return max(now, datetime.fromisoformat(last)) if isinstance(last, str) else now
