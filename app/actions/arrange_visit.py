"""Arrange a verification visit (xác minh thực tế): time, place, participants and content are entered (ST-14.3b)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.actions.asking import Request, ask_from
from app.actions.work import Work
from app.errors import invalid
from app.rules.side import VERIFICATION
from app.store.tasks import TaskRow


@dataclass(frozen=True, slots=True)
class ArrangeVisit:
    """`content`: what is verified; the applicant is told, since he must be there."""

    task_id: int
    content: str | None
    visit_at: datetime | None = None
    place: str | None = None
    participants: str | None = None
    version: int | None = None

    def act(self, work: Work, task: TaskRow) -> None:
        """The step goes on; the visit is a task beside it until its minutes are recorded."""
        missing: dict[str, list[str]] = {}
        if self.visit_at is None or self.visit_at <= work.now:
            missing["visit_at"] = ["Hãy ghi thời gian xác minh, ở sau lúc này."]
        if not (self.place or "").strip():
            missing["place"] = ["Hãy ghi địa điểm xác minh."]
        if not (self.participants or "").strip():
            missing["participants"] = ["Hãy ghi thành phần tham gia."]
        if missing or self.visit_at is None:
            raise invalid(missing)
        details = {"visit_at": self.visit_at.isoformat(), "place": self.place, "participants": self.participants}
        request = Request(VERIFICATION, details, limit_at=self.visit_at)
        ask_from(work, task, "arrange-visit", self.content, request)
