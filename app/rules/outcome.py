"""How a dossier stands against its time, and what the province calls that (QT-18.6, QT-18.7, LA-14.4, LA-14.5).

What a result is measured against, how finely, and the words for it are the profile's; the marks of the folded clock stay.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, Literal

from app.rules.clock_state import ClockState, Timeliness
from app.rules.profile import Profile

TIMELINESS: Final[tuple[Timeliness, ...]] = ("early", "on_time", "late")
StandingName = Literal["early", "on_time", "late", "open", "overdue"]
STANDINGS: Final[tuple[StandingName, ...]] = (*TIMELINESS, "open", "overdue")

OPEN_LABEL = "trong hạn"
"""An open dossier within its time, as column 12 of the report form II.06a/VPCP/KSTT calls it; no regulation names it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """`name`: early, on_time or late once there is a result, else open or overdue; `label`: what the province calls it."""

    name: StandingName
    label: str

    @property
    def overdue(self) -> bool:
        """Late with its result, or overdue without one."""
        return self.name in ("late", "overdue")


def rule_of(profile: Profile) -> str:
    """The rule by which results are measured there."""
    return "LA-14.4" if profile.on_time_by == "date" else "QT-18.6"


def measured_against(
    deadline_at: datetime | None, appointment_at: datetime | None, profile: Profile
) -> datetime | None:
    """The instant that decides (QT-18.6: the deadline; LA-14.4: the appointment); the other where there is none."""
    if profile.on_time_against == "appointment":
        return appointment_at or deadline_at
    return deadline_at or appointment_at


def is_late(
    at: datetime, deadline_at: datetime | None, appointment_at: datetime | None, profile: Profile, tz: tzinfo
) -> bool:
    """Whether a result `at` is late. `tz` says which day an instant falls on. Without any limit nothing is late."""
    limit = measured_against(deadline_at, appointment_at, profile)
    if limit is None:
        return False
    if profile.on_time_by == "date":
        return _day(at, tz) > _day(limit, tz)
    return at > limit or (at == limit and profile.result_at_deadline == "overdue")


def classed(
    at: datetime,
    deadline_at: datetime | None,
    appointment_at: datetime | None,
    marked: bool,
    profile: Profile,
    tz: tzinfo,
) -> Timeliness:
    """How a result `at` came; `marked`: an apology has made the dossier overdue for good (QT-19.1a).

    Early is on a day before under every profile: QT-18.7 counts early ones without saying which they are, LA-14.4a says it.
    """
    if marked or is_late(at, deadline_at, appointment_at, profile, tz):
        return "late"
    return _early_or_on_time(at, deadline_at, appointment_at, profile, tz)


def classify(state: ClockState, profile: Profile, tz: tzinfo) -> Timeliness | None:
    """What the clock decided with the result; None while there is none, and of what was never accepted."""
    if state.started_at is None or state.result_at is None:
        return None
    if state.timeliness is not None:
        return state.timeliness
    if state.overdue:  # a clock that was kept before results were classed: its mark decided
        return "late"
    return _early_or_on_time(state.result_at, state.deadline_at, state.appointment_at, profile, tz)


def in_progress_overdue(state: ClockState, now: datetime, profile: Profile) -> bool:
    """Still open and past its time (LA-14.4d; QT: past the deadline), by the instant; a paused one where it stopped."""
    limit = measured_against(state.deadline_at, state.appointment_at, profile)
    return state.result_at is None and limit is not None and (state.paused_at or now) > limit


def standing_of(state: ClockState, now: datetime, profile: Profile, tz: tzinfo) -> Standing | None:
    """How the dossier stands at `now`; None before acceptance, and of one that was never accepted."""
    if state.started_at is None:
        return None
    timeliness = classify(state, profile, tz)
    if timeliness is not None:
        return Standing(timeliness, timeliness_label(timeliness, profile))
    if in_progress_overdue(state, now, profile):
        return Standing("overdue", profile.label_overdue_open)
    if state.overdue:
        return Standing("overdue", profile.label_overdue)
    return Standing("open", OPEN_LABEL)


def timeliness_label(timeliness: Timeliness, profile: Profile) -> str:
    """What the province calls it: LA says "trễ hạn" where the others say "quá hạn"."""
    return {"early": profile.label_early, "on_time": profile.label_on_time, "late": profile.label_late}[timeliness]


@dataclass(frozen=True, slots=True)
class Counts:
    """Dossiers of a period: received, and resolved by how the result came."""

    received: int
    early: int = 0
    on_time: int = 0
    late: int = 0

    @property
    def resolved(self) -> int:
        return self.early + self.on_time + self.late


@dataclass(frozen=True, slots=True)
class Rates:
    """In percent, to two places; None where there is nothing to compare with.

    `resolution`: resolved of received (QT-18.7a, LA-14.5a). `on_time`: early and on time of resolved (QT-18.7b, LA-14.5b).
    """

    resolution: Decimal | None
    on_time: Decimal | None


def rates(counts: Counts) -> Rates:
    """The two rates of QT-18.7 and LA-14.5. More may be resolved than received: dossiers come from the period before."""
    return Rates(
        resolution=_percent(counts.resolved, counts.received),
        on_time=_percent(counts.early + counts.on_time, counts.resolved),
    )


def _early_or_on_time(
    at: datetime, deadline_at: datetime | None, appointment_at: datetime | None, profile: Profile, tz: tzinfo
) -> Timeliness:
    limit = measured_against(deadline_at, appointment_at, profile)
    return "early" if limit is not None and _day(at, tz) < _day(limit, tz) else "on_time"


def _percent(part: int, whole: int) -> Decimal | None:
    """100.00 only where it is all of them: one late dossier among a hundred thousand stays seen."""
    if whole == 0:
        return None
    value = (Decimal(part) * 100 / whole).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return min(value, Decimal("99.99")) if part < whole else value


def _day(at: datetime, tz: tzinfo) -> int:
    return at.astimezone(tz).toordinal()
