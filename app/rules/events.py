"""What happened to a dossier, as the clock sees it: the stored input of the fold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from app.rules.limits import Limit

REGISTERED = "registered"
ACCEPTED = "accepted"
CLAIMED = "claimed"
RELEASED = "released"
HANDED_OFF = "handed_off"
FORWARDED = "forwarded"
RETURNED = "returned"
RECALLED = "recalled"
TIMER_FIRED = "timer_fired"
TRANSFERRED = "transferred"
DELIVERED_TO_AGENCY = "delivered_to_agency"
AGENCY_RETURNED = "agency_returned"
SENT_BACK = "sent_back"
AGENCY_SUPPLEMENT_REQUESTED = "agency_supplement_requested"
SUPPLEMENT_REQUESTED = "supplement_requested"
SUPPLEMENT_RECEIVED = "supplement_received"
APOLOGISED = "apologised"
WITHDRAWN = "withdrawn"
RESULT_CONFIRMED = "result_confirmed"
DELIVERED = "delivered"

KINDS = frozenset(
    {
        REGISTERED,
        ACCEPTED,
        CLAIMED,
        RELEASED,
        HANDED_OFF,
        FORWARDED,
        RETURNED,
        RECALLED,
        TIMER_FIRED,
        TRANSFERRED,
        DELIVERED_TO_AGENCY,
        AGENCY_RETURNED,
        SENT_BACK,
        AGENCY_SUPPLEMENT_REQUESTED,
        SUPPLEMENT_REQUESTED,
        SUPPLEMENT_RECEIVED,
        APOLOGISED,
        WITHDRAWN,
        RESULT_CONFIRMED,
        DELIVERED,
    }
)


class EventError(ValueError):
    """An event that no dossier can have: a fault of the caller, not a refusal by the regulation."""


@dataclass(frozen=True, slots=True)
class Holding:
    """Who holds one open task. `key` is the task's id as text; steps with the same `group` share one limit.

    `limit` None means that the step's time is attributed but not limited.
    """

    key: str
    agency: str
    step: str
    unit: str | None = None
    account: str | None = None
    limit: Limit | None = None
    group: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON form; what is None is left out."""
        data: dict[str, Any] = {"key": self.key, "agency": self.agency, "step": self.step}
        data |= {name: value for name in ("unit", "account", "group") if (value := getattr(self, name)) is not None}
        if self.limit is not None:
            data["limit"] = self.limit.to_list()
        return data

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Holding:
        return cls(
            key=data["key"],
            agency=data["agency"],
            step=data["step"],
            unit=data.get("unit"),
            account=data.get("account"),
            limit=Limit.from_list(data.get("limit")),
            group=data.get("group"),
        )


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a dossier, `at` an aware instant as it really happened (also outside working hours).

    `closes` are the keys of the holdings that end, `opens` those that begin; `claimed`, `released` and `handed_off` close
    and reopen the same key under another account. `data` is JSON-safe:

    - accepted: `limit_seconds` (working seconds, absent or None = no deadline), or `cut_off` (local HH:MM) where the limit is
      the same day (`limits.SameDay`); `agency_limits` {agency: working seconds},
      the transfer limits of participating agencies (QT-21a); `appointment` (ISO) where the desk sets another than the default
    - supplement_received: `appointment` as above
    - apologised: `appointment` (ISO), the new date; `file`
    - supplement_requested, withdrawn: `file`
    - result_confirmed: `outcome` (granted, refused, stopped; granted when absent), `file` unless granted
    """

    kind: str
    at: datetime
    closes: tuple[str, ...] = ()
    opens: tuple[Holding, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """JSON form: `{"kind", "at": ISO UTC, "closes": [key], "opens": [holding], "data": {…}}`."""
        return {
            "kind": self.kind,
            "at": self.at.astimezone(UTC).isoformat(),
            "closes": list(self.closes),
            "opens": [holding.to_dict() for holding in self.opens],
            "data": dict(self.data),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Event:
        return cls(
            kind=data["kind"],
            at=datetime.fromisoformat(data["at"]),
            closes=_texts(data.get("closes", ())),
            opens=tuple(Holding.from_dict(item) for item in data.get("opens", ())),
            data=dict(data.get("data", {})),
        )


def _texts(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(str(value) for value in values)
