"""Which version of a procedure new dossiers follow, and how each version stands (QT-22.3, ST-26.7).

The one with the latest effective day that is not in the future, of two of one day the later published. A version that waits
for its check or was returned is followed by nobody. A repealed one (bãi bỏ) is followed by no new dossier from that day on,
and what it had replaced does not come back; repealed before it ever took effect, it has replaced nothing.

A decision is replaced or repealed, a faulty configuration of it is corrected: the correction (`stands_for`) takes the place of
the version that it corrects from its own day on, under that version's decision and effective day, and changes nothing about
which decision comes before which.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.rules.publication import IN_FORCE as FOLLOWED
from app.rules.publication import PENDING, RETURNED

UPCOMING, IN_FORCE, REPLACED, REPEALED, CORRECTED = "upcoming", "in_force", "replaced", "repealed", "corrected"
STATES: Final = {
    UPCOMING: "Sắp có hiệu lực",
    IN_FORCE: "Đang áp dụng",
    REPLACED: "Đã được thay thế",
    REPEALED: "Đã bãi bỏ",
    CORRECTED: "Cấu hình đã thay (lỗi)",
    PENDING: "Chờ kiểm tra",
    RETURNED: "Bị trả lại, không áp dụng",
}


@dataclass(frozen=True, slots=True)
class Version:
    """`review` one of `publication.REVIEWS`; `repealed_on`: the first day without it. Of a correction: `stands_for` is the
    number of the decision's first version, in whose place it stands, `applies_from` the day from which it does."""

    number: int
    effective_from: date
    review: str
    repealed_on: date | None = None
    stands_for: int | None = None
    applies_from: date | None = None

    @property
    def place(self) -> int:
        """The version in whose place it stands; its own number where it corrects none."""
        return self.number if self.stands_for is None else self.stands_for


def latest(versions: Iterable[Version], day: date) -> Version | None:
    """The version that had the last word by that day, repealed since or not."""
    every = list(versions)
    came = [
        version
        for version in every
        if version.effective_from <= day
        and _speaks(version, day)
        and corrected_by(version, every, day) is None
        and (version.repealed_on is None or version.repealed_on > version.effective_from)
    ]
    return max(came, key=lambda version: (version.effective_from, version.place), default=None)


def in_force(versions: Iterable[Version], day: date) -> Version | None:
    """The version that new dossiers follow on that day; None where there is none."""
    found = latest(versions, day)
    return None if found is None or _is_repealed(found, day) else found


def corrected_by(version: Version, versions: Iterable[Version], day: date) -> Version | None:
    """The newest correction that stands in the place of the version on that day, or None."""
    later = [
        other
        for other in versions
        if other.place == version.place and other.number > version.number and _speaks(other, day)
    ]
    return max(later, key=lambda other: other.number, default=None)


def state_of(version: Version, versions: Iterable[Version], day: date) -> str:
    """One of STATES."""
    every = list(versions)
    if version.review in (PENDING, RETURNED):
        return version.review
    if _is_repealed(version, day) or (
        version.repealed_on is not None and version.repealed_on <= version.effective_from
    ):
        return REPEALED
    if corrected_by(version, every, day) is not None:
        return CORRECTED
    if version.effective_from > day:
        return UPCOMING
    return IN_FORCE if in_force(every, day) == version else REPLACED


def _speaks(version: Version, day: date) -> bool:
    """Whether it counts by that day, apart from its decision's effective day."""
    return version.review in FOLLOWED and (version.applies_from is None or version.applies_from <= day)


def _is_repealed(version: Version, day: date) -> bool:
    return version.repealed_on is not None and version.repealed_on <= day
