"""Processes: started so that they end with their owner, found by the folder they live in, waited for without polling."""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import signal
import time
from collections.abc import Callable, Iterable
from pathlib import Path

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def die_with_owner(death_signal: signal.Signals) -> Callable[[], None]:
    """A `preexec_fn`: the child receives `death_signal` when the thread that started it ends, even by kill -9.

    The kernel forgets the wish whenever the child changes its user, so this must run after privileges are dropped:
    `subprocess` calls it after `user=` and `group=`. And it watches the starting *thread*: start such children on a thread
    that lives as long as its process.
    """
    owner = os.getpid()

    def ask_kernel() -> None:
        _libc.prctl(PR_SET_PDEATHSIG, int(death_signal))
        if os.getppid() not in (owner, 0):  # the owner died between fork and prctl: nobody would tell us any more
            os._exit(1)

    return ask_kernel


def living_in(folder: Path) -> list[int]:
    """Ids of the processes whose working directory is `folder`: every process of a PostgreSQL server, and only those."""
    try:
        home = folder.stat()
    except FileNotFoundError:
        return []
    found = []
    for entry in os.listdir("/proc"):
        if not entry.isdigit() or int(entry) == os.getpid():
            continue
        with contextlib.suppress(OSError):  # gone meanwhile, or another user's
            cwd = os.stat(f"/proc/{entry}/cwd")
            if (cwd.st_dev, cwd.st_ino) == (home.st_dev, home.st_ino):
                found.append(int(entry))
    return found


def parent_of(pid: int) -> int:
    """Process id of the parent; 0 when `pid` is gone."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0
    return int(status.rpartition(")")[2].split()[1])


def started_at_ticks(pid: int) -> int | None:
    """When `pid` was started, in clock ticks since boot; None when it is gone. With the id this names one process for good."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = status.rpartition(")")[2].split()
    return None if fields[0] in ("Z", "X") else int(fields[19])


def wait_gone(pids: Iterable[int], seconds: float) -> set[int]:
    """Wait until all `pids` have ended, at most `seconds`; answers those that have not."""
    poller = select.poll()
    handles: dict[int, int] = {}
    try:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                handle = os.pidfd_open(pid)
                handles[handle] = pid
                poller.register(handle, select.POLLIN)
        end = time.monotonic() + seconds
        left = dict(handles)
        while left and (rest := end - time.monotonic()) > 0:
            for handle, _ in poller.poll(rest * 1000):
                poller.unregister(handle)
                left.pop(handle)
        return set(left.values())
    finally:
        for handle in handles:
            os.close(handle)


def send(pids: Iterable[int], what: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, what)
