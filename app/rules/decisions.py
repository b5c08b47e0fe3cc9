"""The events that decide something about a dossier's time, and when the regulation refuses them (QT-18, QT-19)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from app.rules import events, status
from app.rules import outcome as outcomes
from app.rules.clock_state import ClockState, Meter
from app.rules.events import Event, EventError
from app.rules.explain import Line, shown, spoken, spoken_time
from app.rules.limits import Limit, LimitError, SameDay
from app.rules.refusal import ClockRefusal

if TYPE_CHECKING:
    from app.rules.clock import ClockRules

Changes = dict[str, Any]
Decided = tuple[Changes, list[Line]]

_BEFORE_ACCEPTANCE = frozenset(
    {
        events.REGISTERED,
        events.ACCEPTED,
        events.CLAIMED,
        events.RELEASED,
        events.HANDED_OFF,
        events.FORWARDED,
        events.RECALLED,
        events.WITHDRAWN,
    }
)
_AFTER_RESULT = frozenset(
    {events.CLAIMED, events.RELEASED, events.HANDED_OFF, events.FORWARDED, events.TIMER_FIRED, events.DELIVERED}
)


def check(state: ClockState, event: Event) -> None:
    """Refuse what no dossier in this state may undergo. Errors: ClockRefusal."""
    kind = event.kind
    if state.delivered_at is not None:
        raise ClockRefusal(
            "QT-18.5", "Hồ sơ đã trả kết quả cho người nộp, không còn thao tác nào làm thay đổi thời gian."
        )
    if state.result_at is not None and kind not in _AFTER_RESULT:
        raise ClockRefusal("QT-18.4", "Hồ sơ đã có kết quả; thời gian giải quyết đã dừng.")
    if state.started_at is None and kind not in _BEFORE_ACCEPTANCE:
        raise ClockRefusal("QT-18.1", "Hồ sơ chưa được tiếp nhận nên chưa tính thời gian giải quyết.")
    if state.started_at is not None and kind in {events.REGISTERED, events.ACCEPTED}:
        raise ClockRefusal("QT-18.1", "Hồ sơ đã được tiếp nhận.")


def _accept(state: ClockState, event: Event, at: datetime, rules: ClockRules) -> Decided:
    limit = _limit(event)
    lines = [Line(at, event.kind, "QT-18.1", "Tiếp nhận: bắt đầu tính thời gian giải quyết", None, _show(rules, at))]
    changes, told = _new_terms(event, at, limit, rules)
    agencies = event.data.get("agency_limits") or {}
    meters = {
        f"@{agency}": Meter(Limit(seconds))
        for agency, value in agencies.items()
        if (seconds := _seconds(value, f"agency_limits.{agency}")) is not None
    }
    changes |= {"started_at": at, "rounds": 1, "meters": {**state.meters, **meters}}
    return changes, lines + told


def _new_terms(event: Event, at: datetime, limit: int | SameDay | None, rules: ClockRules) -> Decided:
    """Deadline and appointment of a round that starts `at` with its whole limit (QT-18.2, QT-18.3)."""
    given = _entered(event, rules)
    deadline = _deadline(at, limit, rules)
    kind = "same_day" if isinstance(limit, SameDay) else rules.profile.appointment
    appointment = given or _usual_appointment(deadline, kind, rules)
    changes = _appointed(appointment, rules) | {
        "limit_seconds": None if deadline is None else _worth(at, limit, deadline, rules),
        "cut_off": limit.cut_off if isinstance(limit, SameDay) else None,
        "deadline_at": deadline,
        "original_deadline_at": deadline,
        "original_appointment_at": appointment,
        "slip_appointment_at": appointment,
    }
    lines = []
    if limit is not None:
        text = _limit_words(at, limit, deadline, rules)
        lines.append(Line(at, event.kind, "QT-18.2", text, None, _show(rules, deadline)))
    if appointment is not None:
        text = "Thời gian hẹn trả do bộ phận một cửa ghi" if given else _APPOINTMENT_TEXTS[kind]
        lines.append(Line(at, event.kind, "QT-18.3", text, None, _show(rules, appointment)))
    return changes, lines


def _deadline(at: datetime, limit: int | SameDay | None, rules: ClockRules) -> datetime | None:
    if isinstance(limit, SameDay):
        return limit.deadline(at, rules.calendar)
    return None if limit is None else rules.calendar.due(at, limit)


def _worth(at: datetime, limit: int | SameDay | None, deadline: datetime, rules: ClockRules) -> int:
    """How many working seconds a round has."""
    return limit if isinstance(limit, int) else rules.calendar.between(at, deadline)


def _limit_words(at: datetime, limit: int | SameDay, deadline: datetime | None, rules: ClockRules) -> str:
    if isinstance(limit, int):
        return f"Hạn xử lý: {spoken(limit)} làm việc kể từ lúc bắt đầu tính"
    if limit.is_late(at, rules.calendar):
        return f"Hạn xử lý: trong ngày làm việc tiếp theo, vì tiếp nhận sau {spoken_time(limit.cut_off)}"
    if deadline == rules.calendar.day_end(at):
        return f"Hạn xử lý: trong ngày làm việc, vì tiếp nhận không sau {spoken_time(limit.cut_off)}"
    return "Hạn xử lý: trong ngày làm việc tiếp theo, vì ngày tiếp nhận đã hết giờ làm việc"


_APPOINTMENT_TEXTS = {
    "next_session": "Thời gian hẹn trả: đầu buổi làm việc kế tiếp buổi hết hạn xử lý",
    "deadline": "Thời gian hẹn trả: đúng hạn xử lý",
    "same_day": "Thời gian hẹn trả: đúng hạn xử lý, vì thủ tục phải trả kết quả trong ngày",
}


def _request_supplement(state: ClockState, event: Event, at: datetime, rules: ClockRules) -> Decided:
    if state.paused_at is not None:
        raise ClockRefusal("QT-19.3a", "Hồ sơ đang tạm dừng chờ bổ sung.")
    _need_file(event, rules, "QT-15.3", "Phải đính kèm Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ.")
    limit_at = state.slip_appointment_at
    if limit_at is not None and at > limit_at and state.apologised_at is None:
        raise ClockRefusal(
            "QT-19.3b", "Đã quá thời gian hẹn trả: chỉ yêu cầu bổ sung được sau khi ghi Phiếu xin lỗi và hẹn lại."
        )
    left = None if state.deadline_at is None else rules.calendar.between(at, state.deadline_at)
    text = "Yêu cầu bổ sung: tạm dừng tính thời gian kể từ lúc ghi phiếu"
    lines = [Line(at, event.kind, "QT-19.3a", text, None, _show(rules, at))]
    return {"paused_at": at, "remaining_seconds": left}, lines


def _receive_supplement(state: ClockState, event: Event, at: datetime, rules: ClockRules) -> Decided:
    if state.paused_at is None:
        raise ClockRefusal("QT-19.3a", "Hồ sơ không chờ bổ sung.")
    changes: Changes = {"paused_at": None, "remaining_seconds": None}
    if rules.profile.supplement_clock == "restart":
        text = "Đã bổ sung: thời gian tính lại từ đầu như hồ sơ mới"
        lines = [Line(at, event.kind, "QT-19.3a", text, _show(rules, state.started_at), _show(rules, at))]
        whole = state.limit_seconds if state.cut_off is None else SameDay(state.cut_off)
        terms, told = _new_terms(event, at, whole, rules)
        return changes | terms | {"started_at": at, "rounds": state.rounds + 1, "apologised_at": None}, lines + told
    moved, lines = _resume(state, event, at, rules)
    return changes | moved, lines


def _resume(state: ClockState, event: Event, at: datetime, rules: ClockRules) -> Decided:
    """Go on with what is left; a limit that was used up before the pause leaves deadline and appointment where they were."""
    left = state.remaining_seconds
    if left is None or left <= 0:
        text = "Đã bổ sung: tính tiếp; thời hạn đã dùng hết trước khi tạm dừng nên hạn xử lý giữ nguyên"
        deadline = _show(rules, state.deadline_at)
        return {}, [Line(at, event.kind, "QT-19.3a", text, deadline, deadline)]
    deadline_at = rules.calendar.due(at, left)
    kind = rules.profile.appointment if state.cut_off is None else "same_day"
    usual = _entered(event, rules) or _usual_appointment(deadline_at, kind, rules)
    appointment = usual
    if state.apologised_at is not None and state.appointment_at is not None and usual is not None:
        appointment = max(usual, state.appointment_at)  # a date promised in an apology is not taken back
    text = f"Đã bổ sung: tính tiếp {spoken(left)} làm việc còn lại"
    before, after = _show(rules, state.deadline_at), _show(rules, deadline_at)
    lines = [Line(at, event.kind, "QT-19.3a", text, before, after)]
    before, after = _show(rules, state.appointment_at), _show(rules, appointment)
    lines.append(Line(at, event.kind, "QT-18.3", "Thời gian hẹn trả theo hạn xử lý mới", before, after))
    return _appointed(appointment, rules) | {"deadline_at": deadline_at, "slip_appointment_at": usual}, lines


def _apologise(state: ClockState, event: Event, at: datetime, rules: ClockRules) -> Decided:
    _need_file(event, rules, "QT-15.3", "Phải đính kèm Phiếu xin lỗi và hẹn lại ngày trả kết quả.")
    promised = state.slip_appointment_at
    if rules.profile.late_apology == "refused" and promised is not None and at > promised:
        raise ClockRefusal("QT-19.1a", "Phiếu xin lỗi phải được ghi trước thời gian hẹn trả kết quả.")
    appointment = _entered(event, rules)
    if appointment is None:
        raise EventError("apologised: data.appointment is missing")
    if appointment <= at:
        raise ClockRefusal("QT-19.1a", "Thời gian hẹn lại phải ở sau thời điểm ghi phiếu xin lỗi.")
    before, after = _show(rules, state.appointment_at), _show(rules, appointment)
    text = "Xin lỗi, hẹn lại: thời gian hẹn trả theo phiếu; hạn xử lý giữ nguyên"
    lines = [Line(at, event.kind, "QT-19.1a", text, before, after)]
    changes = _appointed(appointment, rules) | {"apologised_at": at}
    if rules.profile.apology_overdue == "always":
        changes["overdue"] = True
        lines.append(
            Line(at, event.kind, "QT-19.1a", "Hồ sơ có phiếu xin lỗi được xác định là quá hạn", None, "quá hạn")
        )
    return changes, lines


def _confirm_result(state: ClockState, event: Event, at: datetime, rules: ClockRules) -> Decided:
    outcome = event.data.get("outcome", status.GRANTED)
    if outcome not in status.OUTCOMES:
        raise EventError(f"result_confirmed: unknown outcome {outcome!r}")
    if outcome != status.GRANTED:
        _need_file(event, rules, "QT-18.4", "Trả không giải quyết phải đính kèm phiếu từ chối hoặc thông báo.")
    return _close(state, event, at, rules, str(outcome))


def _withdraw(state: ClockState, event: Event, at: datetime, rules: ClockRules) -> Decided:
    _need_file(event, rules, "QT-19.2c", "Rút hồ sơ phải có văn bản đề nghị nêu rõ lý do.")
    return _close(state, event, at, rules, status.WITHDRAWN_BY_APPLICANT)


def _close(state: ClockState, event: Event, at: datetime, rules: ClockRules, outcome: str) -> Decided:
    """The moment of result stops the clock (QT-18.4) and decides early, on time or late (QT-18.6, LA-14.4).

    Paused time does not count. Where days are compared, the day is the one on which it really happened.
    """
    profile, tz = rules.profile, rules.calendar.tz
    happened = event.at if profile.on_time_by == "date" else at
    measured = state.paused_at or happened
    limits = state.deadline_at, state.appointment_at
    timeliness = outcomes.classed(measured, *limits, state.overdue, profile, tz)
    lines = [
        Line(at, event.kind, "QT-18.4", "Thời điểm có kết quả: đồng hồ dừng", None, _show(rules, at)),
        Line(
            at,
            event.kind,
            outcomes.rule_of(profile),
            _compared(state, rules),
            _show(rules, measured),
            outcomes.timeliness_label(timeliness, profile),
        ),
    ]
    changes = {
        "result_at": at,
        "outcome": outcome,
        "overdue": timeliness == "late",
        "timeliness": timeliness,
        "paused_at": None,
        "remaining_seconds": None,
    }
    return changes, lines


def _compared(state: ClockState, rules: ClockRules) -> str:
    limit = outcomes.measured_against(state.deadline_at, state.appointment_at, rules.profile)
    if limit is None:
        return "Hồ sơ không có hạn xử lý"
    name = "thời gian hẹn trả" if rules.profile.on_time_against == "appointment" else "hạn xử lý"
    if rules.profile.on_time_by == "date":
        return f"So theo ngày với {name} {_show(rules, limit)}"
    return f"So với {name} {_show(rules, limit)}"


def _deliver(state: ClockState, event: Event, at: datetime, rules: ClockRules) -> Decided:
    if state.result_at is None:
        raise ClockRefusal("QT-18.5", "Chưa xác nhận có kết quả nên chưa trả được cho người nộp.")
    text = "Đã trả kết quả; thời gian chờ nhận không tính vào thời gian giải quyết"
    return {"delivered_at": at}, [Line(at, event.kind, "QT-18.5", text, None, _show(rules, at))]


DECISIONS: Mapping[str, Callable[[ClockState, Event, datetime, ClockRules], Decided]] = {
    events.ACCEPTED: _accept,
    events.SUPPLEMENT_REQUESTED: _request_supplement,
    events.SUPPLEMENT_RECEIVED: _receive_supplement,
    events.APOLOGISED: _apologise,
    events.WITHDRAWN: _withdraw,
    events.RESULT_CONFIRMED: _confirm_result,
    events.DELIVERED: _deliver,
}


def _usual_appointment(deadline: datetime | None, kind: str, rules: ClockRules) -> datetime | None:
    """`kind`: one of the profile's `appointment`s; or `same_day`, where the law wants the result handed over that very day."""
    return rules.calendar.next_session(deadline) if deadline is not None and kind == "next_session" else deadline


def _appointed(appointment: datetime | None, rules: ClockRules) -> Changes:
    due_soon = None if appointment is None else rules.calendar.back(appointment, rules.due_soon_seconds)
    return {"appointment_at": appointment, "due_soon_at": due_soon}


def _entered(event: Event, rules: ClockRules) -> datetime | None:
    """The appointment someone entered, kept as entered (QT-19.1b); without an offset it is local time."""
    text = event.data.get("appointment")
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise EventError(f"{event.kind}: data.appointment is not an ISO instant: {text!r}") from None
    at = at if at.tzinfo else at.replace(tzinfo=rules.calendar.tz)
    return at.astimezone(UTC).replace(microsecond=0)


def _limit(event: Event) -> int | SameDay | None:
    """What an acceptance says about the time that the dossier may take."""
    cut_off = event.data.get("cut_off")
    if cut_off is None:
        return _seconds(event.data.get("limit_seconds"), "limit_seconds")
    try:
        return SameDay(cut_off)
    except LimitError:
        raise EventError(f"accepted: data.cut_off must be a time of day such as 15:00, not {cut_off!r}") from None


def _seconds(value: Any, name: str) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
        raise EventError(f"accepted: data.{name} must be a positive number of seconds, not {value!r}")
    return value


def _need_file(event: Event, rules: ClockRules, rule: str, text: str) -> None:
    if rules.profile.slip_files == "required" and not event.data.get("file"):
        raise ClockRefusal(rule, text)


def _show(rules: ClockRules, at: datetime | None) -> str | None:
    return shown(rules.calendar, at)
