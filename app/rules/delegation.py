"""Duties that a head hands to somebody within limits: which steps they cover (TN-25.2, QT-15.4).

A delegation never covers more than its delegator's position; what is asked here is only what of it is left by the limits.
"""

from __future__ import annotations

from dataclasses import dataclass

MAIN = "main"
ON_BEHALF, FOR_CHIEF = "TUQ.", "KT."
FORMS = {ON_BEHALF: "Ký thừa ủy quyền (TUQ.)", FOR_CHIEF: "Ký thay (KT.), dành cho cấp phó"}
"""How whoever signs in another's name puts it before her title (Decree 30/2020, appendix I)."""


def step_key(kind: str, step: str) -> str:
    """How limits name a step: of the procedure by its id, of a side process with its kind before it."""
    return step if kind == MAIN else f"{kind}:{step}"


@dataclass(frozen=True, slots=True)
class Limits:
    """What of a position's work is handed over: ids of procedures, step keys (`step_key`); none of either is all.

    `daily_most`: how many tasks a day at most, None for any number.
    """

    procedures: frozenset[int] = frozenset()
    steps: frozenset[str] = frozenset()
    daily_most: int | None = None

    def why_not(self, procedure: int, step: str) -> str | None:
        """Why a step of that procedure is not covered, in words; None where it is."""
        if self.procedures and procedure not in self.procedures:
            return "không gồm thủ tục của hồ sơ này"
        if self.steps and step not in self.steps:
            return "không gồm bước này"
        return None

    def spent(self, done: int) -> bool:
        """Whether the day's number is used up when so many other tasks were worked under it today."""
        return self.daily_most is not None and done >= self.daily_most
