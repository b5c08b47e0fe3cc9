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
MESSAGE_RECEIVED = "message_received"
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
SIDE_STARTED = "side_started"
SIDE_ENDED = "side_ended"
PAYMENT_REQUESTED = "payment_requested"
PAYMENT_RECEIVED = "payment_received"
PAYMENT_WAIT_ENDED = "payment_wait_ended"
EXTENDED = "extended"
NOT_ACCEPTED = "not_accepted"
CALENDAR_CHANGED = "calendar_changed"
CORRECTED = "corrected"
REPAIRED = "repaired"
VERSION_MOVED = "version_moved"
VERSION_MOVE_UNDONE = "version_move_undone"
IMPORTED = "imported"
IMPORT_WITHDRAWN = "import_withdrawn"

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
        MESSAGE_RECEIVED,
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
        SIDE_STARTED,
        SIDE_ENDED,
        PAYMENT_REQUESTED,
        PAYMENT_RECEIVED,
        PAYMENT_WAIT_ENDED,
        EXTENDED,
        NOT_ACCEPTED,
        CALENDAR_CHANGED,
        CORRECTED,
        REPAIRED,
        VERSION_MOVED,
        VERSION_MOVE_UNDONE,
        IMPORTED,
        IMPORT_WITHDRAWN,
    }
)


class EventError(ValueError):
    """An event that no dossier can have: a fault of the caller, not a refusal by the regulation."""


@dataclass(frozen=True, slots=True)
class Holding:
    """Who holds one open task. `key` is the task's id as text; steps with the same `group` share one limit.

    `limit` None means that the step's time is attributed but not limited. `desk`: the step is worked at the agency's
    receiving desk, whose hours may differ from its office's.
    """

    key: str
    agency: str
    step: str
    unit: str | None = None
    account: str | None = None
    limit: Limit | None = None
    group: str | None = None
    desk: bool = False

    def to_dict(self) -> dict[str, Any]:
        """JSON form; what is None is left out."""
        data: dict[str, Any] = {"key": self.key, "agency": self.agency, "step": self.step}
        data |= {name: value for name in ("unit", "account", "group") if (value := getattr(self, name)) is not None}
        if self.limit is not None:
            data["limit"] = self.limit.to_list()
        if self.desk:
            data["desk"] = True
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
            desk=bool(data.get("desk", False)),
        )


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a dossier, `at` an aware instant as it really happened (also outside working hours).

    `closes` are the keys of the holdings that end, `opens` those that begin; `claimed`, `released` and `handed_off` close
    and reopen the same key under another account. `data` is JSON-safe:

    - accepted: `limit_seconds` (absent or None = no deadline) in `limit_unit`: working seconds, or "calendar": the whole
      procedure in calendar days; or `cut_off` (local HH:MM) where the limit is the same day (`limits.SameDay`);
      `agency_limits` {agency: working seconds}, the transfer limits of participating agencies (QT-21a); `appointment` (ISO)
      where the desk sets another than the default
    - supplement_requested: `file`; `agencies`, whose slips were merged into it (QT-19.3d)
    - supplement_received: `appointment` as above
    - payment_requested: `file`; `step`, where the diagram itself came to a step that waits for the payment
    - payment_received: `file`; payment_wait_ended: nothing came, and it is not waited for any more; `step` as above
    - apologised: `appointment` (ISO), the new date; `file`; `agencies`, who asked for it and is charged (QT-19.1c, QT-20.2e)
    - extended: `appointment` (ISO), `file`, `agency`, who asked for it (ST-14.3đ)
    - withdrawn: `file`
    - not_accepted: nothing
    - result_confirmed: `outcome` (granted, refused, stopped; granted when absent), `file` unless granted; `agencies`, whose
      refusals were merged into it (QT-19.2b)
    - side_started, side_ended: `process`, the kind of request that takes the dossier from its steps and gives it back
    - calendar_changed: `appointment` (ISO or None), the one issued before the calendar changed; `slip_appointment` and
      `original_appointment` where they differ from it; `deadline`, the former one; `reason`
    - corrected: `seq` of the row that was wrong; `at` (ISO), `data` (merged; None takes a key away), `void`; `reason`
    - version_moved, version_move_undone: `from_version`, `to_version` (numbers); `renamed` {step: step}; `agency_limits` as
      above, absent where they stay
    - imported: `received_at` (ISO) in the other system; `deadline`, `appointment`, `result_at` (ISO) as they were there, or as
      the rules have them where absent; `limit_seconds`, `limit_unit`, `cut_off`, `agency_limits` as of `accepted`
    - import_withdrawn: `reason`
    - any: `entered_at` (ISO) and `late_reason` of what was entered after an outage (QT-28.5c)
    - any, put there by `corrections.effective` and never stored: `corrected_at` (ISO)
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
