"""Correct (đính chính): what was recorded wrongly is put right by another record, and the clock is counted anew (QT-28.5c).

Nothing is changed in the history: the mistake, the correction, who made it and why all stay to be read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.actions import watch
from app.actions.checks import comment_of
from app.actions.on_dossier import work_on_dossier
from app.actions.realign import realign
from app.actions.recount import replace_segments
from app.actions.runner import Context, Outcome
from app.actions.work import Work
from app.errors import DomainError, invalid
from app.lawbook import events_of
from app.rules import clock, events
from app.rules.corrections import effective
from app.rules.events import Event, EventError
from app.rules.status import GRANTED
from app.store import attachments, dossiers, history

DATA = ("appointment", "file")
"""What of an event's data a person may have entered wrongly."""


@dataclass(frozen=True, slots=True)
class Correct:
    """`seq`: the number of the row; `at`: when it really happened; `data`: of DATA; `void`: it never happened.

    `seen`: the number of the last row that whoever corrects has read; None: any will do.
    """

    dossier: str
    seq: int
    reason: str | None
    at: datetime | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    void: bool = False
    seen: int | None = None

    def perform(self, connection: Connection, context: Context) -> Outcome:
        """Deadline, appointment, who had how long, due times and alarms are as if it had been entered rightly.

        Errors: DomainError not_found, forbidden, invalid, comment_required, wrong_state, stale_version.
        """
        work = work_on_dossier(connection, context, "correct", self.dossier)
        reason = comment_of(self.reason)
        work.write_history()  # a calendar that changed meanwhile has just been taken in
        past = history.history_of(connection, work.dossier.id)
        if self.seen is not None and any(row.kind == "corrected" and row.seq > self.seen for row in past):
            raise DomainError(
                "stale_version", "Có người vừa đính chính hồ sơ này; hãy xem lại diễn biến rồi đính chính."
            )
        row = next((row for row in past if row.seq == self.seq and "event" in row.data), None)
        if row is None:
            raise invalid({"seq": ["Hồ sơ không có việc nào mang số này mà đính chính được."]})
        self._check(work, row)
        event = Event(events.CORRECTED, work.now, data=self._said(reason))
        rows = [(one.seq, Event.from_dict(one.data["event"])) for one in past if "event" in one.data]
        before = clock.fold(events_of(past), work.rules, check=False).state
        try:
            counted = clock.fold(effective([*rows, (work.dossier.history_seq + 1, event)]), work.rules, check=False)
        except EventError as error:
            raise DomainError("invalid", "Không đính chính như vậy được: hồ sơ sẽ không còn hợp lệ.") from error
        replace_segments(work, counted.segments)
        work.clock = counted.state
        told = {
            name: [_text(getattr(before, name)), _text(getattr(counted.state, name))]
            for name in ("deadline_at", "appointment_at", "result_at")
            if getattr(before, name) != getattr(counted.state, name)
        }
        details = {"seq": self.seq, "corrected": row.kind, "comment": reason, "moved": told or None}
        work.record("corrected", None, details, event)
        if row.kind == events.REGISTERED and self.at is not None:
            dossiers.set_received(connection, work.dossier.id, self.at)
            work.dossier.received_at = self.at
        realign(work)
        watch.follow(work)
        work.finish()
        return Outcome(work, None)

    def _check(self, work: Work, row: history.HistoryRow) -> None:
        if not self.void and self.at is None and not self.data:
            raise invalid({"at": ["Hãy ghi thời điểm đúng, nội dung đúng, hoặc hủy việc ghi nhầm."]})
        if unknown := sorted(set(self.data) - set(DATA)):
            raise invalid({f"data.{unknown[0]}": [f"Chỉ đính chính được: {', '.join(DATA)}."]})
        if "file" in self.data:
            known = {one.id for one in attachments.attachments_of(work.connection, work.dossier.id)}
            if self.data["file"] not in known:
                raise invalid({"data.file": ["Hồ sơ không có tệp này."]})
        if not self.void or row.kind != events.RESULT_CONFIRMED:
            return
        if work.clock.delivered_at is not None or work.clock.outcome != GRANTED:
            raise DomainError(
                "wrong_state", "Kết quả đã trả, hoặc hồ sơ đã kết thúc theo thủ tục khác, nên không hủy được.",
                extra={"rule": "QT-28.5c"},
            )  # fmt: skip

    def _said(self, reason: str) -> dict[str, Any]:
        said: dict[str, Any] = {"seq": self.seq, "reason": reason}
        if self.void:
            return said | {"void": True}
        if self.at is not None:
            said["at"] = self.at.replace(microsecond=0).isoformat()
        if self.data:
            said["data"] = {name: _json(value) for name, value in self.data.items()}
        return said


def _text(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None


def _json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
