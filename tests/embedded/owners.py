"""Processes that own an embedded server, to be killed; and work done as another user."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.config import PROJECT_ROOT
from app.processes import wait_gone

OWNER_PROGRAM = """
import sys
from pathlib import Path
from app.embedded import EmbeddedError, EmbeddedPostgres

folder, binaries = Path(sys.argv[1]), Path(sys.argv[2]) if sys.argv[2] else None
try:
    server = EmbeddedPostgres(folder, binaries=binaries)
    server.start()
except EmbeddedError as error:
    print(type(error).__name__, error, flush=True)
    sys.exit(3)
print(server.pid, server.data, flush=True)
sys.stdin.read()
server.stop()
"""


@dataclass(frozen=True)
class Owner:
    process: subprocess.Popen[str]
    postmaster: int
    data: Path

    def kill(self) -> None:
        """kill -9 of the owner alone."""
        self.process.kill()
        self.process.wait()


def try_owner(folder: Path, binaries: Path | None = None) -> tuple[subprocess.Popen[str], str]:
    """A process that starts the server of `folder`, and the line that it says."""
    process = subprocess.Popen(
        [sys.executable, "-c", OWNER_PROGRAM, str(folder), str(binaries or "")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=PROJECT_ROOT,
    )
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


@contextmanager
def owner(folder: Path, binaries: Path | None = None) -> Iterator[Owner]:
    process, said = try_owner(folder, binaries)
    pid, _, data = said.partition(" ")
    assert pid.isdigit(), said
    try:
        yield Owner(process, int(pid), Path(data))
    finally:
        process.kill()
        process.communicate()
        wait_gone([int(pid)], 30)


def kill_and_wait(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    assert not wait_gone([pid], 30)


def as_user(uid: int, work: Callable[[], Any]) -> Any:
    """Do `work` in a forked child that has become `uid` for good; its answer (JSON), or an assertion with its error."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(uid)
            os.setuid(uid)
            os.umask(0o022)
            answer = {"answer": work()}
        except BaseException as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        os.write(writing, json.dumps(answer).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as file:
        result = json.loads(file.read())
    os.waitpid(child, 0)
    assert "error" not in result, result["error"]
    return result["answer"]
