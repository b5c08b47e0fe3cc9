"""Handoff (bàn giao): another officer of the same unit takes the task over (QT-17.4)."""

from __future__ import annotations

from dataclasses import dataclass

from app.actions.checks import check_other, comment_of, require_legal
from app.actions.telling_officials import tell_holder
from app.actions.work import Work
from app.errors import DomainError
from app.rules.permissions import WORKERS
from app.store import handlers
from app.store.tasks import TaskRow


@dataclass(frozen=True, slots=True)
class Handoff:
    task_id: int
    account: str
    reason: str
    version: int | None = None

    def act(self, work: Work, task: TaskRow) -> None:
        """`account` (a username of the same unit) becomes the assignee; the step's limit goes on and the reason is kept."""
        require_legal("handoff", work, task)
        reason = comment_of(self.reason)
        colleague = handlers.account_in_unit(work.connection, self.account, task.unit_id, work.today, WORKERS)
        if colleague is None:
            raise DomainError(
                "invalid",
                f"Tài khoản “{self.account}” không thuộc phòng, bộ phận đang giữ bước này.",
                errors={"account": ["Chỉ bàn giao cho người cùng phòng, bộ phận."]},
            )
        check_other(colleague, task)
        task.note = reason
        work.reassign("handed_off", task, colleague, {"to": colleague.username, "reason": reason})
        tell_holder(work, task, "step_assigned", {"reason": reason})
