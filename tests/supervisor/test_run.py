"""`motcua run` as a whole: it survives kills of every part, refuses a second one, and leaves nothing behind."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.config import PROJECT_ROOT
from app.processes import living_in, marked, parent_of, wait_gone
from app.supervisor.leftovers import MARK, mark_of

READY = "Ctrl-C"


@pytest.fixture
def data() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="motcua-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class Run:
    """One `motcua run`, its output read line by line."""

    def __init__(self, data: Path, port: int) -> None:
        self.data, self.port = data, port
        environment = {
            **os.environ,
            "MOTCUA_DATA": str(data),
            "PORT": str(port),
            "WEB_WORKERS": "1",
            "WEB_THREADS": "2",
        }
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app", "run", "--no-demo"],
            env=environment,
            cwd=PROJECT_ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def until(self, wanted: str) -> str:
        """Read on until a line holds `wanted`; the run's own end fails the test with all that it said."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)
            if wanted in line:
                return line
        raise AssertionError(f"ended with {self.process.wait()} without saying {wanted!r}:\n{''.join(self.lines)}")

    def status(self, path: str = "/readyz") -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        finally:
            connection.close()

    def children(self) -> list[int]:
        """Direct children that carry the mark: the web server's master and the worker."""
        return [pid for pid in marked(MARK, mark_of(self.data)) if parent_of(pid) == self.process.pid]

    def everybody(self) -> list[int]:
        return [*marked(MARK, mark_of(self.data)), *living_in(self.data / "postgres" / "data")]

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()
        wait_gone(self.everybody(), 60)


@pytest.fixture
def runs() -> Iterator[list[Run]]:
    started: list[Run] = []
    yield started
    for run in started:
        run.end()


def test_every_part_may_be_killed(data: Path, port: int, runs: list[Run]) -> None:
    first = Run(data, port)
    runs.append(first)
    first.until(READY)
    assert first.status() == 200

    (postmaster,) = [pid for pid in living_in(data / "postgres" / "data") if parent_of(pid) == first.process.pid]
    os.kill(postmaster, signal.SIGKILL)
    first.until("PostgreSQL nhúng đã chạy lại")
    assert first.status("/healthz") == 200

    for pid in first.children():
        os.kill(pid, signal.SIGKILL)
    first.until("Máy chủ web dừng bất ngờ (mã -9); khởi động lại sau 1 giây")
    first.until("Listening at")
    assert first.status() == 200

    first.process.kill()
    second = Run(data, port)
    runs.append(second)
    second.until(READY)
    assert second.status() == 200

    refused = Run(data, port)
    runs.append(refused)
    refused.until(f"tiến trình {second.process.pid}")
    assert refused.process.wait(60) == 1

    second.process.send_signal(signal.SIGINT)
    output, _ = second.process.communicate(timeout=60)
    assert second.process.returncode == 0
    assert "Đang dừng" in output
    assert second.everybody() == []
    assert not (data / "postgres" / "data" / "postmaster.pid").exists(), (
        "the database was shut down, not left to recover"
    )


def test_a_port_in_use_is_seen_before_anything_is_made(data: Path, runs: list[Run]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        run = Run(data, taken.getsockname()[1])
        runs.append(run)
        run.until("PORT=8001 make run")
        assert run.process.wait(60) == 1
    assert not (data / "postgres").exists()
