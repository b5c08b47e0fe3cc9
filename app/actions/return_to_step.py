"""Return (trả lại bước trước): an earlier step amends, supplements or explains (QT-17.4, QT-20.1b, ST-15.1a).

A reason of its own is that the papers have not come, where they must not come after the electronic dossier (QT-20.1a).
"""

from __future__ import annotations

from dataclasses import dataclass

from app.actions.checks import comment_of, paper_goes_along, require_legal
from app.actions.decline import decline
from app.actions.running import Running
from app.actions.telling_officials import tell_holder
from app.actions.work import Work
from app.engine.instance import EarlierStep
from app.errors import DomainError
from app.rules.permissions import WORKERS
from app.rules.side import SIDE
from app.store import choices
from app.store.tasks import TaskRow

PAPER_MISSING = "paper_missing"
REASONS = (PAPER_MISSING,)
NO_PAPER = "Chưa nhận được hồ sơ giấy."


@dataclass(frozen=True, slots=True)
class ReturnToStep:
    task_id: int
    comment: str | None
    to_step: str | None = None
    version: int | None = None
    reason: str | None = None
    """One of REASONS, which needs no comment; None: the comment says why."""

    def act(self, work: Work, task: TaskRow) -> None:
        """The earlier step opens again for whoever handled it last, with the part of its limit that is left.

        Without `to_step` (a step's id, of one of a list with `#` and its number) it is the step before. Comment mandatory,
        unless a reason is given. A step of a request that runs beside the procedure has none before it: returned, the request
        is declined.
        """
        require_legal("return", work, task)
        running = work.diagrams.get(task.instance_id)
        if running.row.kind in SIDE:
            decline(work, running, task, comment_of(self.comment))
            return
        comment = self._comment(work, task)
        target = self._target(running, task)
        running.engine.go_back(target.engine_task)
        handler = choices.last_handler(
            work.connection,
            work.dossier.id,
            target.step.id,
            work.today,
            WORKERS,
            engine_task=target.engine_task if target.item is not None else None,
        )
        assignees = {target.engine_task: handler} if handler is not None else {}
        details = {"comment": comment, "to_step": target.step.id, "reason_kind": self.reason}
        for opened in work.move("returned", running, task, details=details, assignees=assignees, note=comment):
            tell_holder(work, opened, "step_returned", {"reason": comment})

    def _comment(self, work: Work, task: TaskRow) -> str:
        if self.reason != PAPER_MISSING:
            return comment_of(self.comment)
        if not may_miss_paper(work, task):
            raise DomainError(
                "wrong_state",
                "Hồ sơ này không phải kèm bản giấy, hoặc quy chế cho phép bản giấy đến sau.",
                extra={"rule": "QT-20.1a"},
            )
        return (self.comment or "").strip() or NO_PAPER

    def _target(self, running: Running, task: TaskRow) -> EarlierStep:
        earlier = running.engine.earlier_steps(task.engine_task)
        if not earlier:
            raise DomainError("wrong_state", "Không có bước trước nào để trả lại.", extra={"rule": "QT-17.4"})
        if self.to_step is None:
            return earlier[0]
        for step in earlier:
            if self.to_step in (step.ref, step.step.id):
                return step
        offered = ", ".join(f"{step.ref} ({step.step.name})" for step in earlier)
        raise DomainError(
            "invalid",
            f"Không trả về bước “{self.to_step}” được; các bước có thể trả: {offered}.",
            errors={"to_step": ["Không phải một bước trước của bước này."]},
        )


def may_miss_paper(work: Work, task: TaskRow) -> bool:
    """Whether a step may be sent back because the papers have not come (QT-20.1a; not where they may follow, ST-13.3)."""
    return work.rules.profile.paper == "before" and paper_goes_along(work, task)
