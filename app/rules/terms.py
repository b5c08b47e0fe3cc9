"""How long a dossier may take and when its result is promised: the terms of one round (QT-18.2, QT-18.3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from app.rules.calendar import WorkCalendar
from app.rules.clock_state import ClockState
from app.rules.events import Event, EventError
from app.rules.explain import Line, shown, spoken_limit, spoken_time
from app.rules.limits import LIMIT_UNITS, Limit, LimitError, SameDay

if TYPE_CHECKING:
    from app.rules.clock import ClockRules

Changes = dict[str, Any]
Decided = tuple[Changes, list[Line]]
Term = Limit | SameDay | None

_APPOINTMENT_TEXTS = {
    "next_session": "Thời gian hẹn trả: đầu buổi làm việc kế tiếp buổi hết hạn xử lý",
    "deadline": "Thời gian hẹn trả: đúng hạn xử lý",
    "same_day": "Thời gian hẹn trả: đúng hạn xử lý, vì thủ tục phải trả kết quả trong ngày",
}


def new_terms(event: Event, at: datetime, term: Term, rules: ClockRules) -> Decided:
    """Deadline and appointment of a round that starts `at` with its whole limit."""
    given = entered(event, rules)
    deadline = _deadline(at, term, rules.calendar)
    kind = "same_day" if isinstance(term, SameDay) else rules.profile.appointment
    appointment = given or usual_appointment(deadline, kind, rules)
    changes = appointed(appointment, rules) | {
        "limit_seconds": _worth(at, term, deadline, rules),
        "limit_unit": term.unit if isinstance(term, Limit) else "working",
        "cut_off": term.cut_off if isinstance(term, SameDay) else None,
        "deadline_at": deadline,
        "notice_due_at": _notice_due(at, deadline, rules),
        "original_deadline_at": deadline,
        "original_appointment_at": appointment,
        "slip_appointment_at": appointment,
        "apologised_at": None,
        "extended_at": None,
        "apologies": 0,
    }
    lines = []
    if term is not None:
        text = _limit_words(at, term, deadline, rules.calendar)
        lines.append(Line(at, event.kind, "QT-18.2", text, None, show(rules, deadline)))
    if appointment is not None:
        text = "Thời gian hẹn trả do bộ phận một cửa ghi" if given else _APPOINTMENT_TEXTS[kind]
        lines.append(Line(at, event.kind, "QT-18.3", text, None, show(rules, appointment)))
    return changes, lines


def term_of(event: Event) -> Term:
    """What an acceptance says about the time that the dossier may take. Errors: EventError."""
    cut_off = event.data.get("cut_off")
    if cut_off is not None:
        try:
            return SameDay(cut_off)
        except LimitError:
            raise EventError(f"accepted: data.cut_off must be a time of day such as 15:00, not {cut_off!r}") from None
    seconds = whole_seconds(event.data.get("limit_seconds"), "limit_seconds")
    unit = event.data.get("limit_unit", "working")
    if unit not in LIMIT_UNITS:
        raise EventError(f"accepted: data.limit_unit must be working or calendar, not {unit!r}")
    return None if seconds is None else Limit(seconds, unit)


def term_again(state: ClockState) -> Term:
    """The whole limit once more, for a round that begins anew."""
    if state.cut_off is not None:
        return SameDay(state.cut_off)
    return None if state.limit_seconds is None else Limit(state.limit_seconds, state.limit_unit)


def seconds_left(state: ClockState, at: datetime, rules: ClockRules) -> int | None:
    """What is left of the limit, in its unit; negative when late, None where there is no deadline."""
    if state.deadline_at is None:
        return None
    if state.limit_unit == "calendar":
        return int((state.deadline_at - at).total_seconds())
    return rules.calendar.between(at, state.deadline_at)


def deadline_after(state: ClockState, at: datetime, left: int, rules: ClockRules) -> datetime:
    """The deadline of a dossier that goes on `at` with so much of its limit left."""
    return _limit_end(at, Limit(left, state.limit_unit), rules.calendar)


def usual_appointment(deadline: datetime | None, kind: str, rules: ClockRules) -> datetime | None:
    """`kind`: one of the profile's `appointment`s; or `same_day`, where the law wants the result handed over that very day."""
    if deadline is None or kind != "next_session":
        return deadline
    return (rules.desk or rules.calendar).next_session(deadline)


def appointed(appointment: datetime | None, rules: ClockRules) -> Changes:
    """What a new appointment changes: itself, and when to warn of it."""
    due_soon = None if appointment is None else rules.calendar.back(appointment, rules.due_soon_seconds)
    return {"appointment_at": appointment, "due_soon_at": due_soon}


def entered(event: Event, rules: ClockRules, name: str = "appointment") -> datetime | None:
    """An instant that someone entered, kept as entered (QT-19.1b); without an offset it is local time. Errors: EventError."""
    text = event.data.get(name)
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise EventError(f"{event.kind}: data.{name} is not an ISO instant: {text!r}") from None
    at = at if at.tzinfo else at.replace(tzinfo=rules.calendar.tz)
    return at.astimezone(UTC).replace(microsecond=0)


def whole_seconds(value: Any, name: str) -> int | None:
    """A number of seconds that an event carries. Errors: EventError."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
        raise EventError(f"accepted: data.{name} must be a positive number of seconds, not {value!r}")
    return value


def agencies_of(event: Event) -> tuple[str, ...]:
    """The agencies whose slips were merged into this act (QT-19.1c, QT-19.2b, QT-19.3d). Errors: EventError."""
    codes = event.data.get("agencies") or ()
    if isinstance(codes, str) or not isinstance(codes, Sequence) or not all(isinstance(code, str) for code in codes):
        raise EventError(f"{event.kind}: data.agencies must be a list of codes, not {codes!r}")
    return tuple(dict.fromkeys(codes))


def show(rules: ClockRules, at: datetime | None) -> str | None:
    """An instant as lines have it."""
    return shown(rules.calendar, at)


def _deadline(at: datetime, term: Term, calendar: WorkCalendar) -> datetime | None:
    if isinstance(term, SameDay):
        return term.deadline(at, calendar)
    return None if term is None else _limit_end(at, term, calendar)


def _limit_end(at: datetime, limit: Limit, calendar: WorkCalendar) -> datetime:
    """Working time ends with the second that uses it up. Calendar days end with the working day on which the last of them
    falls, or with the next working day."""
    if limit.unit == "working":
        return calendar.due(at, limit.seconds)
    last = at + timedelta(seconds=limit.seconds)
    end = calendar.day_end(last)
    if end is None or end <= at:
        end = calendar.day_end(calendar.next_day(last))
    assert end is not None  # noqa: S101 - the next working day has hours
    return end


def _worth(at: datetime, term: Term, deadline: datetime | None, rules: ClockRules) -> int | None:
    """How many seconds a round has."""
    if deadline is None or isinstance(term, Limit):
        return term.seconds if isinstance(term, Limit) else None
    return rules.calendar.between(at, deadline)


def _notice_due(at: datetime, deadline: datetime | None, rules: ClockRules) -> datetime | None:
    """By when the applicant has to be told what is missing: within the processing time, and no later than the profile says."""
    if rules.notice_seconds is None:
        return deadline
    limit = rules.calendar.due(at, rules.notice_seconds)
    return limit if deadline is None else min(limit, deadline)


def _limit_words(at: datetime, term: Limit | SameDay, deadline: datetime | None, calendar: WorkCalendar) -> str:
    if isinstance(term, Limit):
        if term.unit == "calendar":
            return f"Hạn xử lý: {spoken_limit(term)}, đến hết ngày làm việc cuối"
        return f"Hạn xử lý: {spoken_limit(term)} kể từ lúc bắt đầu tính"
    if term.is_late(at, calendar):
        return f"Hạn xử lý: trong ngày làm việc tiếp theo, vì tiếp nhận sau {spoken_time(term.cut_off)}"
    if deadline == calendar.day_end(at):
        return f"Hạn xử lý: trong ngày làm việc, vì tiếp nhận không sau {spoken_time(term.cut_off)}"
    return "Hạn xử lý: trong ngày làm việc tiếp theo, vì ngày tiếp nhận đã hết giờ làm việc"
