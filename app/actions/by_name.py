"""Every action on a task by its name: the one table from the last part of its path to its command.

API, batch and pages make their commands here, so that what an action understands of a body is said once. A body is what the
interface says for that action; whoever takes it in has checked its types and lengths.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.actions.accept import Accept
from app.actions.apologise import Apologise
from app.actions.arrange_visit import ArrangeVisit
from app.actions.ask_correction import AskCorrection
from app.actions.ask_opinion import AskOpinion
from app.actions.asked import Asked
from app.actions.attach import Attach
from app.actions.bringing import bring
from app.actions.claim import Claim
from app.actions.complete_at_once import CompleteAtOnce
from app.actions.confirm_result import ConfirmResult
from app.actions.contribute import Contribute
from app.actions.deliver_result import DeliverResult
from app.actions.forward import Forward
from app.actions.handing import Handing
from app.actions.handoff import Handoff
from app.actions.join import Join
from app.actions.paper_received import PaperReceived
from app.actions.press import Press
from app.actions.reassign import Reassign
from app.actions.recall import Recall
from app.actions.receive_correction import ReceiveCorrection
from app.actions.refuse_intake import RefuseIntake
from app.actions.reject import Reject
from app.actions.release import Release
from app.actions.request_extension import RequestExtension
from app.actions.request_payment import RequestPayment
from app.actions.request_supplement import RequestSupplement
from app.actions.return_to_step import ReturnToStep
from app.actions.runner import TaskCommand
from app.actions.stop import Stop
from app.actions.withdraw import Withdraw
from app.actions.work import Work
from app.errors import DomainError
from app.store.tasks import TaskRow

Body = Mapping[str, Any]
_Maker = Callable[[int, int | None, Body], TaskCommand]


def _forward(task_id: int, version: int | None, body: Body) -> TaskCommand:
    return Forward(
        task_id,
        version,
        decision=body.get("decision"),
        data=body.get("data") or {},
        assignee=body.get("assignee"),
        comment=body.get("comment"),
        attachments=_files(body),
        appointment=body.get("appointment"),
    )


def _why(body: Body) -> str:
    """`content` and `comment` are understood as the reason."""
    return body.get("reason") or body.get("content") or body.get("comment") or ""


def _names(body: Body, field: str) -> tuple[str, ...]:
    return tuple(body.get(field) or ())


def _extension(made: Callable[..., TaskCommand]) -> _Maker:
    return lambda task_id, version, body: made(
        task_id, _why(body), body.get("appointment"), _files(body), _names(body, "agencies"), version
    )


def _files(body: Body) -> tuple[int, ...]:
    return tuple(body.get("attachments") or ())


def _to(made: Callable[[int, str, str, int | None], TaskCommand], who: str) -> _Maker:
    """An action that names an account; `who` says in words whom."""

    def make(task_id: int, version: int | None, body: Body) -> TaskCommand:
        account = body.get("account")
        if not account:
            raise DomainError("invalid", f"Hãy chọn {who}.", errors={"account": [f"Phải chọn {who}."]})
        return made(task_id, account, _why(body), version)

    return make


_ASKING: Mapping[str, _Maker] = {
    "request-supplement": lambda task_id, version, body: RequestSupplement(
        task_id, _why(body), _names(body, "items"), _files(body), _names(body, "agencies"), version
    ),
    "reject": lambda task_id, version, body: Reject(
        task_id, _why(body), _files(body), _names(body, "agencies"), version
    ),
    "withdraw": lambda task_id, version, body: Withdraw(task_id, _why(body), _files(body), version),
    "stop": lambda task_id, version, body: Stop(task_id, _why(body), _files(body), version),
    "request-extension": _extension(RequestExtension),
    "apologise": _extension(Apologise),
    "request-payment": lambda task_id, version, body: RequestPayment(
        task_id, _why(body), body.get("amount"), body.get("limit_at"), _files(body), version
    ),
    "ask-opinion": lambda task_id, version, body: AskOpinion(
        task_id, _why(body), _names(body, "agencies"), body.get("limit_at"), _files(body), version
    ),
    "arrange-visit": lambda task_id, version, body: ArrangeVisit(
        task_id, _why(body), body.get("visit_at"), body.get("place"), body.get("participants"), version
    ),
}
"""What starts a side process."""
_COMMANDS: Mapping[str, _Maker] = {
    "accept": lambda task_id, version, body: Accept(task_id, version, body.get("comment"), body.get("fees_paid")),
    "refuse-intake": lambda task_id, version, body: RefuseIntake(task_id, _why(body), _files(body), version),
    "ask-correction": lambda task_id, version, body: AskCorrection(
        task_id, _why(body), body.get("called"), _files(body), version
    ),
    "receive-correction": lambda task_id, version, body: ReceiveCorrection(
        task_id, _why(body), tuple(body.get("components") or ()), body.get("data") or {}, _files(body), version
    ),
    "claim": lambda task_id, version, body: Claim(task_id, version),
    "release": lambda task_id, version, body: Release(task_id, version),
    "complete": lambda task_id, version, body: CompleteAtOnce(
        task_id, version, body.get("comment"), body.get("fees_paid")
    ),
    "forward": _forward,
    "return": lambda task_id, version, body: ReturnToStep(
        task_id, body.get("comment"), body.get("to_step"), version, body.get("reason")
    ),
    "handoff": _to(Handoff, "người nhận bàn giao"),
    "reassign": _to(Reassign, "người được giao"),
    "join": _to(Join, "người phối hợp"),
    "contribute": lambda task_id, version, body: Contribute(task_id, _why(body), _files(body), version),
    "paper-received": lambda task_id, version, body: PaperReceived(task_id, version, body.get("comment")),
    "recall": lambda task_id, version, body: Recall(task_id, version, body.get("comment")),
    "press": lambda task_id, version, body: Press(task_id, body.get("comment"), version),
    "confirm-result": lambda task_id, version, body: ConfirmResult(task_id, version, body.get("comment")),
    "deliver-result": lambda task_id, version, body: DeliverResult(task_id, version, Handing.of(body)),
    **_ASKING,
}
ACTIONS = tuple(_COMMANDS)


def command_for(action: str, task_id: int, version: int | None, body: Body, uploads: tuple[Attach, ...] = ()) -> Asked:
    """The command of `action` on a task; `version` is what the caller saw of it, None for any; `uploads` come with it.

    Errors: DomainError invalid for a name that is none of ACTIONS, and for a handoff to nobody.
    """
    make = _COMMANDS.get(action)
    if make is None:
        raise DomainError(
            "invalid",
            "Không có thao tác này.",
            errors={"action": [f"Phải là một trong: {', '.join(sorted(ACTIONS))}."]},
        )
    command = make(task_id, version, body)
    if not uploads and body.get("slip") is None:
        return Asked(action, body, command)

    def brought(asked: Asked, work: Work, task: TaskRow) -> TaskCommand:
        return make(task_id, version, {**body, "attachments": bring(work, task, action, body, uploads)})

    return Asked(action, body, command, brought, uploads)
