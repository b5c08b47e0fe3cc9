"""What the regulation forbids at this moment: every refusal of the clock, with its article."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from app.rules import events, status
from app.rules.clock_state import ClockState
from app.rules.decisions_end import outcome_of
from app.rules.decisions_pause import PAYMENT, SUPPLEMENT, late_notice, owed
from app.rules.decisions_promise import new_date, too_early, window_closes, window_rule
from app.rules.events import Event
from app.rules.refusal import ClockRefusal

if TYPE_CHECKING:
    from app.rules.clock import ClockRules

_BEFORE_ACCEPTANCE = frozenset(
    {
        events.REGISTERED,
        events.ACCEPTED,
        events.NOT_ACCEPTED,
        events.CLAIMED,
        events.RELEASED,
        events.HANDED_OFF,
        events.FORWARDED,
        events.RECALLED,
        events.SIDE_STARTED,
        events.SIDE_ENDED,
        events.WITHDRAWN,
        events.VERSION_MOVED,
        events.VERSION_MOVE_UNDONE,
        events.IMPORTED,
    }
)
_ONLY_BEFORE = frozenset({events.REGISTERED, events.ACCEPTED, events.NOT_ACCEPTED, events.IMPORTED})
_AFTER_RESULT = frozenset(
    {
        events.CLAIMED,
        events.RELEASED,
        events.HANDED_OFF,
        events.FORWARDED,
        events.TIMER_FIRED,
        events.MESSAGE_RECEIVED,
        events.SIDE_ENDED,
        events.DELIVERED,
        events.VERSION_MOVED,
        events.VERSION_MOVE_UNDONE,
        events.IMPORT_WITHDRAWN,
    }
)


def check(state: ClockState, event: Event, at: datetime, rules: ClockRules) -> None:
    """Refuse what a dossier in this state may not undergo at this counted instant. Errors: ClockRefusal, EventError."""
    kind = event.kind
    if state.delivered_at is not None:
        raise ClockRefusal(
            "QT-18.5", "Hồ sơ đã trả kết quả cho người nộp, không còn thao tác nào làm thay đổi thời gian."
        )
    if state.result_at is not None and kind not in _AFTER_RESULT:
        raise ClockRefusal("QT-18.4", "Hồ sơ đã có kết quả; thời gian giải quyết đã dừng.")
    if state.started_at is None and state.result_at is None and kind not in _BEFORE_ACCEPTANCE:
        raise ClockRefusal("QT-18.1", "Hồ sơ chưa được tiếp nhận nên chưa tính thời gian giải quyết.")
    if state.started_at is not None and kind in _ONLY_BEFORE:
        raise ClockRefusal("QT-18.1", "Hồ sơ đã được tiếp nhận.")
    more = _CHECKS.get(kind)
    if more is not None:
        more(state, event, at, rules)


def _supplement_requested(state: ClockState, event: Event, at: datetime, rules: ClockRules) -> None:
    _owes_nothing(state, "QT-19.3a")
    if rules.profile.supplement_times == "once" and state.supplements:
        raise ClockRefusal(
            "ND61-17.2", "Đã yêu cầu bổ sung một lần: phải hướng dẫn đầy đủ ngay lần đầu, không yêu cầu thêm được nữa."
        )
    _need_file(event, rules, "QT-15.3", "Phải đính kèm Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ.")
    promised = state.slip_appointment_at
    if promised is not None and at > promised and state.apologised_at is None:
        raise ClockRefusal(
            "QT-19.3b", "Đã quá thời gian hẹn trả: chỉ yêu cầu bổ sung được sau khi ghi Phiếu xin lỗi và hẹn lại."
        )
    missed = late_notice(state, at)
    if missed is not None and rules.profile.supplement_late_notice == "refuse":
        raise ClockRefusal(missed, "Đã quá thời hạn thông báo bổ sung hồ sơ.")


def _supplement_received(state: ClockState, event: Event, at: datetime, rules: ClockRules) -> None:
    if owed(state) != SUPPLEMENT:
        raise ClockRefusal("QT-19.3a", "Hồ sơ không chờ bổ sung.")


def _payment_requested(state: ClockState, event: Event, at: datetime, rules: ClockRules) -> None:
    _owes_nothing(state, "QT-19.3t")
    if "step" in event.data:  # the notice is the work of the steps before it
        return
    _need_file(event, rules, "QT-19.3t", "Phải đính kèm thông báo thực hiện nghĩa vụ tài chính.")


def _payment_received(state: ClockState, event: Event, at: datetime, rules: ClockRules) -> None:
    if owed(state) != PAYMENT:
        raise ClockRefusal("QT-19.3t", "Hồ sơ không chờ thực hiện nghĩa vụ tài chính.")


def _apologised(state: ClockState, event: Event, at: datetime, rules: ClockRules) -> None:
    _need_file(event, rules, "QT-15.3", "Phải đính kèm Phiếu xin lỗi và hẹn lại ngày trả kết quả.")
    if rules.profile.apology_times == "once" and state.apologies:
        raise ClockRefusal("ND61-19.9", "Ngày trả kết quả đã được hẹn lại một lần; không hẹn lại lần nữa.")
    _in_window(state, at, rules)
    if rules.profile.late_apology == "refused":
        last = window_closes(state, rules)
        if last is not None and at > last:
            raise ClockRefusal(window_rule(rules), _CLOSED[rules.profile.apology_window])
    if new_date(state, event, rules) <= at:
        raise ClockRefusal("QT-19.1a", "Thời gian hẹn lại phải ở sau thời điểm ghi phiếu xin lỗi.")


def _extended(state: ClockState, event: Event, at: datetime, rules: ClockRules) -> None:
    if rules.profile.extension != "separate":
        raise ClockRefusal("QT-19.1c", "Gia hạn được ghi cùng Phiếu xin lỗi và hẹn lại, không phải một việc riêng.")
    _need_file(event, rules, "ST-14.3e", "Phải đính kèm Phiếu đề nghị gia hạn thời gian giải quyết.")
    if rules.profile.apology_times == "once" and state.extended_at is not None:
        raise ClockRefusal("ND61-19.9", "Hồ sơ đã được gia hạn một lần; không gia hạn lần nữa.")
    _in_window(state, at, rules)
    if new_date(state, event, rules) <= at:
        raise ClockRefusal("ST-14.3e", "Thời gian hẹn lại phải ở sau thời điểm ghi gia hạn.")


def _owes_nothing(state: ClockState, rule: str) -> None:
    waiting = owed(state)
    if waiting is not None:
        raise ClockRefusal(rule, _WAITING[waiting])


def _in_window(state: ClockState, at: datetime, rules: ClockRules) -> None:
    if too_early(state, at, rules):
        raise ClockRefusal("ST-14.3e", "Hồ sơ chưa quá hạn nên chưa hẹn lại ngày trả kết quả.")


def _result_confirmed(state: ClockState, event: Event, at: datetime, rules: ClockRules) -> None:
    if outcome_of(event) != status.GRANTED:
        _need_file(event, rules, "QT-18.4", "Trả không giải quyết phải đính kèm phiếu từ chối hoặc thông báo.")


def _withdrawn(state: ClockState, event: Event, at: datetime, rules: ClockRules) -> None:
    _need_file(event, rules, "QT-19.2c", "Rút hồ sơ phải có văn bản đề nghị nêu rõ lý do.")


def _delivered(state: ClockState, event: Event, at: datetime, rules: ClockRules) -> None:
    if state.result_at is None:
        raise ClockRefusal("QT-18.5", "Chưa xác nhận có kết quả nên chưa trả được cho người nộp.")


def _need_file(event: Event, rules: ClockRules, rule: str, text: str) -> None:
    if rules.profile.slip_files == "required" and not event.data.get("file"):
        raise ClockRefusal(rule, text)


_WAITING = {
    SUPPLEMENT: "Hồ sơ đang tạm dừng chờ bổ sung.",
    PAYMENT: "Hồ sơ đang chờ người nộp thực hiện nghĩa vụ tài chính.",
}
_CLOSED = {
    "before_appointment": "Phiếu xin lỗi phải được ghi trước thời gian hẹn trả kết quả.",
    "day_before_deadline": "Phiếu xin lỗi phải được ghi chậm nhất một ngày làm việc trước khi hết hạn xử lý.",
}
_CHECKS: Mapping[str, Callable[[ClockState, Event, datetime, ClockRules], None]] = {
    events.SUPPLEMENT_REQUESTED: _supplement_requested,
    events.SUPPLEMENT_RECEIVED: _supplement_received,
    events.PAYMENT_REQUESTED: _payment_requested,
    events.PAYMENT_RECEIVED: _payment_received,
    events.PAYMENT_WAIT_ENDED: _payment_received,
    events.APOLOGISED: _apologised,
    events.EXTENDED: _extended,
    events.RESULT_CONFIRMED: _result_confirmed,
    events.WITHDRAWN: _withdrawn,
    events.DELIVERED: _delivered,
}
