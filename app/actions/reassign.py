"""Reassign (điều chuyển): a head gives a step to any officer of the agency, across its units (QT-17.4, QT-28.5d).

Handing over on one's own stays in the unit (`handoff`).
"""

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
class Reassign:
    task_id: int
    account: str
    reason: str | None
    version: int | None = None

    def act(self, work: Work, task: TaskRow) -> None:
        """`account` becomes the assignee, whoever had the step; its limit goes on and the reason is kept."""
        require_legal("reassign", work, task)
        reason = comment_of(self.reason)
        found = handlers.account_in_agency(work.connection, self.account, task.agency_id, work.today, WORKERS)
        if found is None:
            raise DomainError(
                "invalid",
                f"Tài khoản “{self.account}” không giữ vị trí nào ở cơ quan đang giữ bước này.",
                errors={"account": ["Chỉ điều chuyển cho người của cơ quan đang giữ bước này."]},
            )
        check_other(found, task)
        details = {"from": task.assignee, "to": found.username, "reason": reason, "assigned": True}
        task.note = reason
        work.reassign("handed_off", task, found, details)
        tell_holder(work, task, "step_assigned", {"reason": reason})
