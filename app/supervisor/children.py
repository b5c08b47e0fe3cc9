"""One supervised process: started so that it cannot outlive us, restarted with growing delays when it dies by itself."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Mapping

from app.processes import die_with_owner

FIRST_DELAY_SECONDS = 1.0
LONGEST_DELAY_SECONDS = 30.0
HEALTHY_AFTER_SECONDS = 60.0


class Child:
    """`python -m app <arguments>` in its own session, so that the terminal's Ctrl-C reaches only the supervisor."""

    def __init__(self, title: str, arguments: tuple[str, ...], environment: Mapping[str, str]) -> None:
        self.title = title
        self.restart_at: float | None = None
        self._arguments = arguments
        self._environment = dict(environment)
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._failures = 0

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start it; must be called on the supervisor's main thread (see `die_with_owner`)."""
        self.restart_at = None
        self._started_at = time.monotonic()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "app", *self._arguments],
            env=self._environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=die_with_owner(signal.SIGTERM),
        )

    def reap(self) -> int | None:
        """Exit code when it has died since the last call, else None."""
        if self._process is None:
            return None
        code = self._process.poll()
        if code is not None:
            self._process = None
        return code

    def plan_restart(self) -> float:
        """Set `restart_at` and answer the delay in seconds: 1, 2, 4 … 30; one that ran for a minute begins at 1 again."""
        if time.monotonic() - self._started_at > HEALTHY_AFTER_SECONDS:
            self._failures = 0
        delay = min(FIRST_DELAY_SECONDS * 2.0**self._failures, LONGEST_DELAY_SECONDS)
        self._failures += 1
        self.restart_at = time.monotonic() + delay
        return delay

    def ask_to_stop(self) -> None:
        self.restart_at = None
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
