"""Retry (thực hiện lại): an administrator lets what stood be tried once more, after what was wrong has been put right.

An official's action is done again as hers: with her rights of today, and only if the step is as it was when it failed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from app.access.caller import Caller
from app.actions.asked import Kept
from app.actions.attach import Attach
from app.actions.by_name import command_for
from app.actions.notices import announce
from app.actions.on_incident import locked_incident, said, work_on_incident
from app.actions.receive_message import ReceiveMessage
from app.actions.runner import Answer, Context, Outcome, run, work_on
from app.actions.standing import STOPS, Ending
from app.actions.vacancies import fill
from app.actions.work import Work
from app.errors import DomainError
from app.store import accounts, incidents, tasks, timers
from app.store.dossiers import DossierRow
from app.store.incidents import ACTION, MESSAGE, TIMER, VACANCY, IncidentRow
from app.store.transaction import transaction
from app.wording import LOCAL

_MOVED_ON = "Bước đã thay đổi từ khi thao tác không thực hiện được; để người giữ bước tự thực hiện."
_NOT_KEPT = "Thao tác này không được lưu lại nên không thực hiện lại được; để người giữ bước tự thực hiện."


@dataclass(frozen=True, slots=True)
class RetryIncident:
    incident_id: int
    reason: str

    def perform(self, connection: Connection, context: Context) -> Outcome:
        """Errors: DomainError forbidden, not_found, settled, invalid, wrong_state; incident where it fails again."""
        reason = said(self.reason)
        dossier, row = locked_incident(connection, context, self.incident_id)
        work = try_again(connection, context, dossier, row, Ending("retried", reason, context.caller.account_id))
        return Outcome(work, None, extra={"incident": row.id})


def retry(incident_id: int, reason: str, context: Context, answer: Answer) -> dict[str, Any]:
    """Carry it out; what fails again counts on the incident. Errors: as RetryIncident."""
    try:
        return run(RetryIncident(incident_id, reason), context, answer)
    except DomainError as error:
        if error.code in STOPS:
            with transaction() as connection:
                incidents.count_again(connection, incident_id, error.detail, context.now.replace(microsecond=0))
        raise


def why_not_retry(connection: Connection, row: IncidentRow) -> str | None:
    """Why it cannot be tried again, as far as that is known beforehand."""
    if row.kind == ACTION:
        if row.command is None:
            return _NOT_KEPT
        task = tasks.task_by_id(connection, row.command["task"])
        return None if task and (task.state, task.version) == ("open", row.command["version"]) else _MOVED_ON
    return None


def try_again(connection: Connection, context: Context, dossier: DossierRow, row: IncidentRow, ending: Ending) -> Work:
    """Try once more what stood, on the locked dossier, and write back. Errors: as RetryIncident."""
    if (why := why_not_retry(connection, row)) is not None:
        raise DomainError("wrong_state", why)
    work = _TRIES[row.kind](connection, context, dossier, row, ending)
    announce(work)
    work.finish()
    return work


def _action(connection: Connection, context: Context, dossier: DossierRow, row: IncidentRow, ending: Ending) -> Work:
    kept = Kept.from_dict(row.command or {})
    official = replace(_as(connection, context, kept.account_id), happened=kept.happened)
    work = work_on(connection, dossier, tasks.tasks_of(connection, dossier.id, also=kept.task_id), official)
    work.ending = ending
    task = work.task(kept.task_id)
    details = {"incident": row.id, "reason": ending.reason, "action": kept.action}
    work.record("incident_retried", task, details, by=ending.by)
    try:
        uploads = tuple(Attach(**one) for one in kept.uploads)
        command_for(kept.action, kept.task_id, None, kept.body, uploads).act(work, task)
    except DomainError as error:
        if error.code in STOPS:
            raise
        told = f"Không thực hiện lại được thao tác của {official.caller.name}: {error.detail}"
        raise DomainError("wrong_state", told, extra=error.extra) from error
    return work


def _as(connection: Connection, context: Context, account_id: int) -> Context:
    """The context of whoever did it first, with the rights of today."""
    day = context.now.astimezone(LOCAL).date()
    account = accounts.account_by_id(connection, account_id, day)
    if account is None:
        raise DomainError("wrong_state", "Tài khoản đã thực hiện việc này không còn hoạt động.")
    return replace(context, caller=Caller.of(account, day))


def _message(connection: Connection, context: Context, dossier: DossierRow, row: IncidentRow, ending: Ending) -> Work:
    """It is brought again as it came; what waited for it may wait no more."""
    kept = row.command or {}
    work = work_on(
        connection, dossier, tasks.tasks_of(connection, dossier.id), _as(connection, context, kept["account"])
    )
    work.ending = ending
    work.record("incident_retried", None, {"incident": row.id, "reason": ending.reason}, by=ending.by)
    ReceiveMessage(dossier.code, kept["name"], kept["data"], tuple(kept["attachments"])).arrive(work)
    return work


def _timer(connection: Connection, context: Context, dossier: DossierRow, row: IncidentRow, ending: Ending) -> Work:
    """It is due again, and the worker tries as often as the first time."""
    work = work_on_incident(connection, context, dossier, row)
    work.ending = ending
    work.record("incident_retried", None, {"incident": row.id, "reason": ending.reason, "element": row.element})
    timers.retry_timer(connection, row.timer_id or 0, work.now)
    return work


def _vacancy(connection: Connection, context: Context, dossier: DossierRow, row: IncidentRow, ending: Ending) -> Work:
    work = work_on_incident(connection, context, dossier, row)
    work.ending = ending
    task = work.task(row.task_id or 0)
    work.record("incident_retried", task, {"incident": row.id, "reason": ending.reason})
    if not fill(work, task):
        raise DomainError("wrong_state", f"{row.reason} Hãy giao vị trí này cho một tài khoản rồi thực hiện lại.")
    return work


_Try = Callable[[Connection, Context, DossierRow, IncidentRow, Ending], Work]
_TRIES: Mapping[str, _Try] = {ACTION: _action, TIMER: _timer, VACANCY: _vacancy, MESSAGE: _message}
