"""Receive correction (ghi nhận hồ sơ nộp lại): what the applicant sends again is checked anew, and the time to do so begins
anew (HT-8.1a, ST-11.2a)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.actions.checks import require_legal
from app.actions.components import change_contents
from app.actions.given import Given
from app.actions.work import Work
from app.store.tasks import TaskRow


@dataclass(frozen=True, slots=True)
class ReceiveCorrection:
    task_id: int
    comment: str | None = None
    components: tuple[Mapping[str, Any], ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    attachments: tuple[int, ...] = ()
    version: int | None = None

    def act(self, work: Work, task: TaskRow) -> None:
        """The check opens again for the whole desk, due from now on; components and data replace those of the same name."""
        require_legal("receive-correction", work, task)
        Given(attachments=self.attachments).check_attachments(work)
        changed = change_contents(work, self.components, self.data)
        running = work.diagrams.get(task.instance_id)
        running.engine.complete(task.engine_task, {})
        work.dossier.held_by = None
        details = {"comment": self.comment, "attachments": list(self.attachments) or None, **changed}
        work.move("correction_received", running, task, details=details, note=self.comment)
