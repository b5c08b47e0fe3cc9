"""Random dossiers of every kind of event, under rules of every sort: what the regulation refuses on the way is kept apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from app.lawbook import profile_named
from app.rules import events
from app.rules.calendar import WorkCalendar
from app.rules.clock import EMPTY, Applied, ClockRefusal, ClockRules, ClockState, apply
from app.rules.events import Event, Holding
from app.rules.limits import Limit
from app.rules.status import OUTCOMES
from tests.rules.calendars import OFFICE, OFFICE_CALENDAR, at
from tests.rules.histories import QUANG_TRI, RULES

HOUR = 3600
Draw = Callable[[st.SearchStrategy[Any]], Any]

# Desks that also work on Saturday mornings, a partner whose office closes early and whose desk has no noon break.
DESK_CALENDAR = WorkCalendar.from_dict(
    OFFICE | {"weekly": {"mon-fri": [["07:30", "11:30"], ["13:00", "17:30"]], "sat": [["07:00", "11:30"]]}}
)
PARTNER_OFFICE = WorkCalendar.from_dict(OFFICE | {"weekly": {"mon-thu": [["08:00", "12:00"], ["13:00", "16:00"]]}})
PARTNER_DESK = WorkCalendar.from_dict(OFFICE | {"weekly": {"mon-fri": [["08:00", "16:00"]]}, "holidays": []})
DAY_AND_NIGHT = WorkCalendar.from_dict(
    {"tz": "Asia/Ho_Chi_Minh", "weekly": {"mon-sun": [["00:00", "24:00"]]}, "minutes_per_day": 1440}
)
SOC_TRANG = profile_named("soc_trang")

ONE_CALENDAR = [
    RULES,
    ClockRules(
        OFFICE_CALENDAR, replace(QUANG_TRI, supplement_clock="resume", supplement_times="any", apology_times="any")
    ),
    ClockRules(OFFICE_CALENDAR, replace(QUANG_TRI, payment_clock="run", supplement_late_notice="refuse")),
    ClockRules(OFFICE_CALENDAR, replace(SOC_TRANG, supplement_times="any", slip_files="optional")),
    ClockRules(OFFICE_CALENDAR, replace(profile_named("long_an"), supplement_notice="none")),
    ClockRules(OFFICE_CALENDAR, profile_named("national_2025")),
]
PLACES = {"A": (OFFICE_CALENDAR, DESK_CALENDAR), "B": (PARTNER_OFFICE, PARTNER_DESK)}
MANY_CALENDARS = [
    ClockRules(OFFICE_CALENDAR, QUANG_TRI, DESK_CALENDAR, PLACES),
    ClockRules(OFFICE_CALENDAR, replace(SOC_TRANG, supplement_times="any"), DESK_CALENDAR),
    ClockRules(DAY_AND_NIGHT, replace(QUANG_TRI, supplement_clock="resume"), DESK_CALENDAR, PLACES),
]

STEPS = (
    Holding("", "A", "desk", limit=Limit(4 * HOUR), desk=True),
    Holding("", "A", "specialist", unit="P1", limit=Limit(16 * HOUR)),
    Holding("", "A", "head", unit="P1", limit=Limit(4 * HOUR), group="signing"),
    Holding("", "A", "director", limit=Limit(6 * HOUR), group="signing"),
    Holding("", "B", "stamp", limit=Limit(4 * HOUR), group="signing"),
    Holding("", "B", "partner", limit=Limit(20 * HOUR)),
    Holding("", "B", "window", limit=Limit(3 * HOUR), desk=True),
    Holding("", "B", "posting", limit=Limit(5 * 86_400, "calendar")),
    Holding("", "A", "archive"),
)
GAPS = st.one_of(
    st.integers(0, 4 * HOUR), st.integers(0, 30 * HOUR), st.just(0), st.sampled_from([15 * 60, 86_400, 7 * 86_400])
)
MOVES = (
    events.FORWARDED,
    events.RETURNED,
    events.RECALLED,
    events.TIMER_FIRED,
    events.MESSAGE_RECEIVED,
    events.REPAIRED,
    events.TRANSFERRED,
    events.DELIVERED_TO_AGENCY,
    events.AGENCY_RETURNED,
    events.SENT_BACK,
    events.AGENCY_SUPPLEMENT_REQUESTED,
)
TAKEN_OVER = (events.CLAIMED, events.RELEASED, events.HANDED_OFF)
ASKED = (
    events.SUPPLEMENT_REQUESTED,
    events.SUPPLEMENT_RECEIVED,
    events.PAYMENT_REQUESTED,
    events.PAYMENT_RECEIVED,
    events.PAYMENT_WAIT_ENDED,
    events.APOLOGISED,
    events.EXTENDED,
)
REST = (
    events.SIDE_STARTED,
    events.SIDE_ENDED,
    events.CALENDAR_CHANGED,
    events.CORRECTED,
    events.RESULT_CONFIRMED,
    events.WITHDRAWN,
    events.NOT_ACCEPTED,
    events.DELIVERED,
    events.ACCEPTED,
    events.REGISTERED,
)
ANOTHER_VERSION = (events.VERSION_MOVED, events.VERSION_MOVE_UNDONE)
ANOTHER_SYSTEM = (events.IMPORTED, events.IMPORT_WITHDRAWN)
EVERY_KIND = (*MOVES, *TAKEN_OVER, *ASKED, *REST, *ANOTHER_VERSION, *ANOTHER_SYSTEM)


@dataclass
class Life:
    """What a dossier went through; `refused` are the events that the rules did not let happen."""

    rules: ClockRules
    now: datetime
    state: ClockState = EMPTY
    kept: list[Event] = field(default_factory=list)
    applied: list[Applied] = field(default_factory=list)
    refused: list[tuple[int, Event]] = field(default_factory=list)
    count: int = 0

    def try_(self, event: Event, check: bool = True) -> None:
        try:
            applied = apply(self.state, event, self.rules, check=check)
        except ClockRefusal:
            assert check
            self.refused.append((len(self.kept), event))
            return
        self.state = applied.state
        self.kept.append(event)
        self.applied.append(applied)

    def fresh(self, step: Holding) -> Holding:
        self.count += 1
        return replace(step, key=f"t{self.count}")


@st.composite
def lives(draw: Draw, rule_sets: list[ClockRules], longest: int = 14, check: bool = True, single: bool = False) -> Life:
    """A dossier's life under one of these rules. `check` False: nothing is refused, events come in any order at all.
    `single`: one holder at any time, from acceptance to the result."""
    life = Life(
        draw(st.sampled_from(rule_sets)), at("2026-08-17 07:00") + timedelta(seconds=draw(st.integers(0, 14 * 86_400)))
    )
    if draw(st.booleans()):
        life.try_(Event(events.REGISTERED, life.now, opens=(life.fresh(STEPS[0]),)), check)
        life.now += timedelta(seconds=draw(GAPS))
    if not life.kept and draw(st.integers(0, 5)) == 0:
        life.try_(_imported(draw, life), check)
    elif not life.kept or draw(st.integers(0, 3)):
        life.try_(_accepted(draw, life), check)
    for _ in range(draw(st.integers(0, longest))):
        life.now += timedelta(seconds=draw(GAPS))
        life.try_(_next(draw, life, single), check)
    return life


def _accepted(draw: Draw, life: Life) -> Event:
    terms: list[dict[str, Any]] = [{"limit_seconds": seconds} for seconds in (8 * HOUR, 40 * HOUR, 61, None)]
    terms += [{"limit_seconds": 3 * 86_400, "limit_unit": "calendar"}, {"cut_off": "15:00"}]
    data = draw(st.sampled_from(terms)) | {"agency_limits": {"B": 16 * HOUR}}
    opens = (life.fresh(draw(st.sampled_from(STEPS))),)
    return Event(events.ACCEPTED, life.now, tuple(held.key for held in life.state.holdings), opens, data)


def _imported(draw: Draw, life: Life) -> Event:
    """The same terms, and the dates of another system as far as it has them."""
    like = _accepted(draw, life)
    data = dict(like.data) | {"received_at": (life.now - timedelta(days=draw(st.integers(0, 30)))).isoformat()}
    for name in ("deadline", "appointment"):
        if draw(st.booleans()):
            data[name] = (life.now + timedelta(days=draw(st.integers(-10, 30)))).isoformat()
    return replace(like, kind=events.IMPORTED, data=data)


def _next(draw: Draw, life: Life, single: bool) -> Event:
    kind = draw(st.sampled_from(_likely(life) * 9 + EVERY_KIND))
    if kind == events.ACCEPTED:
        return _accepted(draw, life)
    if kind == events.IMPORTED:
        return _imported(draw, life)
    closes, opens = _hands(draw, life, kind, single)
    return Event(kind, life.now, closes, opens, _data(draw, life, kind))


def _likely(life: Life) -> tuple[str, ...]:
    """What most often comes next."""
    state = life.state
    if state.result_at is not None:
        return (events.CLAIMED, events.FORWARDED, events.DELIVERED)
    if state.started_at is None:
        return (events.CLAIMED, events.NOT_ACCEPTED, events.ACCEPTED)
    if state.paused_for is not None:
        return (events.FORWARDED, f"{state.paused_for}_received", f"{state.paused_for}_received")
    return (*MOVES[:5], *TAKEN_OVER, *ASKED[::2], events.SUPPLEMENT_REQUESTED, events.EXTENDED)


def _hands(draw: Draw, life: Life, kind: str, single: bool) -> tuple[tuple[str, ...], tuple[Holding, ...]]:
    held = life.state.holdings
    step = draw(st.sampled_from(STEPS))
    if not held:
        return (), (
            ()
            if kind in (events.DELIVERED, events.CORRECTED, *ANOTHER_VERSION, events.IMPORT_WITHDRAWN)
            else (life.fresh(step),)
        )
    one = draw(st.sampled_from(held))
    if kind in TAKEN_OVER:
        account = draw(st.sampled_from(["lan", "minh", None]))
        again = Holding(one.key, one.agency, one.step, one.unit, account, one.limit, one.group, one.desk)
        return (one.key,), (again,)
    if kind in (events.DELIVERED, events.WITHDRAWN, events.NOT_ACCEPTED, events.IMPORT_WITHDRAWN):
        return tuple(each.key for each in held), ()
    if kind in (events.CALENDAR_CHANGED, events.CORRECTED, *ANOTHER_VERSION):
        return (), ()
    everything = tuple(each.key for each in held)
    if single:
        return (everything, (life.fresh(step),)) if kind in MOVES else ((), ())
    return draw(
        st.sampled_from(
            [
                ((one.key,), (life.fresh(step),)),
                ((one.key,), (life.fresh(step), life.fresh(draw(st.sampled_from(STEPS))))),
                (everything, (life.fresh(step),)),
                ((), ()),
                ((), (life.fresh(step),)),
            ]
        )
    )


def _data(draw: Draw, life: Life, kind: str) -> dict[str, Any]:
    data: dict[str, Any] = {} if draw(st.integers(0, 7)) == 0 else {"file": "phieu.pdf"}
    if kind in (events.APOLOGISED, events.EXTENDED, events.CALENDAR_CHANGED):
        data["appointment"] = (life.now + timedelta(days=draw(st.integers(-1, 20)))).isoformat()
    if kind == events.APOLOGISED:
        data["agencies"] = draw(st.sampled_from([[], ["A"], ["A", "B"]]))
    if kind == events.EXTENDED:
        data["agency"] = draw(st.sampled_from([None, "B"]))
    if kind == events.RESULT_CONFIRMED:
        data["outcome"] = draw(st.sampled_from(OUTCOMES))
    if kind == events.CORRECTED:
        data = {"seq": 1, "reason": "ghi nhầm"}
    if kind in ANOTHER_VERSION:
        data = draw(st.sampled_from([{}, {"agency_limits": {"B": 8 * HOUR}}, {"agency_limits": {"A": 90 * HOUR}}]))
        if life.state.holdings and draw(st.booleans()):
            data = data | {"renamed": {life.state.holdings[0].step: f"step_{life.count}"}}
    if draw(st.integers(0, 7)) == 0:
        data |= {"entered_at": (life.now + timedelta(days=1)).isoformat(), "late_reason": "mất điện"}
    return data
