"""A helper process that is asked a line at a time and watched: for work on files from outside, whatever they hold.

A limit on address space would kill V8 at its start and fails threads in odd places, so the resident size is watched instead.
After a breach the process is killed, and the next question gets a new one.
"""

from __future__ import annotations

import contextlib
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path

SLOW, HEAVY, CRASHED, LONG = "slow", "heavy", "crashed", "long"

BARE = frozenset({"PATH", "HOME", "LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH", "VIRTUAL_ENV"})

_POLL = 0.02  # seconds between two looks at the process's size
_PAGE = os.sysconf("SC_PAGE_SIZE")
_ROOT = Path(__file__).resolve().parents[1]


class Breach(Exception):  # noqa: N818
    """The process did not answer as it should; the argument is SLOW, HEAVY, CRASHED or LONG."""


class Watched:
    """`python -m module` with a request a line on its input and an answer a line on its output. One question at a time; safe
    between threads. Close it, or use it in a `with`, to end the process.

    `time_limit` seconds for one answer, `memory_limit` bytes resident, `answer_limit` bytes of one answer (None: any);
    `environment` is set beside that of this process, of which it sees only what `BARE` names when it is `bare`: no passwords.
    """

    def __init__(
        self,
        module: str,
        *,
        time_limit: float,
        memory_limit: int,
        answer_limit: int | None = None,
        environment: Mapping[str, str] | None = None,
        bare: bool = False,
    ) -> None:
        self.time_limit = time_limit
        self.process: subprocess.Popen[bytes] | None = None
        self._module = module
        self._memory_limit = memory_limit
        self._answer_limit = answer_limit
        self._environment = dict(environment or {})
        self._bare = bare
        self._lock = threading.Lock()

    def __enter__(self) -> Watched:
        return self

    def __exit__(self, *trace: object) -> None:
        self.close()

    def close(self) -> None:
        with self._lock:
            self._end()

    def ask(self, request: bytes) -> bytes:
        """The answer to one request, which holds no line break. Errors: Breach, and the process is gone."""
        with self._lock:
            try:
                return self._ask(request + b"\n")
            except Breach:
                self._end()
                raise

    def _ask(self, request: bytes) -> bytes:
        if self.process is None or self.process.poll() is not None:
            self._end()
            self.process = self._start()
        deadline = time.monotonic() + self.time_limit
        sender = threading.Thread(target=_send, args=(self.process, request), daemon=True)
        sender.start()
        answer = self._receive(self.process, deadline)
        sender.join()
        return answer

    def _receive(self, process: subprocess.Popen[bytes], deadline: float) -> bytes:
        stream = process.stdout.fileno() if process.stdout is not None else -1
        parts: list[bytes] = []
        length = 0
        while True:
            if time.monotonic() > deadline:
                raise Breach(SLOW)
            if _resident(process.pid) > self._memory_limit:
                raise Breach(HEAVY)
            ready, _, _ = select.select([stream], [], [], _POLL)
            if not ready:
                continue
            part = os.read(stream, 1 << 16)
            if not part:
                raise Breach(CRASHED)
            parts.append(part)
            length += len(part)
            if self._answer_limit is not None and length > self._answer_limit:
                raise Breach(LONG)
            if part.endswith(b"\n"):
                return b"".join(parts)

    def _start(self) -> subprocess.Popen[bytes]:
        inherited = {name: value for name, value in os.environ.items() if not self._bare or name in BARE}
        path = os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH", "")]))
        return subprocess.Popen(
            [sys.executable, "-m", self._module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**inherited, "PYTHONPATH": path, **self._environment},
            start_new_session=True,
        )

    def _end(self) -> None:
        process, self.process = self.process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()


def _send(process: subprocess.Popen[bytes], request: bytes) -> None:
    # In a thread: a process that stopped reading must not hold up the watch over it.
    with contextlib.suppress(OSError, ValueError):
        if process.stdin is not None:
            process.stdin.write(request)
            process.stdin.flush()


def _resident(pid: int) -> int:
    """Bytes of memory that the process holds, 0 when it is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_bytes().split()[1]) * _PAGE
    except (OSError, IndexError, ValueError):
        return 0
