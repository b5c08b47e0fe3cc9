"""The gate for files from outside: in a process of its own, within TIME_LIMIT and MEMORY_LIMIT, whatever the file holds.

A limit on address space would kill V8 at its start, so the resident size is watched instead. One worker serves
many files; after a breach or a crash it is killed and the next file gets a new one.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.engine.gate.verdict import verdict
from app.engine.problems import error

TIME_LIMIT = 7.0  # seconds for one file; with the start of a worker this stays below the promised ten
MEMORY_LIMIT = 700 * 1024 * 1024  # bytes resident in the worker; with the caller this stays below the promised GiB
_POLL = 0.02  # seconds between two looks at the worker's size

_ROOT = Path(__file__).resolve().parents[2]
_PAGE = os.sysconf("SC_PAGE_SIZE")


class _Breach(Exception):  # noqa: N818
    """The worker did not answer as it should; the argument is the code of the problem."""


_BREACHES = {
    "check.too-slow": "Kiểm tra sơ đồ này mất quá lâu. Hãy đơn giản hóa hoặc tách sơ đồ.",
    "check.too-heavy": "Kiểm tra sơ đồ này cần quá nhiều bộ nhớ. Hãy đơn giản hóa hoặc tách sơ đồ.",
    "check.crashed": "Không kiểm tra được sơ đồ này: bộ kiểm tra đã dừng giữa chừng. Hãy xuất lại tệp từ công cụ vẽ.",
}


class Guard:
    """Checks files one at a time; safe between threads. Close it, or use it in a `with`, to end the worker."""

    def __init__(self, *, time_limit: float = TIME_LIMIT, memory_limit: int = MEMORY_LIMIT) -> None:
        self._time_limit = time_limit
        self._memory_limit = memory_limit
        self._lock = threading.Lock()
        self._worker: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Guard:
        return self

    def __exit__(self, *trace: object) -> None:
        self.close()

    def close(self) -> None:
        with self._lock:
            self._end()

    def check_file(self, path: str, shared: Mapping[str, bytes]) -> dict[str, Any]:
        """The verdict (as `Verdict.to_dict`) on a file that the worker opens. Never raises for what the file holds."""
        return self._check(path, {"path": path}, shared)

    def check(self, name: str, content: bytes, shared: Mapping[str, bytes]) -> dict[str, Any]:
        """The verdict (as `Verdict.to_dict`) on content that is called `name`."""
        return self._check(name, {"content": base64.b64encode(content).decode()}, shared)

    def _check(self, name: str, source: dict[str, str], shared: Mapping[str, bytes]) -> dict[str, Any]:
        library = {key: base64.b64encode(content).decode() for key, content in shared.items()}
        request = json.dumps({"name": name, "shared": library, **source}).encode() + b"\n"
        with self._lock:
            try:
                return self._ask(request)
            except _Breach as breach:
                self._end()
                code = str(breach)
                return verdict(name, [error(code, _BREACHES[code])]).to_dict()

    def _ask(self, request: bytes) -> dict[str, Any]:
        if self._worker is None or self._worker.poll() is not None:
            self._end()
            self._worker = self._start()
        deadline = time.monotonic() + self._time_limit
        sender = threading.Thread(target=self._send, args=(self._worker, request), daemon=True)
        sender.start()
        answer = self._receive(self._worker, deadline)
        sender.join()
        try:
            document: dict[str, Any] = json.loads(answer)
        except ValueError as problem:
            raise _Breach("check.crashed") from problem
        return document

    @staticmethod
    def _send(worker: subprocess.Popen[bytes], request: bytes) -> None:
        # In a thread: a worker that stopped reading must not hold up the watch over it.
        with contextlib.suppress(OSError, ValueError):
            if worker.stdin is not None:
                worker.stdin.write(request)
                worker.stdin.flush()

    def _receive(self, worker: subprocess.Popen[bytes], deadline: float) -> bytes:
        stream = worker.stdout.fileno() if worker.stdout is not None else -1
        parts: list[bytes] = []
        while True:
            if time.monotonic() > deadline:
                raise _Breach("check.too-slow")
            if _resident(worker.pid) > self._memory_limit:
                raise _Breach("check.too-heavy")
            ready, _, _ = select.select([stream], [], [], _POLL)
            if not ready:
                continue
            part = os.read(stream, 1 << 16)
            if not part:
                raise _Breach("check.crashed")
            parts.append(part)
            if part.endswith(b"\n"):
                return b"".join(parts)

    @staticmethod
    def _start() -> subprocess.Popen[bytes]:
        path = os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH", "")]))
        return subprocess.Popen(
            [sys.executable, "-m", "app.engine.guard_worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": path},
            start_new_session=True,
        )

    def _end(self) -> None:
        worker, self._worker = self._worker, None
        if worker is None:
            return
        worker.kill()
        worker.wait()
        for stream in (worker.stdin, worker.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()


def _resident(pid: int) -> int:
    """Bytes of memory that the process holds, 0 when it is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_bytes().split()[1]) * _PAGE
    except (OSError, IndexError, ValueError):
        return 0
