"""Several threads at one list of work: while one waits for the database, another computes.

Each lane sees what its caller sees (application, request, whatever else is a context variable) and takes a connection of its
own for as long as it acts.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import copy_context


def in_lanes(lanes: int, step: Callable[[], bool]) -> None:
    """Call `step` again and again in that many threads, the caller's own among them, until it answers False in each.

    What is raised in one lane ends the others after the step that they are at, and is raised here.
    """
    broken: list[BaseException] = []

    def lane() -> None:
        try:
            while not broken and step():
                pass
        except BaseException as error:
            broken.append(error)

    others = [threading.Thread(target=copy_context().run, args=(lane,), name=f"lane-{n}") for n in range(1, lanes)]
    for other in others:
        other.start()
    lane()
    for other in others:
        other.join()
    if broken:
        raise broken[0]
