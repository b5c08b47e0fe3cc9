"""What clock tests share: rules of the worked cases' province, and the steps of a small procedure."""

from __future__ import annotations

from dataclasses import replace

from app.config import PROJECT_ROOT
from app.rules.clock import ClockRules
from app.rules.events import Holding
from app.rules.limits import Limit
from app.rules.profile import load_profile
from tests.rules.calendars import OFFICE_CALENDAR

QUANG_TRI = load_profile(PROJECT_ROOT / "profiles" / "quang_tri.toml")
RULES = ClockRules(OFFICE_CALENDAR, QUANG_TRI)
RESUMING = ClockRules(OFFICE_CALENDAR, replace(QUANG_TRI, supplement_clock="resume"))

HOUR = 3600
STEPS = {
    "desk": Holding("", "A", "desk", limit=Limit(4 * HOUR)),
    "specialist": Holding("", "A", "specialist", unit="P1", limit=Limit(16 * HOUR)),
    "head": Holding("", "A", "head", unit="P1", limit=Limit(4 * HOUR), group="signing"),
    "director": Holding("", "A", "director", limit=Limit(4 * HOUR), group="signing"),
    "partner": Holding("", "B", "partner", limit=Limit(20 * HOUR)),
    "posting": Holding("", "B", "posting", limit=Limit(5 * 86_400, "calendar")),
    "archive": Holding("", "A", "archive"),
}


def step(name: str, key: str, account: str | None = None) -> Holding:
    """The step's holding under this task's key."""
    return replace(STEPS[name], key=key, account=account)
