"""Forward (chuyển bước tiếp theo): a step is done and the diagram goes on (QT-17.4, QT-20.1, QT-22.2b)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.actions.checks import holder, require_legal
from app.actions.given import Given
from app.actions.running import Running
from app.actions.side import advance
from app.actions.step_forms import filled_in
from app.actions.work import Work
from app.errors import DomainError
from app.rules.side import SIDE
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
    appointment: datetime | None = None

    def act(self, work: Work, task: TaskRow) -> None:
        """Complete the step in the engine; the next steps wait for their whole position or for `assignee`.

        A step of a side process does to the dossier what its diagram says (`app.actions.side`).
        """
        require_legal("forward", work, task)
        given = Given(self.decision, self.comment, self.attachments, self.appointment, self.data)
        given.check_attachments(work)
        running = work.diagrams.get(task.instance_id)
        if running.row.kind in SIDE:
            opened = advance(work, running, task, given)
        else:
            opened = self._on(work, running, task, given)
        if self.assignee is not None:
            self._assign(work, opened)

    def _on(self, work: Work, running: Running, task: TaskRow, given: Given) -> list[TaskRow]:
        step = running.definition.steps[task.step]
        data = filled_in(work, running, step, self.data) if step.form else self.data
        if data:
            work.data.merge(data)
        running.engine.complete(task.engine_task, given.routing(step))
        return work.move("forwarded", running, task, details=given.details(), note=self.comment)

    def _assign(self, work: Work, opened: list[TaskRow]) -> None:
        if len(opened) != 1:
            raise DomainError(
                "invalid",
                "Bước tiếp theo không phải đúng một bước nên không chỉ định được người xử lý.",
                errors={"assignee": ["Chỉ chỉ định được khi có đúng một bước tiếp theo."]},
            )
        task = opened[0]
        handler = holder(work, str(self.assignee), task.position_id, task.position_name)
        work.reassign("claimed", task, handler, {"assigned_to": handler.username})
