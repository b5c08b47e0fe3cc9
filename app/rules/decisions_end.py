"""How a dossier ends: result, refusal, withdrawal, not taken; and when the applicant has it (QT-18.4 to 18.6, QT-19.2)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from app.rules import outcome as outcomes
from app.rules import status
from app.rules.clock_state import ClockState
from app.rules.events import Event, EventError
from app.rules.explain import Line
from app.rules.terms import Decided, agencies_of, show

if TYPE_CHECKING:
    from app.rules.clock import ClockRules


_NAMES = {
    status.REFUSED: "không giải quyết",
    status.STOPPED_EARLY: "dừng giải quyết",
    status.WITHDRAWN_BY_APPLICANT: "rút hồ sơ",
}


def outcome_of(event: Event) -> str:
    """What a confirmed result is. Errors: EventError."""
    outcome = event.data.get("outcome", status.GRANTED)
    if outcome not in status.OUTCOMES:
        raise EventError(f"result_confirmed: unknown outcome {outcome!r}")
    return str(outcome)


def confirm_result(state: ClockState, event: Event, at: datetime, rules: ClockRules) -> Decided:
    outcome = outcome_of(event)
    changes, lines = close(state, event, at, rules, outcome)
    if outcome == status.GRANTED:
        return changes, lines
    text = "Trả không giải quyết được tính là trả kết quả"
    lines.insert(1, Line(at, event.kind, "QT-19.2", text, None, _NAMES[outcome]))
    if merged := agencies_of(event):
        text = "Cơ quan chủ trì tổng hợp phiếu từ chối của các cơ quan tham gia"
        lines.append(Line(at, event.kind, "QT-19.2b", text, None, ", ".join(merged)))
    deadline = state.deadline_at
    if outcome == status.REFUSED and deadline is not None and (state.paused_at or at) > deadline:
        changes["late_notices"] = state.late_notices + 1
        text = "Thông báo không giải quyết ra muộn"
        lines.append(Line(at, event.kind, "ST-14.3d2", text, show(rules, deadline), "muộn"))
    return changes, lines


def withdraw(state: ClockState, event: Event, at: datetime, rules: ClockRules) -> Decided:
    text = "Người nộp rút hồ sơ theo văn bản đề nghị"
    line = Line(at, event.kind, "QT-19.2c", text, None, _NAMES[status.WITHDRAWN_BY_APPLICANT])
    changes, lines = close(state, event, at, rules, status.WITHDRAWN_BY_APPLICANT)
    return changes, [line, *lines]


def not_accept(state: ClockState, event: Event, at: datetime, rules: ClockRules) -> Decided:
    """Nothing was taken, so nothing is measured and nothing remains to be handed over."""
    text = "Không tiếp nhận hồ sơ: không tính thời gian giải quyết"
    changes = {"result_at": at, "delivered_at": at, "outcome": status.NOT_TAKEN}
    return changes, [Line(at, event.kind, "TN-11.3b", text, None, show(rules, at))]


def deliver(state: ClockState, event: Event, at: datetime, rules: ClockRules) -> Decided:
    text = "Đã trả kết quả; thời gian chờ nhận không tính vào thời gian giải quyết"
    if state.outcome not in (None, status.GRANTED):
        text = "Người nộp đã nhận lại hồ sơ, giấy tờ; thời gian chờ nhận không tính vào thời gian giải quyết"
    return {"delivered_at": at}, [Line(at, event.kind, "QT-18.5", text, None, show(rules, at))]


def close(state: ClockState, event: Event, at: datetime, rules: ClockRules, outcome: str) -> Decided:
    """The moment of result stops the clock (QT-18.4) and decides early, on time or late (QT-18.6, LA-14.4).

    Paused time does not count. Where days are compared, the day is the one on which it really happened.
    """
    profile = rules.profile
    measured = state.paused_at or (event.at if profile.on_time_by == "date" else at)
    limits = state.deadline_at, state.appointment_at
    timeliness = outcomes.classed(measured, *limits, state.overdue, profile, rules.calendar.tz)
    label = outcomes.timeliness_label(timeliness, profile)
    lines = [
        Line(at, event.kind, "QT-18.4", "Thời điểm có kết quả: đồng hồ dừng", None, show(rules, at)),
        Line(at, event.kind, outcomes.rule_of(profile), _compared(state, rules), show(rules, measured), label),
    ]
    changes = {
        "result_at": at,
        "outcome": outcome,
        "overdue": timeliness == "late",
        "timeliness": timeliness,
        "paused_at": None,
        "paused_for": None,
        "remaining_seconds": None,
    }
    return changes, lines


def _compared(state: ClockState, rules: ClockRules) -> str:
    """What the result is measured against, in words."""
    profile = rules.profile
    limit = outcomes.measured_against(state.deadline_at, state.appointment_at, profile)
    if limit is None:
        return "Hồ sơ không có hạn xử lý"
    name = "thời gian hẹn trả" if profile.on_time_against == "appointment" else "hạn xử lý"
    how = "So theo ngày với" if profile.on_time_by == "date" else "So với"
    return f"{how} {name} {show(rules, limit)}"
