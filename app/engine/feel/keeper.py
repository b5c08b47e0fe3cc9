"""The one thread of this process in which V8 is started and its isolates are taken down.

V8 guards its pages by memory protection keys where the processor has them: only the thread that started it, and the threads
begun by that one, may write to them. Taking an isolate down in any other thread ends the process by a segmentation fault.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")
Work = SimpleQueue[tuple[Callable[[], Any], Future[Any]]]


class Keeper:
    """Its thread begins with the first thing to do. It is a daemon: an executor's would be gone before the handlers of the
    interpreter's exit, which still have an isolate to take down."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._work: Work | None = None
        os.register_at_fork(after_in_child=self._forget)

    def _forget(self) -> None:
        self._lock = threading.Lock()
        self._work = None

    def do(self, work: Callable[[], T]) -> T:
        """What `work` answers or raises, done in this keeper's thread."""
        answer: Future[T] = Future()
        self._queue().put((work, answer))
        return answer.result()

    def _queue(self) -> Work:
        with self._lock:
            if self._work is None:
                self._work = SimpleQueue()
                threading.Thread(target=_keep, args=(self._work,), name="v8", daemon=True).start()
            return self._work


def _keep(queue: Work) -> None:
    while True:
        work, answer = queue.get()
        try:
            answer.set_result(work())
        except BaseException as problem:
            answer.set_exception(problem)
        del work, answer


KEEPER = Keeper()
