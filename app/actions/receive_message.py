"""A message of another system reaches a dossier (nhận tin): what its diagrams wait for by that name goes on (procedure 18).

Everything of the dossier that waits for the message gets it, in one act: the procedure's own diagram and the requests beside
it. What the message says is the routing variable `<element id>_message` there, and nothing else: the dossier's data is what
people entered. A dossier that waits for no such message refuses it, and the sender may try again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from app.actions import watch
from app.actions.checks import kind_stands_still, wrong_state
from app.actions.given import Given
from app.actions.notices import announce
from app.actions.runner import Answer, Context, Outcome, run, whole_second, work_on
from app.actions.running import Running
from app.actions.side import went_on
from app.actions.standing import STOPS, message_stopped, note_only, raise_on
from app.actions.work import Work
from app.engine.instance import StepNotOpen, WaitingMessage
from app.engine.shared import INTAKE
from app.errors import DomainError, invalid
from app.rules import events, permissions, status
from app.rules.side import SIDE
from app.store import dossiers, tasks
from app.store.transaction import transaction

MOST_DATA = 4096
"""Bytes of JSON that a message may say: it stays with the diagram's state."""


@dataclass(frozen=True, slots=True)
class ReceiveMessage:
    """`name`: the message's as the diagram has it; `attachments`: files of the dossier that came with it."""

    dossier: str
    name: str
    data: Mapping[str, Any] = field(default_factory=dict)
    attachments: tuple[int, ...] = ()

    def perform(self, connection: Connection, context: Context) -> Outcome:
        """`extra["delivered"]`: the elements that had waited. Errors: DomainError not_found, wrong_state (with `waits_for`),
        task_suspended, invalid."""
        if len(json.dumps(dict(self.data))) > MOST_DATA:
            raise invalid({"data": [f"Nội dung tin dài quá {MOST_DATA} byte JSON."]})
        work = self._work(connection, context)
        delivered = self.arrive(work)
        announce(work)
        work.finish()
        return Outcome(work, None, extra={"delivered": delivered})

    def arrive(self, work: Work) -> list[str]:
        """Bring the message to whatever waits for it; answers those elements. Errors: as `perform`."""
        Given(attachments=self.attachments).check_attachments(work)
        delivered = [
            element for running, waiting in self._awaited(work) for element in self._deliver(work, running, waiting)
        ]
        work.arrived.append(self.name)
        watch.follow(work)
        return delivered

    def kept(self, account_id: int) -> dict[str, Any]:
        """What an incident keeps of it, to bring it again as that account's."""
        return {
            "name": self.name,
            "data": dict(self.data),
            "attachments": list(self.attachments),
            "account": account_id,
        }

    def _work(self, connection: Connection, context: Context) -> Work:
        """Whoever sends for another system sends to every dossier, of which she sees nothing."""
        found = dossiers.find_dossier(connection, self.dossier)
        if found is None:
            raise DomainError("not_found", "Không có hồ sơ này.")
        dossier = dossiers.lock_dossier(connection, found.id)
        assert dossier is not None  # noqa: S101 - dossiers are never removed
        if not permissions.in_state("message", dossier.status):
            name = status.status_of(dossier.status).name
            raise wrong_state(f"Hồ sơ đang ở trạng thái “{name}” nên không nhận tin nữa.")
        return work_on(connection, dossier, tasks.tasks_of(connection, dossier.id), context)

    def _awaited(self, work: Work) -> list[tuple[Running, list[WaitingMessage]]]:
        """The diagrams that wait for it, each with the places where it does."""
        waiting = {running.row.id: (running, running.engine.messages()) for running in receiving(work)}
        wanted = [
            (running, [one for one in messages if one.message == self.name]) for running, messages in waiting.values()
        ]
        wanted = [(running, messages) for running, messages in wanted if messages]
        if not wanted:
            names = sorted({one.message for _, messages in waiting.values() for one in messages})
            what = f"đang chờ: {', '.join(f'“{name}”' for name in names)}" if names else "không chờ tin nào"
            why = f"Hồ sơ không chờ tin “{self.name}”; {what}."
            raise DomainError("wrong_state", why, extra={"waits_for": names})
        free = [(running, messages) for running, messages in wanted if not kind_stands_still(work, running.row.kind)]
        if not free:
            held_by = SIDE.get(str(work.dossier.held_by))
            what = f"thủ tục “{held_by.title}”" if held_by else "người nộp"
            raise DomainError("task_suspended", f"Hồ sơ chờ tin này nhưng đang tạm dừng chờ {what}; hãy gửi lại sau.")
        return free

    def _deliver(self, work: Work, running: Running, waiting: list[WaitingMessage]) -> list[str]:
        """One move of a diagram, wherever in it the message was waited for; what an earlier place ends waits no more."""
        delivered = []
        for one in waiting:
            try:
                running.engine.deliver(one.engine_task, {f"{one.element}_message": dict(self.data)})
            except StepNotOpen:
                continue
            delivered.append(one.element)
        details = {
            "message": self.name,
            "elements": delivered,
            "data": dict(self.data) or None,
            "attachments": list(self.attachments) or None,
        }
        if running.row.kind in SIDE:
            went_on(work, running, events.MESSAGE_RECEIVED, None, details)
        else:
            work.move(events.MESSAGE_RECEIVED, running, None, details=details)
        return delivered


def receive(command: ReceiveMessage, context: Context, answer: Answer) -> dict[str, Any]:
    """Carry it out; where the diagram cannot go on with the message, that stands as an incident. Errors: as `perform`."""
    try:
        return run(command, context, answer)
    except DomainError as error:
        if error.code in STOPS:
            _note_stop(command, context, error)
        raise


def _note_stop(command: ReceiveMessage, context: Context, error: DomainError) -> None:
    """In a transaction of its own; whoever sends is to hear why the message itself failed, whatever becomes of this."""
    kept = command.kept(context.caller.account_id)
    with note_only(dossier=command.dossier), transaction() as connection:
        found = dossiers.find_dossier(connection, command.dossier)
        dossier = dossiers.lock_dossier(connection, found.id) if found else None
        if dossier is not None:
            stopped = message_stopped(command.name, kept, context, error)
            raise_on(connection, dossier, stopped, whole_second(context.now), context.caller.account_id)


def receiving(work: Work) -> list[Running]:
    """The running diagrams that messages may reach: all but the check of an online dossier, which ends by the desk's word."""
    return [running for running in work.diagrams.unfinished() if running.row.kind != INTAKE]
