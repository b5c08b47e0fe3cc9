"""Random dossiers: histories of events that a real one could have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from app.config import PROJECT_ROOT
from app.rules.clock import ClockRules
from app.rules.events import Event, Holding
from app.rules.limits import Limit
from app.rules.profile import load_profile
from tests.rules.calendars import OFFICE_CALENDAR, at

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
GAPS = st.one_of(
    st.integers(0, 4 * HOUR), st.integers(0, 30 * HOUR), st.just(0), st.sampled_from([15 * 60, 86_400, 7 * 86_400])
)
MOVES = ("forwarded", "returned", "transferred", "sent_back")


def step(name: str, key: str, account: str | None = None) -> Holding:
    """The step's holding under this task's key."""
    return replace(STEPS[name], key=key, account=account)


@dataclass
class Writer:
    """Writes events one after the other; `open` are the holdings of the moment."""

    now: datetime
    events: list[Event]
    open: list[Holding]
    paused: bool = False
    count: int = 0

    def add(self, kind: str, closes: list[Holding], opens: list[Holding], **data: Any) -> None:
        self.events.append(Event(kind, self.now, tuple(one.key for one in closes), tuple(opens), data))
        self.open = [one for one in self.open if one not in closes] + opens

    def fresh(self, name: str) -> Holding:
        self.count += 1
        return step(name, f"t{self.count}")


@st.composite
def histories(draw: Callable[[st.SearchStrategy[Any]], Any], longest: int = 14) -> list[Event]:
    """From registration through moves, claims, parallel steps, pauses and apologies, mostly to result and delivery."""
    writer = Writer(at("2026-08-17 07:00") + timedelta(seconds=draw(st.integers(0, 14 * 86_400))), [], [])
    writer.add("registered", [], [writer.fresh("desk")])
    writer.now += timedelta(seconds=draw(GAPS))
    limit = draw(
        st.sampled_from([*({"limit_seconds": s} for s in (8 * HOUR, 40 * HOUR, 61, None)), {"cut_off": "15:00"}])
    )
    writer.add("accepted", list(writer.open), [writer.fresh("desk")], **limit, agency_limits={"B": 16 * HOUR})
    for _ in range(draw(st.integers(0, longest))):
        writer.now += timedelta(seconds=draw(GAPS))
        _one_more(draw, writer)
    if draw(st.booleans()):
        writer.now += timedelta(seconds=draw(GAPS))
        writer.add("result_confirmed", [], [])
        writer.now += timedelta(seconds=draw(GAPS))
        writer.add("delivered", list(writer.open), [])
    return writer.events


def _one_more(draw: Callable[[st.SearchStrategy[Any]], Any], writer: Writer) -> None:
    kind = draw(st.sampled_from([*MOVES, *MOVES, "split", "join", "claimed", "handed_off", "pause", "apologised"]))
    held = draw(st.sampled_from(writer.open))
    if kind in MOVES:
        writer.add(kind, [held], [writer.fresh(draw(st.sampled_from(sorted(STEPS))))])
    elif kind == "split":
        writer.add("forwarded", [held], [writer.fresh("partner"), writer.fresh("posting"), writer.fresh("head")][:3])
    elif kind == "join" and len(writer.open) > 1:
        writer.add("forwarded", list(writer.open), [writer.fresh("director")])
    elif kind in ("claimed", "handed_off"):
        writer.add(kind, [held], [replace(held, account=draw(st.sampled_from(["lan", "minh", None])))])
    elif kind == "pause":
        writer.add("supplement_received" if writer.paused else "supplement_requested", [], [], file="phieu-02.pdf")
        writer.paused = not writer.paused
    elif kind == "apologised":
        new_date = (writer.now + timedelta(days=20)).isoformat()
        writer.add("apologised", [], [], file="phieu-04.pdf", appointment=new_date)
