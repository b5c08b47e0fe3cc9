"""The plan of the demonstration dossiers: which there are to be, how old each is, how fast it goes and where it stops."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import accumulate
from random import Random
from typing import Any

from app.actions.register import Register
from app.demo.content import DEFAULT, content
from app.errors import DomainError
from app.rules.calendar import WorkCalendar
from app.rules.services import deliveries
from app.wording import LOCAL

SCATTER_SECONDS = 20 * 60
"""How far a registration strays from its planned age."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One dossier of the plan; see `data/dossiers.toml`. `age_days` are working days before now."""

    number: int
    procedure: str
    agency: str
    channel: str
    applicant: Mapping[str, str]
    age_days: float
    pace: float
    goal: str
    step: str | None
    returned: str | None
    busy: bool


def plan(dossiers: int, profile: str = DEFAULT) -> list[Planned]:
    """The plan of `data/dossiers.toml` stretched or thinned to so many dossiers, evenly over its rows."""
    rows = content("dossiers", profile)["dossiers"]
    ends = list(accumulate(row["count"] for row in rows))
    places = [(number + 0.5) * ends[-1] / dossiers for number in range(dossiers)]
    applicants = _Turns(profile)
    planned: list[Planned] = []
    for row, end in zip(rows, ends, strict=True):
        number = sum(end - row["count"] <= place < end for place in places)
        oldest, youngest = row["age"]
        for place in range(number):
            planned.append(
                Planned(
                    number=len(planned) + 1,
                    procedure=row["procedure"],
                    agency=row["agency"],
                    channel=row["channel"],
                    applicant=applicants.next(row["applicants"]),
                    age_days=oldest + (youngest - oldest) * place / max(number - 1, 1),
                    pace=row["pace"],
                    goal=row["goal"],
                    step=row.get("step"),
                    returned=row.get("returned"),
                    busy=row.get("busy", False),
                )
            )
    return planned


class _Turns:
    """Applicants of each kind, one after the other."""

    def __init__(self, profile: str) -> None:
        self._applicants = content("applicants", profile)["applicants"]
        self._given: dict[str, int] = {}

    def next(self, kind: str) -> Mapping[str, str]:
        same = [applicant for applicant in self._applicants if applicant["kind"] == kind]
        given = self._given.get(kind, 0)
        self._given[kind] = given + 1
        return {key: value for key, value in same[given % len(same)].items() if key != "kind"}


def procedure_of(planned: Planned) -> Mapping[str, Any]:
    found: Mapping[str, Any] = next(
        procedure for procedure in content("procedures")["procedures"] if procedure["code"] == planned.procedure
    )
    return found


def registered_at(planned: Planned, calendar: WorkCalendar, now: datetime, chance: Random) -> datetime:
    """When the dossier is handed in: its age before now, in working time, and not before the procedure is in force.

    Errors: DomainError wrong_state when the procedure is not in force yet.
    """
    effective: date = procedure_of(planned)["effective_from"]
    opening = calendar.counted(datetime.combine(effective, time(0), LOCAL))
    if now <= opening:
        raise DomainError(
            "wrong_state",
            f"Thủ tục {planned.procedure} có hiệu lực từ {effective:%d/%m/%Y}, sau thời điểm hiện tại của máy.",
        )
    age = round(planned.age_days * calendar.seconds_per_day) + chance.randint(-SCATTER_SECONDS, SCATTER_SECONDS)
    wanted = calendar.back(now, max(age, 60))
    if wanted > opening:
        return wanted
    return min(calendar.due(opening, chance.randint(60, 4 * 3600)), calendar.back(now, 60))


def registration(planned: Planned, profile: str, chance: Random) -> Register:
    """What the desk enters: the papers that the procedure asks for, as the channel brings them."""
    procedure = procedure_of(planned)
    online = planned.channel == "online"
    parts = []
    for component in procedure["components"]:
        if component["present_only"] or (not component["required"] and chance.random() < 0.5):
            continue
        kind = "electronic" if online else "original" if component["originals"] else "copy"
        quantity = 1 if online else component["originals"] or component["copies"]
        parts.append({"code": component["code"], "kind": kind, "quantity": quantity})
    return Register(
        procedure=planned.procedure,
        applicant=planned.applicant,
        profile=profile,
        agency=planned.agency,
        channel=planned.channel,
        components=tuple(parts),
        notify=("email",) if online else chance.choice([("email",), ("email", "sms"), ("phone",)]),
        deliver=_deliver(planned, chance),
        data={"request": content("dossiers")["requests"][planned.procedure]},
        intake={"post_voucher": f"EB{100_000_000 + planned.number}VN", "receipt_by": "desk"}
        if planned.channel == "post"
        else {},
    )


def _deliver(planned: Planned, chance: Random) -> dict[str, str]:
    if planned.channel == "post":
        return {"mode": "post", "address": planned.applicant["address"]}
    if (
        planned.channel == "online"
        and chance.random() < 0.5
        and "online" in deliveries(procedure_of(planned)["service_level"])
    ):
        return {"mode": "online"}
    return {"mode": "desk"}
