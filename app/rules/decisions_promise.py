"""A new date for the applicant: apology (QT-19.1a) and, where it is an act of its own, the agency's extension (ST-14.3đ)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from app.rules.clock_state import ClockState
from app.rules.colours import is_overdue
from app.rules.events import Event, EventError
from app.rules.explain import Line, spoken
from app.rules.terms import Changes, Decided, agencies_of, appointed, entered, show

if TYPE_CHECKING:
    from app.rules.clock import ClockRules


def new_date(state: ClockState, event: Event, rules: ClockRules) -> datetime:
    """The date that the event promises. An apology after an extension may leave it out: it has been set. Errors: EventError."""
    appointment = entered(event, rules)
    if appointment is None and state.extended_at is not None:
        appointment = state.appointment_at
    if appointment is None:
        raise EventError(f"{event.kind}: data.appointment is missing")
    return appointment


def proposed(state: ClockState, now: datetime, seconds: int, rules: ClockRules) -> datetime:
    """The date that a form proposes when so much more working time is asked for: counted from the present appointment, or
    from now if that has passed (QT-19.1b, by QT-18.2)."""
    start = now if state.appointment_at is None else max(now, state.appointment_at)
    return rules.calendar.due(start, seconds)


def window_closes(state: ClockState, rules: ClockRules) -> datetime | None:
    """The last instant of the profile's window for an apology; None where it has no end."""
    window = rules.profile.apology_window
    if window == "before_appointment":
        return state.slip_appointment_at
    if window == "day_before_deadline" and state.deadline_at is not None:
        return rules.calendar.back(state.deadline_at, rules.calendar.seconds_per_day)
    return None


def too_early(state: ClockState, at: datetime, rules: ClockRules) -> bool:
    """Where a new date is only for overdue dossiers: whether this one is not overdue yet."""
    return rules.profile.apology_window == "when_overdue" and not is_overdue(state, at)


def apologise(state: ClockState, event: Event, at: datetime, rules: ClockRules) -> Decided:
    appointment = new_date(state, event, rules)
    before, after = show(rules, state.appointment_at), show(rules, appointment)
    text = "Xin lỗi, hẹn lại: thời gian hẹn trả theo phiếu; hạn xử lý giữ nguyên"
    lines = [Line(at, event.kind, "QT-19.1a", text, before, after)]
    last = window_closes(state, rules)
    if last is not None and at > last:
        lines.append(
            Line(at, event.kind, _WINDOW_RULES[rules.profile.apology_window], _LATE, show(rules, last), "muộn")
        )
    changes = appointed(appointment, rules) | {"apologised_at": at, "apologies": state.apologies + 1}
    if rules.profile.apology_overdue == "always":
        changes["overdue"] = True
        label = rules.profile.label_overdue
        lines.append(Line(at, event.kind, "QT-19.1a", f"Hồ sơ có phiếu xin lỗi được xác định là {label}", None, label))
    asked = agencies_of(event)
    if asked:
        text = "Cơ quan chủ trì tổng hợp phiếu gia hạn của các cơ quan tham gia"
        lines.append(Line(at, event.kind, "QT-19.1c", text, None, ", ".join(asked)))
    extra, told = _charge(state, event, at, appointment, asked, rules)
    return changes | extra, lines + told


def extend(state: ClockState, event: Event, at: datetime, rules: ClockRules) -> Decided:
    appointment = new_date(state, event, rules)
    before, after = show(rules, state.appointment_at), show(rules, appointment)
    text = "Gia hạn theo đề nghị của cơ quan giải quyết: thời gian hẹn trả điều chỉnh; hạn xử lý giữ nguyên"
    lines = [Line(at, event.kind, "ST-14.3e", text, before, after)]
    agency = event.data.get("agency")
    if agency is not None and not isinstance(agency, str):
        raise EventError(f"extended: data.agency must be a code, not {agency!r}")
    extra, told = _charge(state, event, at, appointment, (agency,) if agency else (), rules)
    return appointed(appointment, rules) | {"extended_at": at} | extra, lines + told


_WINDOW_RULES = {"before_appointment": "QT-19.1a", "day_before_deadline": "ND61-19.9"}
_LATE = "Phiếu xin lỗi được ghi sau thời điểm quy định"


def window_rule(rules: ClockRules) -> str:
    """The article that gives an apology its time."""
    return _WINDOW_RULES.get(rules.profile.apology_window, "ST-14.3e")


def _charge(
    state: ClockState, event: Event, at: datetime, appointment: datetime, asked: Iterable[str], rules: ClockRules
) -> Decided:
    """The working time that a new date adds is charged to who asked for it (QT-20.2đ)."""
    codes = tuple(asked)
    won = 0 if state.appointment_at is None else rules.calendar.between(state.appointment_at, appointment)
    if not codes or won <= 0:
        return {}, []
    changes: Changes = {"extra": {**state.extra, **{code: state.extra.get(code, 0) + won for code in codes}}}
    text = f"Thời gian kéo dài {spoken(won)} làm việc tính cho cơ quan xin hẹn lại"
    return changes, [Line(at, event.kind, "QT-20.2e", text, None, ", ".join(codes))]
