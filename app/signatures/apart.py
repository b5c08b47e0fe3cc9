"""Work that somebody else's bytes decide the length of: done on a thread of its own, which is told to stop when its time is up.

pyHanko is pure Python and runs its own event loop; on its own thread it neither meets a loop that is there already nor keeps a
request for ever.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

GRACE_SECONDS = 1.0
"""How long a thread that was told to stop may take to hear of it."""


class TooSlowError(Exception):
    """The time was up."""


class _StopError(BaseException):
    """Raised inside the thread; no `except Exception` of a library swallows it."""


class _Job(Generic[T]):
    def __init__(self, work: Callable[[], T]) -> None:
        self.work = work
        self.result: list[T] = []
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            self.result.append(self.work())
        except BaseException as error:  # told to the caller, on whose thread it is raised again
            self.error = error


def apart(work: Callable[[], T], seconds: float) -> T:
    """What `work()` answers or raises. Errors: TooSlowError after so many seconds; the work is then broken off."""
    job = _Job(work)
    thread = threading.Thread(target=job.run, name="signatures", daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive() and thread.ident is not None:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(_StopError))
        thread.join(GRACE_SECONDS)
    if isinstance(job.error, _StopError) or (job.error is None and not job.result):
        raise TooSlowError(f"not done within {seconds} s")
    if job.error is not None:
        raise job.error
    return job.result[0]
