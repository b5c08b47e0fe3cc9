"""What the clock knows of a dossier after its events so far. Its size depends on the diagram's steps, not on the history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Literal

from app.rules.limits import Limit, LimitUnit

Timeliness = Literal["early", "on_time", "late"]


@dataclass(frozen=True, slots=True)
class HeldStep:
    """One open task. `since`: from when the present holder's stretch counts; `due_at` and `due_soon_at` are None where the
    step has no limit, and while the dossier is paused or has its result. A used-up limit keeps the instant at which it was
    used up as `due_at` and has no `due_soon_at`."""

    key: str
    agency: str
    step: str
    unit: str | None
    account: str | None
    since: datetime
    limit: Limit | None
    group: str | None = None
    due_at: datetime | None = None
    due_soon_at: datetime | None = None
    desk: bool = False

    @property
    def meter(self) -> str:
        """Name of the meter on which this step's limit is counted: its own or its group's."""
        return f"#{self.group}" if self.group else f"{self.agency}/{self.step}"


@dataclass(frozen=True, slots=True)
class Meter:
    """Time used of one limit in this round: of a step (`agency/step`), a group (`#group`) or an agency (`@agency`).

    It runs while at least one of its holdings is open. `used`: seconds until `since`, in the limit's unit (working where there
    is no limit); `since` is None while it stands. `due_at`: when the limit is used up, if it runs; when it was, if it is.
    """

    limit: Limit | None = None
    used: int = 0
    since: datetime | None = None
    due_at: datetime | None = None


_NO_METERS: Mapping[str, Meter] = MappingProxyType({})
_NO_EXTRA: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class ClockState:
    """The folded clock. Instants are aware UTC and counted ones (an event outside hours stands at the next opening, QT-18.2).

    - started_at: when the present round began; limit_seconds: working seconds, None = no deadline; with `limit_unit`
      "calendar" they are seconds by the calendar, and so are the remaining ones
    - cut_off: where the limit is "the same day" (`SameDay`), its cut-off; `limit_seconds` is then what this round had from its
      start to that day's end, and a restart reckons it anew
    - deadline_at decides overdue (QT-18.6), appointment_at colours and what is still allowed (QT-18.3, QT-19, QT-21)
    - original_*: as this round began; slip_appointment_at: the appointment without apologies, at which "after the
      appointment" is measured (QT-19.3b)
    - notice_due_at: until when a request for a supplement is in time (ST-14.3d2, NĐ 61 Art. 19(4))
    - due_soon_at: less than a working day is left from here on (QT-21b)
    - overdue: for good, by a late result or an apology; `is_overdue` of app.rules.clock also knows open dossiers
    - timeliness: what the result was classed as (QT-18.6, LA-14.4); app.rules.outcome reads it
    - apologies, apologised_at, extended_at: of this round; supplements: requests in all rounds; late_notices: those of them
      (and refusals) that came after their time
    - paused_for: what the applicant owes, `supplement` or `payment`; where a payment does not stop the clock, `paused_at` is
      None beside it
    - remaining_seconds: what was left of the limit when the pause began, negative when late
    - extra: working seconds that each agency won by asking for a new date (QT-20.2e)
    - rounds: 0 before acceptance, one more with every restart; last_at: when the last event really happened, not counted;
      counted_at: where it counts
    - agencies: every agency that ever held the dossier, in that order
    - holdings, meters: see HeldStep and Meter
    """

    started_at: datetime | None = None
    limit_seconds: int | None = None
    limit_unit: LimitUnit = "working"
    cut_off: str | None = None
    deadline_at: datetime | None = None
    appointment_at: datetime | None = None
    original_deadline_at: datetime | None = None
    original_appointment_at: datetime | None = None
    slip_appointment_at: datetime | None = None
    due_soon_at: datetime | None = None
    notice_due_at: datetime | None = None
    overdue: bool = False
    apologised_at: datetime | None = None
    extended_at: datetime | None = None
    apologies: int = 0
    supplements: int = 0
    late_notices: int = 0
    paused_at: datetime | None = None
    paused_for: str | None = None
    remaining_seconds: int | None = None
    result_at: datetime | None = None
    delivered_at: datetime | None = None
    outcome: str | None = None
    timeliness: Timeliness | None = None
    rounds: int = 0
    last_at: datetime | None = None
    counted_at: datetime | None = None
    agencies: tuple[str, ...] = ()
    extra: Mapping[str, int] = field(default_factory=lambda: _NO_EXTRA)
    holdings: tuple[HeldStep, ...] = ()
    meters: Mapping[str, Meter] = field(default_factory=lambda: _NO_METERS)

    @property
    def running(self) -> bool:
        """Limits run: the dossier is not paused and has no result yet (true also before acceptance)."""
        return self.paused_at is None and self.result_at is None

    @property
    def charging(self) -> bool:
        """Time is charged to those who hold the dossier: accepted, not paused, no result yet (QT-18.6)."""
        return self.started_at is not None and self.running

    @property
    def used(self) -> Mapping[str, int]:
        """Seconds used in this round by meter: `agency/step`, `#group` or `@agency`; what runs now counts to its last start."""
        return {name: meter.used for name, meter in self.meters.items()}

    def holding(self, key: str) -> HeldStep | None:
        """The open holding of this task, or None."""
        return next((held for held in self.holdings if held.key == key), None)

    def alarms(self) -> dict[str, datetime | None]:
        """The instants of the deadline watch by name (`due_soon_at`, `deadline_at`, `appointment_at`); all None before
        acceptance, while paused and from the result on, when alarms stand still."""
        on = self.charging
        return {
            "due_soon_at": self.due_soon_at if on else None,
            "deadline_at": self.deadline_at if on else None,
            "appointment_at": self.appointment_at if on else None,
        }

    def to_dict(self) -> dict[str, Any]:
        """Compact JSON form: instants as ISO UTC text, defaults left out."""
        data: dict[str, Any] = {}
        for name in _INSTANTS:
            value = getattr(self, name)
            if value is not None:
                data[name] = _text(value)
        for name in _PLAIN:
            value = getattr(self, name)
            if value is not None and value is not False and value != 0:
                data[name] = value
        for name in _NUMBERS:
            value = getattr(self, name)
            if value is not None:
                data[name] = value
        if self.limit_unit != "working":
            data["limit_unit"] = self.limit_unit
        if self.agencies:
            data["agencies"] = list(self.agencies)
        if self.extra:
            data["extra"] = dict(self.extra)
        if self.holdings:
            data["holdings"] = [_held_to_dict(held) for held in self.holdings]
        if self.meters:
            data["meters"] = {name: _meter_to_list(meter) for name, meter in self.meters.items()}
        return data

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> ClockState:
        """The inverse of `to_dict`."""
        values: dict[str, Any] = {name: _instant(data[name]) for name in _INSTANTS if name in data}
        values |= {name: data[name] for name in (*_PLAIN, *_NUMBERS) if name in data}
        values["limit_unit"] = data.get("limit_unit", "working")
        values["agencies"] = tuple(data.get("agencies", ()))
        values["extra"] = data.get("extra", {})
        values["holdings"] = tuple(_held_from_dict(item) for item in data.get("holdings", ()))
        values["meters"] = {name: _meter_from_list(item) for name, item in data.get("meters", {}).items()}
        return cls(**values)


EMPTY = ClockState()

_INSTANTS = (
    "started_at",
    "deadline_at",
    "appointment_at",
    "original_deadline_at",
    "original_appointment_at",
    "slip_appointment_at",
    "due_soon_at",
    "notice_due_at",
    "apologised_at",
    "extended_at",
    "paused_at",
    "result_at",
    "delivered_at",
    "last_at",
    "counted_at",
)
_PLAIN = (
    "overdue",
    "outcome",
    "timeliness",
    "rounds",
    "cut_off",
    "apologies",
    "supplements",
    "late_notices",
    "paused_for",
)
_NUMBERS = ("limit_seconds", "remaining_seconds")


def _text(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _held_to_dict(held: HeldStep) -> dict[str, Any]:
    data: dict[str, Any] = {"key": held.key, "agency": held.agency, "step": held.step, "since": _text(held.since)}
    for name in ("unit", "account", "group"):
        if (value := getattr(held, name)) is not None:
            data[name] = value
    for name in ("due_at", "due_soon_at"):
        if (at := getattr(held, name)) is not None:
            data[name] = _text(at)
    if held.limit is not None:
        data["limit"] = held.limit.to_list()
    if held.desk:
        data["desk"] = True
    return data


def _held_from_dict(data: Mapping[str, Any]) -> HeldStep:
    return HeldStep(
        key=data["key"],
        agency=data["agency"],
        step=data["step"],
        unit=data.get("unit"),
        account=data.get("account"),
        since=datetime.fromisoformat(data["since"]),
        limit=Limit.from_list(data.get("limit")),
        group=data.get("group"),
        due_at=_instant(data.get("due_at")),
        due_soon_at=_instant(data.get("due_soon_at")),
        desk=bool(data.get("desk", False)),
    )


def _meter_to_list(meter: Meter) -> list[Any]:
    limit = None if meter.limit is None else meter.limit.to_list()
    return [limit, meter.used, _text(meter.since), _text(meter.due_at)]


def _meter_from_list(data: list[Any]) -> Meter:
    return Meter(Limit.from_list(data[0]), data[1], _instant(data[2]), _instant(data[3]))
