"""Forward (chuyển bước tiếp theo): a step is done and the diagram goes on (QT-17.4, QT-20.1, QT-22.2b)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.actions.checks import holder, require_legal
from app.actions.work import Work
from app.engine.steps import Step
from app.errors import DomainError
from app.store import attachments
from app.store.tasks import TaskRow


@dataclass(frozen=True, slots=True)
class Forward:
    task_id: int
    version: int | None = None
    decision: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    assignee: str | None = None
    comment: str | None = None
    attachments: tuple[int, ...] = ()

    def act(self, work: Work, task: TaskRow) -> None:
        """Complete the step in the engine; the next steps wait for their whole position or for `assignee`."""
        require_legal("forward", work, task)
        self._check_attachments(work)
        if self.data:
            work.data.merge(self.data)
        running = work.diagrams.get(task.instance_id)
        step = running.definition.steps[task.step]
        running.engine.complete(task.engine_task, self._routing(step))
        details = {
            "decision": self.decision,
            "comment": self.comment,
            "attachments": list(self.attachments) or None,
            "fields": sorted(self.data) or None,
        }
        opened = work.move("forwarded", running, task, details=details, note=self.comment)
        if self.assignee is not None:
            self._assign(work, opened)

    def _routing(self, step: Step) -> dict[str, Any]:
        if not step.decisions:
            if self.decision is not None:
                raise DomainError(
                    "invalid",
                    "Bước này không có kết quả để chọn.",
                    errors={"decision": ["Bước này không có lựa chọn."]},
                )
            return {}
        if self.decision not in {choice.value for choice in step.decisions}:
            titles = "; ".join(f"{choice.value} ({choice.title})" for choice in step.decisions)
            raise DomainError(
                "decision_required",
                f"Hãy chọn một kết quả xử lý: {titles}.",
                errors={"decision": ["Phải là một trong các kết quả của bước."]},
            )
        return {step.decision_variable: self.decision}

    def _check_attachments(self, work: Work) -> None:
        if not self.attachments:
            return
        known = {attachment.id for attachment in attachments.attachments_of(work.connection, work.dossier.id)}
        if missing := sorted(set(self.attachments) - known):
            raise DomainError(
                "invalid",
                f"Hồ sơ không có tệp đính kèm số {missing[0]}; hãy tải tệp lên trước.",
                errors={"attachments": ["Có tệp không thuộc hồ sơ này."]},
            )

    def _assign(self, work: Work, opened: list[TaskRow]) -> None:
        if len(opened) != 1:
            raise DomainError(
                "invalid",
                "Bước tiếp theo không phải đúng một bước nên không chỉ định được người xử lý.",
                errors={"assignee": ["Chỉ chỉ định được khi có đúng một bước tiếp theo."]},
            )
        task = opened[0]
        account_id, name = holder(work, str(self.assignee), task.position_id, task.position_name)
        work.reassign("claimed", task, (account_id, str(self.assignee), name), {"assigned_to": self.assignee})
