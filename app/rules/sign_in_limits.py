"""How long nobody may try again after failed sign-ins: a delay that grows, then a lock-out that passes by itself (QT-28.5b).

What is counted is a name as it was typed, whether somebody has it or not, so that neither answer nor lock-out tells which names
there are; and the address from which it was tried, for one password tried on many names. A browser in which somebody has signed
in before is counted by itself: whoever tries somebody's name elsewhere cannot keep her out of her own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final


@dataclass(frozen=True, slots=True)
class Limits:
    """`waits`: seconds until the next attempt after the first, second … failure; the last one stands for all further ones.

    `sliding`: failures are forgotten after `forgotten` without one; else so long after the first of them.
    """

    waits: tuple[int, ...]
    forgotten: timedelta
    sliding: bool


LOCKED_OUT_AFTER: Final = 10
"""Failures in a row."""
LOCKED_OUT_FOR: Final = timedelta(minutes=30)
ADDRESS_FREE: Final = 60
"""Failures of one address in its quarter of an hour; a whole office often has one address."""

OF_NAME: Final = Limits(
    (0, 0, 0, 0, 30, 60, 120, 240, 480, int(LOCKED_OUT_FOR.total_seconds())), timedelta(hours=1), sliding=True
)
OF_ADDRESS: Final = Limits((0,) * (ADDRESS_FREE - 1) + (60, 120, 300, 600, 900), timedelta(minutes=15), sliding=False)
KEPT: Final = timedelta(hours=2)
"""Nothing counts for longer."""


def wait_words(seconds: int) -> str:
    """How long somebody has to wait, rounded up: `30 giây`, `8 phút`."""
    return f"{max(1, seconds)} giây" if seconds < 60 else f"{-(-seconds // 60)} phút"
