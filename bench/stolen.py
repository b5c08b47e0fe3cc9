"""Seconds in which the machine under us gave its processors to others: what was measured in them says nothing about us."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from pathlib import Path

LIMIT = 0.15
"""Share of the processors' time beyond which a second is left out, with the one after it."""


class Stolen:
    """Looks once a second until it is stopped."""

    def __init__(self) -> None:
        self.bad: set[int] = set()
        """Seconds of the monotonic clock."""
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        total, stolen = _ticks()
        begun = time.monotonic()
        while not self._done.wait(1.0):
            now = time.monotonic()
            total_now, stolen_now = _ticks()
            if stolen_now - stolen > LIMIT * (total_now - total):
                self.bad.update(range(int(begun), int(now) + 2))
            total, stolen, begun = total_now, stolen_now, now

    def kept(self, taken: Iterable[tuple[float, float]]) -> list[float]:
        """How long each took, of those (when it began by the monotonic clock, how long) that no bad second touches."""
        return [took for began, took in taken if self.bad.isdisjoint(range(int(began), int(began + took) + 1))]

    def stop(self) -> None:
        self._done.set()
        self._thread.join()


def _ticks() -> tuple[int, int]:
    """All that the processors had, and what was stolen of it; a kernel that does not say steals nothing."""
    numbers = [int(word) for word in Path("/proc/stat").read_text(encoding="ascii").split("\n", 1)[0].split()[1:9]]
    return sum(numbers), numbers[7] if len(numbers) > 7 else 0
