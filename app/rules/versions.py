"""Which version of a procedure new dossiers follow, and how each version stands (QT-22.3, ST-26.7).

The one with the latest effective day that is not in the future, of two of one day the later published. A version that waits
for its check or was returned is followed by nobody. A repealed one (bãi bỏ) is followed by no new dossier from that day on,
and what it had replaced does not come back; repealed before it ever took effect, it has replaced nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.rules.publication import IN_FORCE as FOLLOWED
from app.rules.publication import PENDING, RETURNED

UPCOMING, IN_FORCE, REPLACED, REPEALED = "upcoming", "in_force", "replaced", "repealed"
STATES: Final = {
    UPCOMING: "Sắp có hiệu lực",
    IN_FORCE: "Đang áp dụng",
    REPLACED: "Đã được thay thế",
    REPEALED: "Đã bãi bỏ",
    PENDING: "Chờ kiểm tra",
    RETURNED: "Bị trả lại, không áp dụng",
}


@dataclass(frozen=True, slots=True)
class Version:
    """`review` one of `publication.REVIEWS`; `repealed_on`: the first day without it."""

    number: int
    effective_from: date
    review: str
    repealed_on: date | None = None


def latest(versions: Iterable[Version], day: date) -> Version | None:
    """The version that had the last word by that day, repealed since or not."""
    came = [
        version
        for version in versions
        if version.effective_from <= day
        and version.review in FOLLOWED
        and (version.repealed_on is None or version.repealed_on > version.effective_from)
    ]
    return max(came, key=lambda version: (version.effective_from, version.number), default=None)


def in_force(versions: Iterable[Version], day: date) -> Version | None:
    """The version that new dossiers follow on that day; None where there is none."""
    found = latest(versions, day)
    return None if found is None or _is_repealed(found, day) else found


def state_of(version: Version, versions: Iterable[Version], day: date) -> str:
    """One of STATES."""
    if version.review in (PENDING, RETURNED):
        return version.review
    if _is_repealed(version, day) or (
        version.repealed_on is not None and version.repealed_on <= version.effective_from
    ):
        return REPEALED
    if version.effective_from > day:
        return UPCOMING
    return IN_FORCE if in_force(versions, day) == version else REPLACED


def _is_repealed(version: Version, day: date) -> bool:
    return version.repealed_on is not None and version.repealed_on <= day
