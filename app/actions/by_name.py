"""Every action on a task by its name: the one table from the last part of its path to its command.

API, batch and pages make their commands here, so that what an action understands of a body is said once. A body is what the
interface says for that action; whoever takes it in has checked its types and lengths.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.actions.accept import Accept
from app.actions.claim import Claim
from app.actions.complete_at_once import CompleteAtOnce
from app.actions.confirm_result import ConfirmResult
from app.actions.deliver_result import DeliverResult
from app.actions.forward import Forward
from app.actions.handoff import Handoff
from app.actions.recall import Recall
from app.actions.release import Release
from app.actions.return_to_step import ReturnToStep
from app.actions.runner import TaskCommand
from app.errors import DomainError

Body = Mapping[str, Any]


def _forward(task_id: int, version: int | None, body: Body) -> TaskCommand:
    return Forward(
        task_id,
        version,
        decision=body.get("decision"),
        data=body.get("data") or {},
        assignee=body.get("assignee"),
        comment=body.get("comment"),
        attachments=tuple(body.get("attachments") or ()),
    )


def _handoff(task_id: int, version: int | None, body: Body) -> TaskCommand:
    """`comment` is understood as the reason."""
    account = body.get("account")
    if not account:
        raise DomainError(
            "invalid", "Hãy chọn người nhận bàn giao.", errors={"account": ["Phải chọn người nhận bàn giao."]}
        )
    return Handoff(task_id, account, body.get("reason") or body.get("comment") or "", version)


_COMMANDS: Mapping[str, Callable[[int, int | None, Body], TaskCommand]] = {
    "accept": lambda task_id, version, body: Accept(task_id, version, body.get("comment")),
    "claim": lambda task_id, version, body: Claim(task_id, version),
    "release": lambda task_id, version, body: Release(task_id, version),
    "complete": lambda task_id, version, body: CompleteAtOnce(task_id, version, body.get("comment")),
    "forward": _forward,
    "return": lambda task_id, version, body: ReturnToStep(task_id, body.get("comment"), body.get("to_step"), version),
    "handoff": _handoff,
    "recall": lambda task_id, version, body: Recall(task_id, version, body.get("comment")),
    "confirm-result": lambda task_id, version, body: ConfirmResult(task_id, version, body.get("comment")),
    "deliver-result": lambda task_id, version, body: DeliverResult(task_id, version, body.get("comment")),
}
ACTIONS = tuple(_COMMANDS)


def command_for(action: str, task_id: int, version: int | None, body: Body) -> TaskCommand:
    """The command of `action` on a task; `version` is what the caller saw of it, None for any.

    Errors: DomainError invalid for a name that is none of ACTIONS, and for a handoff to nobody.
    """
    make = _COMMANDS.get(action)
    if make is None:
        raise DomainError(
            "invalid",
            "Không có thao tác này.",
            errors={"action": [f"Phải là một trong: {', '.join(sorted(ACTIONS))}."]},
        )
    return make(task_id, version, body)
