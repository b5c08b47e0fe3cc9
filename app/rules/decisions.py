"""The events that decide something about a dossier's time: what each changes and how it explains itself.

Whether it may happen at all is asked before, in `app.rules.forbidden`; every decision here has an answer for every state.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from app.rules import decisions_end, decisions_import, decisions_pause, decisions_promise, decisions_version, events
from app.rules.clock_state import ClockState, Meter
from app.rules.events import Event
from app.rules.explain import Line
from app.rules.limits import Limit
from app.rules.terms import Decided, appointed, entered, new_terms, show, term_of, whole_seconds

if TYPE_CHECKING:
    from app.rules.clock import ClockRules

Decide = Callable[[ClockState, Event, datetime, "ClockRules"], Decided]


def _accept(state: ClockState, event: Event, at: datetime, rules: ClockRules) -> Decided:
    lines = [Line(at, event.kind, "QT-18.1", "Tiếp nhận: bắt đầu tính thời gian giải quyết", None, show(rules, at))]
    changes, told = new_terms(event, at, term_of(event), rules)
    agencies = event.data.get("agency_limits") or {}
    meters = {
        f"@{agency}": Meter(Limit(seconds))
        for agency, value in agencies.items()
        if (seconds := whole_seconds(value, f"agency_limits.{agency}")) is not None
    }
    changes |= {"started_at": at, "rounds": 1, "meters": {**state.meters, **meters}}
    return changes, lines + told


def _calendar_changed(state: ClockState, event: Event, at: datetime, rules: ClockRules) -> Decided:
    """After everything was counted anew under another calendar: the deadline stays as counted, the appointment that the
    applicant has in writing is not moved silently."""
    reason = str(event.data.get("reason") or "")
    text = "Lịch làm việc thay đổi: hạn xử lý tính lại theo lịch mới" + (f" ({reason})" if reason else "")
    former = show(rules, entered(event, rules, "deadline"))
    lines = [Line(at, event.kind, "QT-18.2", text, former, show(rules, state.deadline_at))]
    issued = entered(event, rules)
    if issued is None:
        return {}, lines
    slip = entered(event, rules, "slip_appointment")
    if slip is None:
        slip = issued if state.slip_appointment_at == state.appointment_at else state.slip_appointment_at
    original = entered(event, rules, "original_appointment")
    if original is None:
        original = slip if state.original_appointment_at == state.slip_appointment_at else state.original_appointment_at
    changes = appointed(issued, rules) | {"slip_appointment_at": slip, "original_appointment_at": original}
    before, after = show(rules, state.appointment_at), show(rules, issued)
    lines.append(Line(at, event.kind, "QT-18.3", "Thời gian hẹn trả đã cấp cho người nộp giữ nguyên", before, after))
    return changes, lines


def _correct(state: ClockState, event: Event, at: datetime, rules: ClockRules) -> Decided:
    """A line and nothing else: what was corrected is folded as corrected (`app.rules.corrections`)."""
    data = event.data
    what = "Hủy" if data.get("void") else "Sửa"
    reason = str(data.get("reason") or "")
    text = f"{what} việc số {data.get('seq')} trong diễn biến" + (f": {reason}" if reason else "")
    return {}, [Line(at, event.kind, "QT-28.5c", text, None, show(rules, entered(event, rules, "at")))]


DECISIONS: Mapping[str, Decide] = {
    events.ACCEPTED: _accept,
    events.NOT_ACCEPTED: decisions_end.not_accept,
    events.SUPPLEMENT_REQUESTED: decisions_pause.request_supplement,
    events.SUPPLEMENT_RECEIVED: decisions_pause.receive_supplement,
    events.PAYMENT_REQUESTED: decisions_pause.request_payment,
    events.PAYMENT_RECEIVED: decisions_pause.receive_payment,
    events.PAYMENT_WAIT_ENDED: decisions_pause.end_payment_wait,
    events.APOLOGISED: decisions_promise.apologise,
    events.EXTENDED: decisions_promise.extend,
    events.WITHDRAWN: decisions_end.withdraw,
    events.RESULT_CONFIRMED: decisions_end.confirm_result,
    events.DELIVERED: decisions_end.deliver,
    events.CALENDAR_CHANGED: _calendar_changed,
    events.CORRECTED: _correct,
    events.VERSION_MOVED: decisions_version.move_version,
    events.VERSION_MOVE_UNDONE: decisions_version.move_version,
    events.IMPORTED: decisions_import.take_over,
    events.IMPORT_WITHDRAWN: decisions_import.take_back,
}
