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
    return lambda: follow(owner, death_signal)


def follow(parent: int, death_signal: signal.Signals) -> None:
    """From now on this process receives `death_signal` when `parent`, its parent, dies; ends at once if that has happened."""
    _libc.prctl(PR_SET_PDEATHSIG, int(death_signal))
    if os.getppid() not in (parent, 0):  # it died between fork and prctl: nobody would tell us any more
        os._exit(1)


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


def wait_any_gone(pids: Iterable[int], seconds: float) -> None:
    """Return when one of `pids` has ended, or after `seconds`."""
    poller = select.poll()
    handles = []
    try:
        for pid in pids:
            try:
                handles.append(os.pidfd_open(pid))
            except ProcessLookupError:
                return
            poller.register(handles[-1], select.POLLIN)
        poller.poll(max(seconds, 0) * 1000)
    finally:
        for handle in handles:
            os.close(handle)


def marked(name: str, value: str) -> list[int]:
    """Ids of this user's other processes whose environment was started with `name=value`."""
    wanted = f"{name}={value}".encode()
    found = []
    for entry in os.listdir("/proc"):
        if not entry.isdigit() or int(entry) == os.getpid():
            continue
        with contextlib.suppress(OSError):
            if wanted in Path(f"/proc/{entry}/environ").read_bytes().split(b"\0"):
                found.append(int(entry))
    return found


def send(pids: Iterable[int], what: signal.Signals) -> None:
    """Signal those of `pids` that still exist."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, what)
