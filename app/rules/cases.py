"""Worked clock cases (`clock_cases.json`): a case becomes rules and events, is folded, answers in the form of its `expect`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from app.rules import events
from app.rules.calendar import CalendarError, WorkCalendar
from app.rules.clock import EMPTY, ClockRefusal, ClockRules, ClockState, Segment, apply
from app.rules.events import Event, EventError, Holding
from app.rules.limits import Limit
from app.rules.profile import CHOICES, Profile
from app.rules.status import GRANTED

KINDS: Mapping[str, str] = {
    "accept": events.ACCEPTED,
    "forward": events.FORWARDED,
    "return": events.RETURNED,
    "recall": events.RECALLED,
    "handoff": events.HANDED_OFF,
    "transfer": events.TRANSFERRED,
    "delivered": events.DELIVERED_TO_AGENCY,
    "agency_return": events.AGENCY_RETURNED,
    "send_back": events.SENT_BACK,
    "agency_supplement": events.AGENCY_SUPPLEMENT_REQUESTED,
    "request_supplement": events.SUPPLEMENT_REQUESTED,
    "supplement_received": events.SUPPLEMENT_RECEIVED,
    "request_payment": events.PAYMENT_REQUESTED,
    "payment_received": events.PAYMENT_RECEIVED,
    "apology": events.APOLOGISED,
    "extension": events.EXTENDED,
    "not_accepted": events.NOT_ACCEPTED,
    "withdrawal_confirmed": events.WITHDRAWN,
    "result": events.RESULT_CONFIRMED,
    "deliver_result": events.DELIVERED,
}
_MOVING = frozenset(
    {"forward", "return", "recall", "handoff", "transfer", "agency_return", "send_back", "agency_supplement"}
)
_SWITCHES = {
    "supplement": "supplement_clock",
    "supplement_times": "supplement_times",
    "payment": "payment_clock",
    "result_at_deadline": "result_at_deadline",
    "late_apology": "late_apology",
    "apology_overdue": "apology_overdue",
    "apology_times": "apology_times",
    "apology_window": "apology_window",
    "extension": "extension",
    "appointment": "appointment",
    "slip_files": "slip_files",
}
_REGULATION_ALONE = {"supplement_times": "any", "apology_times": "any", "supplement_notice": "none"}
"""A case works out a province's regulation; how often and how soon NĐ 61 lets one ask counts only where the case says so."""
_HANDS = frozenset({"supplement_received", "payment_received"})
_ENDS = frozenset({"result", "not_accepted", "withdrawal_confirmed", "deliver_result"})


class CaseError(ValueError):
    """A case that cannot be folded; the text (Vietnamese) says where."""


@dataclass(frozen=True, slots=True)
class FoldedCase:
    """A case's fold: the state it ends in, its segments, the actions that were refused, and every state on the way
    (`states`: (raw instant, state after it))."""

    id: str
    rules: ClockRules
    state: ClockState
    segments: tuple[Segment, ...]
    refused: tuple[datetime, ...]
    states: tuple[tuple[datetime, ClockState], ...]

    def to_dict(self) -> dict[str, Any]:
        """The answer of `motcua clock fold`, in the form of a case's `expect`; minutes are rounded to four places."""
        state, show = self.state, self._show
        charged = [segment for segment in self.segments if segment.charged]
        answer: dict[str, Any] = {
            "id": self.id,
            "start_counted": show(state.started_at),
            "deadline": show(state.deadline_at),
            "appointment": show(state.appointment_at),
            "overdue": state.overdue,
            "result_moment": show(state.result_at),
            "charged_minutes_by_step": _minutes(charged, lambda segment: f"{segment.agency}/{segment.step}"),
            "charged_minutes_by_agency": _minutes(charged, lambda segment: segment.agency),
            "segments": [
                {
                    "agency": segment.agency,
                    "step": segment.step,
                    "from": show(segment.from_at),
                    "to": show(segment.to_at),
                    "minutes": _in_minutes(segment.seconds),
                }
                for segment in charged
            ],
        }
        original = (state.original_deadline_at, state.original_appointment_at)
        if original != (state.deadline_at, state.appointment_at):
            answer["original_deadline"], answer["original_appointment"] = show(original[0]), show(original[1])
        if self.refused:
            answer["refused_actions"] = [f"refused at {show(at)}" for at in self.refused]
        if state.outcome not in (None, GRANTED):
            answer["outcome"] = f"{state.outcome}, {'overdue' if state.overdue else 'on time'}"
        for name, meter in state.meters.items():
            if name.startswith("@"):
                answer[f"{name[1:]}_transfer_limit"] = show(meter.due_at)
        return answer

    def _show(self, at: datetime | None) -> str | None:
        return None if at is None else self.rules.calendar.local(at).isoformat()


def fold_case(case: Any, profiles: Mapping[str, Profile]) -> FoldedCase:
    """Fold one case. `profiles`: by id; a case names one as `profile.province` and may turn some of its switches.

    An event that the rules forbid is left out and remembered as refused. Errors: CaseError for everything that is not a case.
    """
    if not isinstance(case, Mapping) or not isinstance(case.get("id"), str):
        raise CaseError("không phải một ca: thiếu id")
    try:
        return _fold(case, profiles)
    except (CalendarError, EventError) as error:
        raise CaseError(str(error)) from None


def _fold(case: Mapping[str, Any], profiles: Mapping[str, Profile]) -> FoldedCase:
    rules = ClockRules(WorkCalendar.from_dict(_object(case, "calendar")), _profile(_object(case, "profile"), profiles))
    state, reader = EMPTY, _Reader(case, rules)
    segments: list[Segment] = []
    refused: list[datetime] = []
    states: list[tuple[datetime, ClockState]] = []
    for index, raw in enumerate(reader.raw_events):
        event = reader.event(index, raw, state)
        try:
            applied = apply(state, event, rules)
        except ClockRefusal:
            refused.append(event.at)
            continue
        state = applied.state
        segments += applied.segments
        states.append((event.at, state))
    return FoldedCase(case["id"], rules, state, tuple(segments), tuple(refused), tuple(states))


def _profile(data: Mapping[str, Any], profiles: Mapping[str, Profile]) -> Profile:
    province = data.get("province")
    if not isinstance(province, str) or province not in profiles:
        raise CaseError(f"profile.province: không có hồ sơ tỉnh {province!r} (có: {', '.join(sorted(profiles))})")
    switches: dict[str, Any] = dict(_REGULATION_ALONE)
    for name, value in data.items():
        if name == "province":
            continue
        if name not in _SWITCHES or value not in CHOICES[_SWITCHES[name]]:
            raise CaseError(f"profile.{name}: không hiểu {value!r}")
        switches[_SWITCHES[name]] = value
    return replace(profiles[province], **switches)


class _Reader:
    """Turns a case's events into the clock's: who holds the dossier is followed, limits are found by name."""

    def __init__(self, case: Mapping[str, Any], rules: ClockRules) -> None:
        raw = case.get("events")
        if not isinstance(raw, list) or not raw:
            raise CaseError("events: phải là danh sách không rỗng")
        for index, item in enumerate(raw):
            name = item.get("type") if isinstance(item, Mapping) else item
            if not isinstance(item, Mapping) or not isinstance(name, str) or name not in KINDS:
                raise CaseError(f"events[{index}]: không có loại sự kiện {name!r}")
        self.raw_events: list[Mapping[str, Any]] = raw
        self.rules = rules
        self.previous: datetime | None = None
        limits = _object(case, "limit")
        self.limit_seconds = self._limit_seconds(limits)
        self.step_limits, self.agency_limits = self._named_limits(limits)

    def _limit_seconds(self, limits: Mapping[str, Any]) -> int | None:
        if "minutes" in limits:
            return _whole_seconds(limits["minutes"], 60, "limit.minutes")
        if "working_days" in limits:
            return _whole_seconds(limits["working_days"], self.rules.calendar.seconds_per_day, "limit.working_days")
        return None

    def _named_limits(self, limits: Mapping[str, Any]) -> tuple[dict[str, Limit], dict[str, int]]:
        places = [_place(raw, index) for index, raw in enumerate(self.raw_events)]
        agencies = {place[0] for place in places if place}
        steps = {place[1] for place in places if place}
        step_limits: dict[str, Limit] = {}
        agency_limits: dict[str, int] = {}
        for name, value in limits.items():
            if name in ("minutes", "working_days"):
                continue
            holder, seconds = name.removesuffix("_minutes"), _whole_seconds(value, 60, f"limit.{name}")
            if holder == name or holder not in agencies | steps:
                raise CaseError(f"limit.{name}: không có bước hay cơ quan nào tên như vậy")
            if holder in agencies:
                agency_limits[holder] = seconds
            else:
                step_limits[holder] = Limit(seconds)
        return step_limits, agency_limits

    def event(self, index: int, raw: Mapping[str, Any], state: ClockState) -> Event:
        at = self._instant(raw.get("at"), f"events[{index}].at")
        if self.previous is not None and at < self.previous:
            raise CaseError(f"events[{index}]: xảy ra trước sự kiện đứng trước nó")
        self.previous = at
        kind, place = raw["type"], _place(raw, index)
        closes: tuple[str, ...] = ()
        opens: tuple[Holding, ...] = ()
        if self._moves(index, raw):
            if place is None:
                raise CaseError(f"events[{index}]: thiếu {'holder' if kind == 'accept' else 'to'}")
            closes = tuple(held.key for held in state.holdings)
            opens = (Holding(str(index), *place, limit=self.step_limits.get(place[1])),)
        elif kind in _ENDS:
            closes = tuple(held.key for held in state.holdings)
        return Event(KINDS[kind], at, closes, opens, self._data(raw, f"events[{index}]"))

    def _moves(self, index: int, raw: Mapping[str, Any]) -> bool:
        """Whether the dossier changes hands: a fully electronic transfer only when it was delivered (QT-20.2b)."""
        kind = raw["type"]
        if kind == "transfer":
            return not self._awaits_delivery(index, raw)
        if kind == "delivered":
            return not raw.get("ignored", False)
        return kind == "accept" or kind in _MOVING or (kind in _HANDS and "to" in raw)

    def _awaits_delivery(self, index: int, raw: Mapping[str, Any]) -> bool:
        following = next(
            (later for later in self.raw_events[index + 1 :] if later["type"] in _MOVING | {"delivered"}), None
        )
        if following is None or following["type"] != "delivered" or following.get("ignored", False):
            return False
        return bool(following.get("to") == raw.get("to"))

    def _data(self, raw: Mapping[str, Any], where: str) -> dict[str, Any]:
        data: dict[str, Any] = {}
        if raw["type"] == "accept":
            data = {"limit_seconds": self.limit_seconds, "agency_limits": self.agency_limits}
        if raw["type"] in ("apology", "extension"):
            data["appointment"] = self._instant(raw.get("new_date"), f"{where}.new_date").isoformat()
        data |= {name: raw[name] for name in ("file", "outcome", "agency", "agencies") if name in raw}
        return data

    def _instant(self, value: Any, where: str) -> datetime:
        try:
            at = datetime.fromisoformat(value)
        except (TypeError, ValueError):
            raise CaseError(f"{where}: {value!r} không phải thời điểm ISO 8601") from None
        if not 1 < at.year < 9999:  # so that any offset can be written
            raise CaseError(f"{where}: năm {at.year} quá xa")
        return at if at.tzinfo else at.replace(tzinfo=self.rules.calendar.tz)


def _object(case: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = case.get(name)
    if not isinstance(value, Mapping):
        raise CaseError(f"{name}: thiếu hoặc không phải một đối tượng")
    return value


def _place(raw: Mapping[str, Any], index: int) -> tuple[str, str] | None:
    value = raw.get("to", raw.get("holder"))
    if value is None:
        return None
    if not isinstance(value, list) or len(value) != 2 or not all(isinstance(part, str) for part in value):
        raise CaseError(f"events[{index}]: nơi giữ phải là [cơ quan, bước]")
    return value[0], value[1]


def _whole_seconds(value: Any, unit: int, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value * unit <= 10**12:
        raise CaseError(f"{where}: {value!r} phải là số dương")
    return round(value * unit)


def _minutes(segments: Iterable[Segment], name: Callable[[Segment], str]) -> dict[str, float]:
    seconds: dict[str, int] = {}
    for segment in segments:
        seconds[name(segment)] = seconds.get(name(segment), 0) + segment.seconds
    return {holder: _in_minutes(value) for holder, value in seconds.items()}


def _in_minutes(seconds: int) -> float:
    return round(seconds / 60, 4)
