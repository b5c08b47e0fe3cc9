"""Join (mời phối hợp): somebody of the agency contributes to a step that stays with its holder (QT-17.4)."""

from __future__ import annotations

from dataclasses import dataclass

from app.actions.checks import comment_of, require_legal, wrong_state
from app.actions.telling_officials import tell_account
from app.actions.work import Work
from app.errors import DomainError
from app.rules.permissions import WORKERS
from app.store import handlers, joint_handlers
from app.store.tasks import TaskRow


@dataclass(frozen=True, slots=True)
class Join:
    """`asked`: what `account` is to contribute."""

    task_id: int
    account: str
    asked: str | None
    version: int | None = None

    def act(self, work: Work, task: TaskRow) -> None:
        """The account finds the step in its inbox of joint work; step, holder and limit stay as they are."""
        caller = require_legal("join", work, task)
        asked = comment_of(self.asked)
        found = handlers.account_in_agency(work.connection, self.account, task.agency_id, work.today, WORKERS)
        if found is None:
            raise DomainError(
                "invalid",
                f"Tài khoản “{self.account}” không giữ vị trí nào ở cơ quan đang giữ bước này.",
                errors={"account": ["Chỉ mời người của cơ quan đang giữ bước này; cơ quan khác thì lấy ý kiến."]},
            )
        if found.id in (caller.account_id, task.assignee_id):
            raise wrong_state("Người đang xử lý bước này không tự phối hợp với mình.", "QT-17.4")
        if not joint_handlers.ask(work.connection, task.id, found.id, asked, caller.account_id, work.now):
            raise wrong_state("Người này đã được mời và chưa gửi ý kiến phối hợp.", "QT-17.4")
        meant = found.instead_of.username if found.instead_of else None
        work.record("joined", task, {"to": found.username, "to_instead_of": meant, "comment": asked})
        tell_account(work, task, found.id, "joined", {"reason": asked})
