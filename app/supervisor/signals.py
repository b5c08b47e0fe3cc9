"""Ctrl-C and friends as an exception, so that setting up, waiting and stopping need no flags."""

from __future__ import annotations

import signal
import time
from types import FrameType

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
ECHO_SECONDS = 1.0  # one Ctrl-C can arrive twice: from the terminal and from make


class StopRequested(BaseException):
    """Somebody wants us to stop; a second one, later, wants us to hurry."""


class StopSignals:
    """Raises StopRequested on the main thread for SIGINT, SIGTERM and SIGHUP until told to ignore them."""

    def __init__(self) -> None:
        self._last = float("-inf")

    def listen(self) -> None:
        """From now on; a SIGHUP that nohup has told us to ignore stays ignored."""
        for number in STOPPING:
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._receive)

    def ignore(self) -> None:
        """What is being done now must be finished."""
        for number in STOPPING:
            signal.signal(number, signal.SIG_IGN)

    def _receive(self, _number: int, _frame: FrameType | None) -> None:
        now = time.monotonic()
        if now - self._last > ECHO_SECONDS:
            self._last = now
            raise StopRequested
