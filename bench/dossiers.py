"""Dossiers for `bench.action`: some to forward for real, some whose forward was recorded and rolled back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from app.access.caller import Caller
from app.access.tokens import new_token, token_hash
from app.actions.forward import Forward
from app.actions.register import Register
from app.actions.runner import Context, Outcome, run, run_task
from app.config import Settings
from app.demo.load import load
from app.factory import create_app
from app.jsontext import dumps
from app.store import accounts, tokens
from app.store.migrate import upgrade
from app.store.transaction import reading, transaction
from app.views.acting import outcome_view
from app.wording import LOCAL
from bench.watching import Sent, watched

NEW_ID = "<<the id of the task that the forward opened>>"
PROCEDURE, AGENCY = "1.001806", "SYT"


@dataclass(frozen=True)
class Recording:
    """What one forward sent to the database, statement by statement, and what it answered."""

    statements: list[Sent]
    answer: bytes


@dataclass(frozen=True)
class Prepared:
    tasks: list[int]
    recordings: list[Recording]
    token: str
    statements: int


class Discarded(Exception):  # noqa: N818
    """Carries a finished action out of its transaction, which is rolled back."""

    def __init__(self, body: dict[str, Any]) -> None:
        self.body = body


def prepare(settings: Settings, count: int, progress: Callable[[str], None]) -> Prepared:
    """`count` dossiers whose second step waits to be forwarded, and `count` more with the forward recorded."""
    upgrade(str(settings.database_owner_url))
    app = create_app(settings)
    with app.app_context():
        now = datetime.now(UTC)
        load(settings, 0, if_empty=True, now=now)
        desk, head = caller_of("desk_officer", now), caller_of("room_head_social", now)
        tasks: list[int] = []
        for number in range(2 * count):
            tasks.append(_second_step(desk, now, number))
            if number % 200 == 199:
                progress(f"  {number + 1}/{2 * count}")
        recordings = [_record(task, head, now) for task in tasks[count:]]
        statements = len(recordings[0].statements)
        return Prepared(tasks[:count], recordings, token_for(head.account_id, now), statements)


def waiting_tasks(settings: Settings, count: int, progress: Callable[[str], None]) -> tuple[list[int], str]:
    """Second steps of new dossiers that wait for one person, and her token."""
    upgrade(str(settings.database_owner_url))
    with create_app(settings).app_context():
        load(settings, 0, if_empty=True, now=datetime.now(UTC))
    return more_waiting(settings, count, progress)


def more_waiting(settings: Settings, count: int, progress: Callable[[str], None]) -> tuple[list[int], str]:
    """The same in a province that is there."""
    with create_app(settings).app_context():
        now = datetime.now(UTC)
        desk, head = caller_of("desk_officer", now), caller_of("room_head_social", now)
        tasks = []
        for number in range(count):
            tasks.append(_second_step(desk, now, number))
            if number % 200 == 199:
                progress(f"  {number + 1}/{count}")
        return tasks, token_for(head.account_id, now)


def caller_of(position: str, now: datetime) -> Caller:
    """Who holds that position in AGENCY."""
    day = now.astimezone(LOCAL).date()
    with reading() as connection:
        account = accounts.first_holder(connection, position, AGENCY, day)
    assert account is not None
    return Caller.of(account, day)


def token_for(account: int, now: datetime) -> str:
    """A sign-in token of the account, good for two hours."""
    token = new_token()
    kept = token_hash(token)
    assert kept is not None
    with transaction() as connection:
        tokens.add_token(connection, kept, account, now, now + timedelta(hours=2))
    return token


def _second_step(desk: Caller, now: datetime, number: int) -> int:
    applicant = {"name": f"Người nộp {number}", "id_number": f"{number:012d}", "phone": "0233000000"}
    command = Register(PROCEDURE, applicant, "quang_tri", AGENCY)
    first = run(command, Context(desk, now), lambda outcome: {"task": outcome.task.id if outcome.task else 0})["task"]
    answer = run_task(Forward(first), Context(desk, now), lambda outcome: {"task": outcome.led_to[0].id})
    task: int = answer["task"]
    return task


def _record(task: int, head: Caller, now: datetime) -> Recording:
    """Forward, watch the statements, and take it back."""

    def discard(outcome: Outcome) -> dict[str, Any]:
        raise Discarded({"id": outcome.led_to[0].id, "body": outcome_view(outcome)})

    with watched() as statements:
        try:
            run_task(Forward(task), Context(head, now), discard)
        except Discarded as done:
            body = done.body
    return Recording([_marked(item, body["id"]) for item in statements], dumps(body["body"]).encode())


def _marked(item: Sent, new_id: int) -> Sent:
    """Ids come from a sequence, which a rollback does not turn back: the replay fills in the id that it gets."""
    statement, parameters = item
    if parameters is None:
        return statement, None
    return statement, {k: NEW_ID if k.startswith("task_id") and v == new_id else v for k, v in parameters.items()}
