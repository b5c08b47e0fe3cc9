"""A dossier that another system began (QT-16.2, QT-28.5d1): it has the deadline and the appointment that it was given there.

Nobody here is charged for the time before; the limits of its steps run from when it was taken over. A wrong one is withdrawn:
then it was never here.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from app.rules import status
from app.rules.clock_state import ClockState, Meter
from app.rules.decisions_end import close
from app.rules.events import Event, EventError
from app.rules.explain import Line
from app.rules.limits import Limit
from app.rules.terms import Decided, appointed, entered, new_terms, show, term_of, usual_appointment, whole_seconds

if TYPE_CHECKING:
    from app.rules.clock import ClockRules


def take_over(state: ClockState, event: Event, at: datetime, rules: ClockRules) -> Decided:
    """The terms as given, what is not given as the rules have it for a dossier received then."""
    received = entered(event, rules, "received_at")
    if received is None:
        raise EventError(f"{event.kind}: data.received_at is missing")
    began = rules.calendar.counted(received)
    usual, _ = new_terms(Event(event.kind, began), began, term_of(event), rules)
    given_deadline, given_appointment = entered(event, rules, "deadline"), entered(event, rules)
    deadline = given_deadline or usual["deadline_at"]
    appointment = given_appointment
    if appointment is None:
        how = "deadline" if usual["cut_off"] else rules.profile.appointment
        appointment = usual_appointment(deadline, how, rules) if given_deadline else usual["appointment_at"]
    notice = usual["notice_due_at"]
    changes = usual | appointed(appointment, rules)
    changes |= {
        "started_at": began,
        "rounds": 1,
        "deadline_at": deadline,
        "notice_due_at": notice if deadline is None or notice is None else min(notice, deadline),
        "original_deadline_at": deadline,
        "original_appointment_at": appointment,
        "slip_appointment_at": appointment,
        "meters": {**state.meters, **_agencies(event)},
    }
    text = "Nhập từ hệ thống cũ: thời gian giải quyết tính từ lúc hệ thống cũ tiếp nhận"
    lines = [Line(at, event.kind, "QT-16.2", text, None, show(rules, began))]
    if deadline is not None:
        text = (
            "Hạn xử lý nhập từ hệ thống cũ"
            if given_deadline
            else "Hệ thống cũ không cho hạn: tính theo thời hạn thủ tục"
        )
        lines.append(Line(at, event.kind, "QT-18.2", text, None, show(rules, deadline)))
    if appointment is not None:
        text = "Thời gian hẹn trả nhập từ hệ thống cũ"
        text = text if given_appointment else "Hệ thống cũ không cho thời gian hẹn trả: tính theo hạn xử lý"
        lines.append(Line(at, event.kind, "QT-18.3", text, None, show(rules, appointment)))
    result = entered(event, rules, "result_at")
    if result is None:
        return changes, lines
    known = ClockState(deadline_at=deadline, appointment_at=appointment)
    counted = max(rules.calendar.counted(result), began)
    ended, told = close(known, Event(event.kind, result), counted, rules, status.GRANTED)
    return changes | ended, lines + told


def _agencies(event: Event) -> dict[str, Meter]:
    return {
        f"@{agency}": Meter(Limit(seconds))
        for agency, value in (event.data.get("agency_limits") or {}).items()
        if (seconds := whole_seconds(value, f"agency_limits.{agency}")) is not None
    }


def take_back(state: ClockState, event: Event, at: datetime, rules: ClockRules) -> Decided:
    """It was taken over by mistake: nothing is measured, nothing remains to be handed over."""
    text = "Rút hồ sơ đã nhập từ hệ thống cũ: không tính thời gian giải quyết"
    changes = {
        "result_at": at,
        "delivered_at": at,
        "outcome": status.IMPORT_WITHDRAWN,
        "started_at": None,
        "deadline_at": None,
        "appointment_at": None,
        "due_soon_at": None,
        "timeliness": None,
        "overdue": False,
        "paused_at": None,
        "paused_for": None,
        "remaining_seconds": None,
    }
    return changes, [Line(at, event.kind, "QT-16.2", text, None, show(rules, at))]
