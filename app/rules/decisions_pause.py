"""Waiting for the applicant: supplements (QT-19.3a) and payments (QT-19.3, title)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from app.rules.clock_state import ClockState
from app.rules.events import Event
from app.rules.explain import Line, spoken_limit
from app.rules.limits import Limit
from app.rules.terms import (
    Changes,
    Decided,
    agencies_of,
    appointed,
    deadline_after,
    entered,
    new_terms,
    seconds_left,
    show,
    term_again,
    usual_appointment,
)

if TYPE_CHECKING:
    from app.rules.clock import ClockRules

SUPPLEMENT = "supplement"
PAYMENT = "payment"


def owed(state: ClockState) -> str | None:
    """What the applicant owes: SUPPLEMENT, PAYMENT or nothing."""
    return state.paused_for or (SUPPLEMENT if state.paused_at is not None else None)


def late_notice(state: ClockState, at: datetime) -> str | None:
    """The rule that a notice of what is missing misses when it is given only now; None when it is in time."""
    if state.deadline_at is not None and at > state.deadline_at:
        return "ST-14.3d2"
    return "ND61-19.4" if state.notice_due_at is not None and at > state.notice_due_at else None


def request_supplement(state: ClockState, event: Event, at: datetime, rules: ClockRules) -> Decided:
    text = "Yêu cầu bổ sung: tạm dừng tính thời gian kể từ lúc ghi phiếu"
    lines = [Line(at, event.kind, "QT-19.3a", text, None, show(rules, at))]
    if merged := agencies_of(event):
        text = "Cơ quan chủ trì tổng hợp phiếu yêu cầu bổ sung của các cơ quan tham gia"
        lines.append(Line(at, event.kind, "QT-19.3d", text, None, ", ".join(merged)))
    changes = _paused(state, at, SUPPLEMENT, rules) | {"supplements": state.supplements + 1}
    if (missed := late_notice(state, at)) is not None:
        last = state.deadline_at if missed == "ST-14.3d2" else state.notice_due_at
        changes["late_notices"] = state.late_notices + 1
        lines.append(Line(at, event.kind, missed, "Thông báo yêu cầu bổ sung ra muộn", show(rules, last), "muộn"))
    return changes, lines


def receive_supplement(state: ClockState, event: Event, at: datetime, rules: ClockRules) -> Decided:
    if rules.profile.supplement_clock != "restart":
        return _resume(state, event, at, rules, "ST-16.1b", "Đã bổ sung")
    text = "Đã bổ sung: thời gian tính lại từ đầu như hồ sơ mới"
    lines = [Line(at, event.kind, "QT-19.3a", text, show(rules, state.started_at), show(rules, at))]
    terms, told = new_terms(event, at, term_again(state), rules)
    return _GOING_ON | terms | {"started_at": at, "rounds": state.rounds + 1}, lines + told


def request_payment(state: ClockState, event: Event, at: datetime, rules: ClockRules) -> Decided:
    if rules.profile.payment_clock == "run":
        return {"paused_for": PAYMENT}, [Line(at, event.kind, "QT-19.3t", f"{_asked(event)}: thời gian vẫn tính")]
    text = f"{_asked(event)}: tạm dừng tính thời gian"
    return _paused(state, at, PAYMENT, rules), [Line(at, event.kind, "QT-19.3t", text, None, show(rules, at))]


def receive_payment(state: ClockState, event: Event, at: datetime, rules: ClockRules) -> Decided:
    """The time goes on in every profile: a payment never starts it anew."""
    return _payment_over(state, event, at, rules, "Đã thực hiện nghĩa vụ tài chính")


def end_payment_wait(state: ClockState, event: Event, at: datetime, rules: ClockRules) -> Decided:
    """The diagram does not wait for the payment any more, though none came: the time goes on as after one."""
    return _payment_over(state, event, at, rules, "Thôi chờ thực hiện nghĩa vụ tài chính")


def _payment_over(state: ClockState, event: Event, at: datetime, rules: ClockRules, done: str) -> Decided:
    if state.paused_at is None:
        return dict(_GOING_ON), [Line(at, event.kind, "QT-19.3t", f"{done}; thời gian không tạm dừng")]
    return _resume(state, event, at, rules, "QT-19.3t", done)


def _asked(event: Event) -> str:
    """What began the wait: somebody's request, or a step that the published procedure has for it."""
    if "step" in event.data:
        return "Quy trình đến bước chờ thực hiện nghĩa vụ tài chính"
    return "Yêu cầu thực hiện nghĩa vụ tài chính"


_GOING_ON: Changes = {"paused_at": None, "paused_for": None, "remaining_seconds": None}


def _paused(state: ClockState, at: datetime, reason: str, rules: ClockRules) -> Changes:
    if state.paused_at is not None:
        return {"paused_for": reason}
    return {"paused_at": at, "paused_for": reason, "remaining_seconds": seconds_left(state, at, rules)}


def _resume(state: ClockState, event: Event, at: datetime, rules: ClockRules, rule: str, done: str) -> Decided:
    """Go on with what is left; a limit that was used up before the pause leaves deadline and appointment where they were."""
    left = state.remaining_seconds
    if left is None or left <= 0:
        text = f"{done}: tính tiếp; thời hạn đã dùng hết trước khi tạm dừng nên hạn xử lý giữ nguyên"
        if state.deadline_at is None:
            text = f"{done}: tính tiếp; hồ sơ không có hạn xử lý"
        deadline = show(rules, state.deadline_at)
        return dict(_GOING_ON), [Line(at, event.kind, rule, text, deadline, deadline)]
    deadline_at = deadline_after(state, at, left, rules)
    kind = rules.profile.appointment if state.cut_off is None else "same_day"
    usual = entered(event, rules) or usual_appointment(deadline_at, kind, rules)
    appointment = usual
    promised = state.apologised_at or state.extended_at
    if promised is not None and state.appointment_at is not None and usual is not None:
        appointment = max(usual, state.appointment_at)  # a date promised in an apology is not taken back
    words = spoken_limit(Limit(left, state.limit_unit))
    lines = [
        Line(
            at,
            event.kind,
            rule,
            f"{done}: tính tiếp {words} còn lại",
            show(rules, state.deadline_at),
            show(rules, deadline_at),
        ),
        Line(
            at,
            event.kind,
            "QT-18.3",
            "Thời gian hẹn trả theo hạn xử lý mới",
            show(rules, state.appointment_at),
            show(rules, appointment),
        ),
    ]
    changes = _GOING_ON | appointed(appointment, rules) | {"deadline_at": deadline_at, "slip_appointment_at": usual}
    if rules.notice_seconds is None:
        changes["notice_due_at"] = deadline_at
    return changes, lines
