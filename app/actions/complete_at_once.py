"""Complete at once (giải quyết ngay): one act, for a dossier that is resolved right after receipt (QT-22.2c).

The caller does her step and those that follow, as far as she holds their positions; each stands in the history, with its own
task and time, as if she had done them one by one. At a step of somebody else, or one that asks for a decision or has a form,
it stops, and the dossier waits there.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.actions.checks import require_legal, why_not
from app.actions.confirm_result import ConfirmResult
from app.actions.deliver_result import DeliverResult
from app.actions.forward import Forward
from app.actions.handing import DESK, Handing
from app.actions.running import MAIN
from app.actions.telling_applicant import tell_applicant
from app.actions.work import Work
from app.rules.legality import RETURN
from app.store import dossiers
from app.store.tasks import TaskRow


@dataclass(frozen=True, slots=True)
class CompleteAtOnce:
    task_id: int
    version: int | None = None
    comment: str | None = None
    fees_paid: bool | None = None

    def act(self, work: Work, task: TaskRow) -> None:
        """This step and the caller's own that follow, at the desk up to handing over the result."""
        complete(work, task, self.comment, self.fees_paid)


def complete(work: Work, task: TaskRow, comment: str | None = None, fees_paid: bool | None = None) -> None:
    """See the module; `comment` belongs to the first step. Errors: DomainError when not even that may be done."""
    caller = require_legal("complete", work, task)
    done: set[str] = set()
    following: TaskRow | None = task
    while following is not None and following.step not in done:  # a loop in the diagram is gone through once
        done.add(following.step)
        if following.stage == RETURN:
            _hand_over(work, following, comment, fees_paid)
            return
        Forward(following.id, comment=comment).act(work, following)
        comment = None
        work.restate()
        ahead = [found for found in work.open_tasks() if found.instance_kind == MAIN]
        following = ahead[0] if len(ahead) == 1 and why_not("complete", work, ahead[0], caller) is None else None


def _hand_over(work: Work, task: TaskRow, comment: str | None, fees_paid: bool | None) -> None:
    """Result and delivery in one; a result that goes by post or online is only confirmed, and delivered when it has left."""
    if work.clock.result_at is None:
        ConfirmResult(task.id, comment=comment).confirm(work, task)
        work.restate()
        contents = dossiers.contents(work.connection, work.dossier.id)
        mode = contents.deliver.get("mode", DESK)
        if mode != DESK:
            tell_applicant(work, "result_ready")
            return
        comment = None
    DeliverResult(task.id, handing=Handing(comment=comment, fees_paid=fees_paid)).act(work, task)
