"""Approve and sign: a leader signs the draft result and passes the dossier on, both or neither (ST-15.1, QT-15.4, QT-17.2).

What takes long, the signature, is made before the dossier is locked; that the file is still the newest draft is asked under
the lock.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from app.actions.asked import Asked
from app.actions.checks import require_legal, why_not
from app.actions.delegating import covered
from app.actions.forward import Forward
from app.actions.runner import Answer, Context, Outcome, as_seen, perform, run, whole_second
from app.actions.signing_files import ReadySigned, content_of, put_signed, ready_signed, to_sign
from app.actions.signing_here import signed_here
from app.actions.signing_keys import check_signs, chosen_key, key_ring, opened_with
from app.actions.standing import stops_noted
from app.actions.work import Work
from app.errors import DomainError
from app.runtime import runtime
from app.store import awaiting_approval, dossiers, tasks
from app.store.accounts import HeldDelegation
from app.store.tasks import TaskRow

AGREEING = ("approve", "agree", "accept")
"""Values of decisions that approve; a step that asks for another is decided in the dossier."""


@dataclass(frozen=True, slots=True)
class Approve:
    """`draft`: the file that is signed, the dossier's newest draft; None signs nothing. `version`: of the task, as seen."""

    task_id: int
    draft: int | None = None
    version: int | None = None
    comment: str | None = None
    key: str | None = None
    pin: str | None = field(default=None, repr=False)

    def perform(self, connection: Connection, context: Context) -> Outcome:
        """Sign, then lock, check, attach and forward. The signed version is `extra["signed"]`, None where there is none."""
        ready = self._signed(connection, context) if self.draft is not None else None
        signed: list[int] = []

        def bring(asked: Asked, work: Work, task: TaskRow) -> Forward:
            require_legal("forward", work, task)
            if ready is not None:
                self._check_newest(work)
                signed.append(put_signed(work, ready))
            return Forward(
                task.id,
                self.version,
                decision=_agreeing(work, task),
                comment=self.comment,
                attachments=tuple(signed),
            )

        forward = Forward(self.task_id, self.version)
        outcome = perform(connection, Asked("forward", {}, forward, bring), context)
        outcome.extra["signed"] = signed[0] if signed else None
        return outcome

    def _signed(self, connection: Connection, context: Context) -> ReadySigned:
        """The signed version, checked and in the store. Errors: DomainError, those of the forward that will follow too."""
        work, task = _looked_at(connection, self.task_id, context)
        try:
            return self._sign(connection, context, work, task)
        except DomainError as refusal:
            raise as_seen(work, context.caller, refusal) from refusal

    def _sign(self, connection: Connection, context: Context, work: Work, task: TaskRow) -> ReadySigned:
        refusal = why_not("forward", work, task, context.caller)
        if refusal is not None:
            raise DomainError(refusal.code, refusal.text, extra={"rule": refusal.rule} if refusal.rule else None)
        under = covered(work, task, context.caller).under
        check_signs(under)
        found = to_sign(connection, context, work.dossier.code, self.draft or 0)
        settings = runtime().settings
        key = chosen_key(context.caller, key_ring(settings), self.key, found.parts, under)
        reason = _reason(under)
        opened, who = opened_with(key, self.pin), context.caller.username
        content = signed_here(content_of(found.row), opened, settings, context.now, who=who, reason=reason)
        details: dict[str, Any] = {"key": key.name, "comment": reason, "agency": key.agency}
        return ready_signed(found.row, content, details, context.now)

    def _check_newest(self, work: Work) -> None:
        newest = awaiting_approval.newest_drafts(work.connection, [work.dossier.id]).get(work.dossier.id)
        if newest is None or newest.id != self.draft:
            raise DomainError(
                "wrong_state", "Dự thảo đã được thay bằng bản khác từ khi bạn xem; hãy tải lại trang và đọc bản mới."
            )


def approve(command: Approve, context: Context, answer: Answer) -> dict[str, Any]:
    """Carry it out in a transaction of its own. Errors: DomainError, with nothing signed and nothing moved."""
    with stops_noted(command.task_id, None, context):
        return run(command, context, answer)


def _looked_at(connection: Connection, task_id: int, context: Context) -> tuple[Work, TaskRow]:
    task = tasks.task_by_id(connection, task_id)
    if task is None:
        raise DomainError("not_found", "Không có bước này.")
    dossier = dossiers.dossier_by_id(connection, task.dossier_id)
    return Work(connection, dossier, [task], whole_second(context.now), context.caller), task


def _reason(under: HeldDelegation | None) -> str:
    return "Phê duyệt" if under is None else f"{under.form} {under.position}, theo {under.decision}"[:200]


def _agreeing(work: Work, task: TaskRow) -> str | None:
    """The decision that approves. Errors: DomainError decision_required where the step asks for another."""
    step = work.diagrams.get(task.instance_id).definition.steps[task.step]
    if not step.decisions:
        return None
    found = next((one.value for one in step.decisions if one.value in AGREEING), None)
    if found is None:
        raise DomainError("decision_required", "Bước này phải chọn kết quả xử lý: hãy mở hồ sơ để chọn.")
    return found
