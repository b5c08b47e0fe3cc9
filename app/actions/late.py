"""Late entry (nhập bù): what was done by hand during an outage, entered afterwards with its true time (QT-28.5c, ST-16.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.access.caller import Caller
from app.errors import DomainError
from app.rules.limits import parse_limit
from app.rules.profile import Profile
from app.wording import spoken_instant

PERMISSION = "dossier.late_entry"
_RULE = {"rule": "QT-28.5c"}


@dataclass(frozen=True, slots=True)
class Happened:
    """What an action's body says of when it really happened: `happened_at` (aware) and `late_reason`."""

    at: datetime
    reason: str | None


@dataclass(frozen=True, slots=True)
class LateEntry:
    """An act entered at `entered_at` that happened at `at`; without a reason it is no late entry, only told precisely."""

    at: datetime
    entered_at: datetime
    reason: str | None = None

    def stamp(self) -> dict[str, Any]:
        """What is written beside it."""
        if self.reason is None:
            return {}
        return {"entered_at": self.entered_at.isoformat(), "late_reason": self.reason}


def happened_in(body: Mapping[str, Any]) -> Happened | None:
    """What the body of an action says of its true time. Errors: DomainError invalid for a reason without a time."""
    at, reason = body.get("happened_at"), body.get("late_reason")
    if at is None:
        if reason:
            raise _invalid("happened_at", "Nhập bù phải ghi thời điểm thực tế.")
        return None
    return Happened(at, reason)


def late_entry(
    happened: Happened, caller: Caller, profile: Profile, now: datetime, after: datetime | None
) -> LateEntry:
    """The entry, once it is allowed: `after` is the dossier's last event, whose order it must not turn around.

    Errors: DomainError forbidden, invalid (`happened_at`, `late_reason`).
    """
    if not caller.may(PERMISSION):
        raise DomainError("forbidden", "Tài khoản của bạn không được giao quyền nhập bù.", extra=_RULE)
    if not happened.reason:
        raise _invalid("late_reason", "Hãy ghi lý do nhập bù.")
    at = happened.at.astimezone(now.tzinfo).replace(microsecond=0)
    furthest = parse_limit(profile.late_entry, "calendar")
    if furthest is not None and at < now - timedelta(seconds=furthest.seconds):
        days = furthest.seconds // 86_400
        raise _invalid("happened_at", f"Chỉ nhập bù được việc của {days} ngày gần đây.")
    return LateEntry(true_time(at, now, after, "happened_at", "QT-28.5c"), now, happened.reason)


def true_time(at: datetime, now: datetime, after: datetime | None, field: str, rule: str) -> datetime:
    """An instant that somebody entered, whole seconds. Errors: DomainError invalid when it is to come or before `after`."""
    at = at.astimezone(now.tzinfo).replace(microsecond=0)
    if at > now:
        raise _invalid(field, "Thời điểm này chưa đến.", rule)
    if after is not None and at < after:
        raise _invalid(field, f"Phải từ {spoken_instant(after)}, là lúc hồ sơ có việc gần nhất được ghi.", rule)
    return at


def _invalid(field: str, text: str, rule: str = "QT-28.5c") -> DomainError:
    return DomainError("invalid", text, errors={field: [text]}, extra={"rule": rule})
