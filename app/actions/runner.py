"""The one way in for everything that changes a dossier: page, API, batch and jobs alike.

Begin; take the idempotency key; lock the dossier; let the command check and act; write back; keep the answer; commit once.
An answer is made before the commit so that the same key answers it again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection

from app.access.caller import Caller
from app.actions.asked import Asked
from app.actions.late import Happened, late_entry
from app.actions.notices import announce
from app.actions.recount import settle
from app.actions.standing import stops_noted
from app.actions.work import Work
from app.engine.instance import EngineIncident, StepNotOpen
from app.errors import DomainError
from app.rules.clock import ClockRefusal
from app.rules.permissions import sees_dossier
from app.store import dossiers, idempotency, tasks
from app.store.dossiers import DossierRow
from app.store.tasks import TaskRow
from app.store.transaction import transaction


@dataclass(frozen=True, slots=True)
class RequestKey:
    """An Idempotency-Key and the SHA-256 of the request that it came with."""

    key: str
    request: bytes


@dataclass(frozen=True, slots=True)
class Context:
    """Who asks, when, and under which key."""

    caller: Caller
    now: datetime
    key: RequestKey | None = None
    public_url: str = ""
    """Where citizens reach this system; stands in QR codes."""
    happened: Happened | None = None
    """When it really happened, for what is entered late (QT-28.5c)."""
    address: str | None = None
    """From where, as the request said; stands in the log of what administrators change."""


@dataclass(slots=True)
class Outcome:
    """What an action came to: the changed task and the tasks that it led to."""

    work: Work
    task: TaskRow | None
    led_to: list[TaskRow] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)


class Command(Protocol):
    """A frozen value that knows how to be carried out inside a transaction."""

    def perform(self, connection: Connection, context: Context) -> Outcome: ...


class TaskCommand(Protocol):
    """A command on a task: the runner locks its dossier and checks its version before `act`."""

    @property
    def task_id(self) -> int: ...

    @property
    def version(self) -> int | None: ...

    def act(self, work: Work, task: TaskRow) -> None: ...


Answer = Callable[[Outcome], dict[str, Any]]


def run(command: Command, context: Context, answer: Answer) -> dict[str, Any]:
    """Carry out a command in a transaction of its own; raises DomainError with nothing changed."""
    return _run(lambda connection: command.perform(connection, context), context, answer)


def run_task(command: TaskCommand, context: Context, answer: Answer) -> dict[str, Any]:
    """Carry out an action on a task. Two people on one task: the second finds it ended and gets 409.

    What the engine cannot go on with changes nothing either, and stands written down as an incident.
    """
    asked = command if isinstance(command, Asked) else None
    with stops_noted(command.task_id, asked, context):
        return _run(lambda connection: perform(connection, command, context), context, answer)


def perform(connection: Connection, command: TaskCommand, context: Context) -> Outcome:
    """An action on a task inside the caller's transaction. Errors: DomainError."""
    work = work_on_task(connection, command.task_id, context)
    task = work.task(command.task_id)
    try:
        if command.version is not None and command.version != task.version:
            raise DomainError(
                "stale_version",
                "Bước này đã thay đổi từ khi bạn mở; hãy tải lại rồi thực hiện lại.",
                extra={"version": task.version},
            )
        command.act(work, task)
    except DomainError as refusal:
        raise as_seen(work, context.caller, refusal) from refusal
    announce(work)
    work.finish()
    return Outcome(work, task, [led for led in work.led_to if led.state == "open"])


def as_seen(work: Work, caller: Caller, refusal: DomainError) -> DomainError:
    """What is refused on a dossier that is not the caller's to see does not exist for her. Asked only once it is refused."""
    if refusal.code in ("incident", "unavailable", "internal"):
        return refusal
    parts = tasks.agencies_with_part(work.connection, work.dossier.id)
    if sees_dossier(caller.permissions, caller.agency_ids, parts):
        return refusal
    return DomainError("not_found", "Không có bước này.")


def work_on_task(connection: Connection, task_id: int, context: Context) -> Work:
    """Lock a task's dossier and read its open tasks, as they are once the lock is held."""
    dossier = dossiers.lock_dossier_of_task(connection, task_id)
    if dossier is None:
        raise DomainError("not_found", "Không có bước này.")
    return work_on(connection, dossier, tasks.tasks_of(connection, dossier.id, also=task_id), context)


def work_on(connection: Connection, dossier: DossierRow, open_tasks: list[TaskRow], context: Context) -> Work:
    """The caller's work on a locked dossier, now or when it really happened. Errors: DomainError forbidden, invalid."""
    work = Work(connection, dossier, open_tasks, whole_second(context.now), context.caller, context.public_url)
    if context.happened is not None:
        last = work.clock.last_at
        work.set_back(late_entry(context.happened, context.caller, work.rules.profile, work.now, last))
    settle(work)
    return work


def whole_second(now: datetime) -> datetime:
    """The regulation counts to the second (QT-18.2), so an action's instant has no fraction."""
    return now.replace(microsecond=0)


def _run(perform: Callable[[Connection], Outcome], context: Context, answer: Answer) -> dict[str, Any]:
    with refusals(), transaction() as connection:
        return once(
            connection, context.caller.account_id, context.key, context.now, lambda: answer(perform(connection))
        )


def once(
    connection: Connection, account_id: int, key: RequestKey | None, now: datetime, make: Callable[[], dict[str, Any]]
) -> dict[str, Any]:
    """`make()`, kept under the account's key; or, where that key has an answer already, that answer.

    Part of the caller's transaction: what is rolled back is not kept. Errors: DomainError key_reused.
    """
    if key is None:
        return make()
    earlier = idempotency.take_key(connection, account_id, key.key, key.request, now)
    if earlier is not None:
        return _replay(earlier, key)
    body = make()
    idempotency.keep_answer(connection, account_id, key.key, body)
    return body


@contextmanager
def refusals() -> Iterator[None]:
    """What the engine and the clock refuse, in the one kind of error that callers know."""
    try:
        yield
    except ClockRefusal as refusal:
        raise DomainError("wrong_state", refusal.text, extra={"rule": refusal.rule}) from refusal
    except StepNotOpen as problem:
        raise DomainError("task_finished", "Bước này không còn mở trong quy trình.") from problem
    except EngineIncident as incident:
        raise DomainError("incident", str(incident)) from incident


def _replay(earlier: idempotency.EarlierAnswer, key: RequestKey) -> dict[str, Any]:
    if earlier.request != key.request:
        raise DomainError(
            "key_reused", "Khóa Idempotency-Key này đã dùng cho một yêu cầu khác; hãy tạo khóa mới cho mỗi thao tác."
        )
    return earlier.answer
