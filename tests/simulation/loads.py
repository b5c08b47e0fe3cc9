"""Grounds and plans for simulations, and a dossier of one step that knows no diagram."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.calendars import default_calendar_data
from app.config import PROJECT_ROOT
from app.simulation.courses import Work
from app.simulation.draws import Spread
from app.simulation.loading import Ground
from app.simulation.plan import LoadPlan, Stream, Worker

BPMN = PROJECT_ROOT / "bpmn" / "procedures"
FORMS = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in (PROJECT_ROOT / "forms").glob("*.json")}
AGENCY = "SNV"
ROUND = {"tz": "+07:00", "weekly": {"mon-sun": [["00:00", "24:00"]]}, "minutes_per_day": 1440}
"""A calendar that never closes."""
OFFICE = default_calendar_data(2026, 2027)


def ground(name: str = "reduce_public_tuition", limit: str = "P10D", calendar: Mapping[str, Any] = OFFICE) -> Ground:
    text = (BPMN / f"{name}.bpmn").read_text(encoding="utf-8")
    return Ground("national_2025", limit, "working", text, {}, FORMS, {"office": calendar}, "office", {})


def plan(on: Ground, *, weeks: int = 2, per_week: float = 30, people: int = 1, **more: Any) -> LoadPlan:
    places = {(AGENCY, step.position) for step in on.played().definition.steps.values()}
    staff = tuple(
        Worker(f"{position} {n}", ((agency, position),)) for agency, position in sorted(places) for n in range(people)
    )
    return LoadPlan(date(2026, 3, 2), weeks, streams=(Stream(AGENCY, per_week),), people=staff, **more)


@dataclass(slots=True)
class OneStep:
    """A dossier with one step, done when that is done."""

    limit_seconds: int = 3600
    done_at: datetime | None = None

    def open(self) -> Sequence[Work]:
        if self.finished:
            return ()
        return [Work("one", "one", "one", "Một việc", "clerk", AGENCY, False, None, self.limit_seconds)]

    def complete(self, key: str, at: datetime, decision: str | None, by: str | None) -> None:
        self.done_at = at

    def send_back(self, key: str, at: datetime, by: str | None) -> bool:
        return False

    def ask_applicant(self, key: str, at: datetime) -> bool:
        return False

    def applicant_answered(self, at: datetime) -> None:
        raise AssertionError

    def next_timer(self) -> datetime | None:
        return None

    def fire(self, at: datetime) -> None:
        raise AssertionError

    def is_late(self, at: datetime) -> bool:
        return False

    @property
    def finished(self) -> bool:
        return self.done_at is not None

    @property
    def result_at(self) -> datetime | None:
        return self.done_at


WHOLE_LIMIT = Spread("fixed", 0, 1, 1)
