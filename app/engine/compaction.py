"""Keeping a long-lived instance small: rounds of a loop that a later round has taken the place of are forgotten.

A procedure that sends a draft back and forth through its gateways would otherwise grow with every round, and so would
the cost of every action on it. A round is forgotten only when nothing in it is open and no join reaches across its border;
what its steps decided is carried on by the task that begins the latest round.
"""

from __future__ import annotations

from typing import Any

from app.engine.specs import CONSUMER
from app.engine.spiff import BoundaryEventJoin, EndJoin, InclusiveGateway, ParallelGateway, TaskState
from app.engine.workflow import CARRIED, WRITES, RunningProcess

# Where a join's token came from is known by its parent: such tasks keep theirs.
_JOINS = (ParallelGateway, InclusiveGateway, EndJoin, BoundaryEventJoin)


def compact(top: RunningProcess) -> None:
    for level in list(top.levels()):
        names = [task.task_spec.name for task in level.tasks.values()]
        while len(names) != len(set(names)) and _forget_one(top, level):
            names = [task.task_spec.name for task in level.tasks.values()]


def _forget_one(top: RunningProcess, level: Any) -> bool:
    """Forgets the longest run of old rounds that it finds; False when there is none."""
    rounds: dict[str, list[Any]] = {}
    for task in level.tasks.values():
        if not isinstance(task.task_spec, _JOINS):
            rounds.setdefault(task.task_spec.name, []).append(task)
    for repeated in rounds.values():
        for latest in reversed(repeated) if len(repeated) > 1 else ():
            for first in _same_above(latest):
                old = _between(first, latest)
                if _is_over(level, old):
                    _splice(top, first, latest, old)
                    return True
    return False


def _same_above(task: Any) -> list[Any]:
    """The ancestors with the same specification, the farthest first."""
    found = []
    current = task.parent
    while current is not None:
        if current.task_spec is task.task_spec:
            found.append(current)
        current = current.parent
    return found[::-1]


def _between(first: Any, latest: Any) -> dict[Any, Any]:
    """`first` and all that came of it, without `latest` and what came of that."""
    found: dict[Any, Any] = {}
    todo = [first]
    while todo:
        task = todo.pop()
        if task is not latest:
            found[task.id] = task
            todo.extend(task.children)
    return found


def _is_over(level: Any, old: dict[Any, Any]) -> bool:
    if any(task._state & TaskState.NOT_FINISHED_MASK for task in old.values()):
        return False
    return all(
        (task.id in old) == (task.internal_data[CONSUMER] in old)
        for task in level.tasks.values()
        if CONSUMER in task.internal_data
    )


def _splice(top: RunningProcess, first: Any, latest: Any, old: dict[Any, Any]) -> None:
    writes = []
    for task in old.values():
        writes += _writes(top, task)
        top.subprocesses.pop(task.id, None)
        del task.workflow.tasks[task.id]
    if CARRIED in latest.internal_data:
        writes.append(latest.internal_data[CARRIED])
    if writes:
        writes.sort(key=lambda write: write[0])
        merged: dict[str, Any] = {}
        for _, values in writes:
            merged.update(values)
        latest.internal_data[CARRIED] = (writes[-1][0], merged)
    parent = first.parent
    parent._children[parent._children.index(first.id)] = latest.id
    latest._parent = parent.id


def _writes(top: RunningProcess, task: Any) -> list[Any]:
    """What a task decided, or carried on, and what was decided in the processes that it called."""
    found = [task.internal_data[key] for key in (WRITES, CARRIED) if key in task.internal_data]
    subprocess = top.subprocesses.get(task.id)
    for inner in subprocess.tasks.values() if subprocess is not None else ():
        found += _writes(top, inner)
        top.subprocesses.pop(inner.id, None)
    return found
