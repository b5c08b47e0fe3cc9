"""What a person gives when she completes a step: one value, whatever the step, checked against the dossier and the diagram."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.actions.quarantine import require_clean
from app.actions.work import Work
from app.engine.steps import Step
from app.errors import DomainError
from app.store import attachments


@dataclass(frozen=True, slots=True)
class Given:
    """`attachments` are ids of the dossier's files; `appointment` an aware instant, where the act sets a new one."""

    decision: str | None = None
    comment: str | None = None
    attachments: tuple[int, ...] = ()
    appointment: datetime | None = None
    data: Mapping[str, Any] = field(default_factory=dict)

    def details(self) -> dict[str, Any]:
        """What the history keeps of it."""
        return {
            "decision": self.decision,
            "comment": self.comment,
            "attachments": list(self.attachments) or None,
            "appointment": self.appointment.isoformat() if self.appointment else None,
            "fields": sorted(self.data) or None,
        }

    def routing(self, step: Step) -> dict[str, Any]:
        """The decision as the variable that conditions read. Errors: DomainError invalid, decision_required."""
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

    def check_attachments(self, work: Work) -> None:
        """Errors: DomainError invalid for a file that is not the dossier's, quarantined for one that nobody may use."""
        if not self.attachments:
            return
        known = {one.id: one for one in attachments.attachments_of(work.connection, work.dossier.id)}
        for number in set(self.attachments) & set(known):
            require_clean(known[number])
        if missing := sorted(set(self.attachments) - set(known)):
            raise DomainError(
                "invalid",
                f"Hồ sơ không có tệp đính kèm số {missing[0]}; hãy tải tệp lên trước.",
                errors={"attachments": ["Có tệp không thuộc hồ sơ này."]},
            )
