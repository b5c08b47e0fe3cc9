"""The system's processes, each with its children in a process group of its own, so that it can be killed as a whole."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from app.config import PROJECT_ROOT
from app.processes import die_with_owner

OURS = ("MOTCUA_", "DATABASE_", "SMTP_", "MAIL_", "LOG_", "WEB_", "TICK_", "TOKEN_", "PORT", "HOST", "PUBLIC_", "MAX_")

USUAL = ("database_unavailable", "code=unavailable")
"""What a web server says of every request that meets a fault."""


class Part:
    """One process of the system. Start it on the main thread: the kernel ends it with the thread that started it."""

    def __init__(
        self, name: str, arguments: list[str], environment: Mapping[str, str], output: Path, module: str = "app"
    ) -> None:
        self.name = name
        self.kills = 0
        self._arguments = [sys.executable, "-m", module, *arguments]
        kept = {key: value for key, value in os.environ.items() if not key.startswith(OURS)}
        self._environment = kept | dict(environment)
        self._output = output
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._output.open("ab") as output:
            self._process = subprocess.Popen(
                self._arguments,
                env=self._environment,
                cwd=PROJECT_ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=die_with_owner(signal.SIGKILL),
            )

    @property
    def runs(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """kill -9 of the whole group; waits until the kernel has taken the leader away."""
        process = self._process
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def said(self, most: int = 40_000) -> str:
        """The end of what it said, without the thousands of requests that found no database."""
        if not self._output.exists():
            return ""
        lines = self._output.read_text(errors="replace").splitlines(keepends=True)
        return "".join(line for line in lines if not any(word in line for word in USUAL))[-most:]


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
