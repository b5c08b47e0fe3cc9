"""Keeping a long-lived instance small: rounds of a loop that a later round has taken the place of are forgotten, and so is
what was interrupted, and what a repeated event started beside a step once it is over.

A procedure that sends a draft back and forth through its gateways would otherwise grow with every round, and so would
the cost of every action on it. A round is forgotten only when nothing in it is open and no join reaches across its border,
and when the next one has begun in earnest: until then whoever sent the dossier round may take that back. What its
steps decided is carried on by the task that begins the latest round.
"""

from __future__ import annotations

from typing import Any

from app.engine.catching import is_moved_from_outside
from app.engine.items import is_item
from app.engine.specs import CONSUMER
from app.engine.spiff import (
    BoundaryEvent,
    BoundaryEventJoin,
    BoundaryEventSplit,
    EndJoin,
    InclusiveGateway,
    ParallelGateway,
    TaskState,
)
from app.engine.workflow import CARRIED, WRITES, RunningProcess

# Where a join's token came from is known by its parent: such tasks keep theirs.
_JOINS = (ParallelGateway, InclusiveGateway, EndJoin, BoundaryEventJoin)


def compact(top: RunningProcess) -> None:
    _forget_interrupted(top)
    for level in list(top.levels()):
        _forget_reminders(top, level)
        names = [task.task_spec.name for task in level.tasks.values()]
        while len(names) != len(set(names)) and _forget_one(top, level):
            names = [task.task_spec.name for task in level.tasks.values()]


def _forget_interrupted(top: RunningProcess) -> None:
    """A called process that was interrupted is over for good; what its steps decided stays with the call."""
    for name in list(top.subprocesses):
        call = top.find(name) if name in top.subprocesses else None
        if call is not None and call._state == TaskState.CANCELLED:
            writes = _writes(top, call)
            top.subprocesses.pop(name, None)
            call.internal_data.pop(CARRIED, None)
            _carry(call, writes)


def _forget_reminders(top: RunningProcess, level: Any) -> None:
    """What an event beside a running step has started is forgotten once it is over, when the event waits again."""
    waiting = {
        (task._parent, task.task_spec.name): task
        for task in level.tasks.values()
        if isinstance(task.task_spec, BoundaryEvent) and task._state == TaskState.WAITING
    }
    for task in list(level.tasks.values()) if waiting else ():
        again = waiting.get((task._parent, task.task_spec.name))
        if (
            again is None
            or task._state != TaskState.COMPLETED
            or not isinstance(task.parent.task_spec, BoundaryEventSplit)
        ):
            continue
        started = _between(task, again)
        if not _is_over(level, {name: one for name, one in started.items() if not _is_end_token(one)}):
            continue
        writes = [write for one in started.values() for write in _writes(top, one)]
        for one in started.values():
            top.subprocesses.pop(one.id, None)
            del level.tasks[one.id]
        again.parent._children.remove(task.id)
        _carry(again, writes)


def _is_end_token(task: Any) -> bool:
    """A token that has arrived at the end, of the process or of a step with events, and waits for the others: one of them
    is enough."""
    return isinstance(task.task_spec, EndJoin | BoundaryEventJoin) and task._state == TaskState.WAITING


def _forget_one(top: RunningProcess, level: Any) -> bool:
    """Forgets the longest run of old rounds that it finds; False when there is none."""
    rounds: dict[str, list[Any]] = {}
    for task in level.tasks.values():
        if not isinstance(task.task_spec, _JOINS):
            rounds.setdefault(task.task_spec.name, []).append(task)
    for repeated in rounds.values():
        for latest in reversed(repeated) if len(repeated) > 1 else ():
            firsts = _same_above(latest)
            for first in firsts if firsts and _has_begun(top, latest) else ():
                old = _between(first, latest)
                if _is_over(level, old):
                    _splice(top, first, latest, old)
                    return True
    return False


def _has_begun(top: RunningProcess, first: Any) -> bool:
    """Whether a step of the round that begins with this task was completed, or an event occurred: until then whoever ended the
    round before may still take that back."""
    todo = [first]
    while todo:
        task = todo.pop()
        if task._state == TaskState.COMPLETED and is_moved_from_outside(task.task_spec):
            return True
        todo.extend(task.children)
        if task.id in top.subprocesses:
            todo.append(top.subprocesses[task.id].task_tree)
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
    _carry(latest, writes)
    parent = first.parent
    parent._children[parent._children.index(first.id)] = latest.id
    latest._parent = parent.id


def _carry(task: Any, writes: list[Any]) -> None:
    """Puts what was decided in forgotten tasks down with one that stays."""
    if CARRIED in task.internal_data:
        writes = [*writes, task.internal_data[CARRIED]]
    if not writes:
        return
    writes = sorted(writes, key=lambda write: write[0])
    merged: dict[str, Any] = {}
    for _, values in writes:
        merged.update(values)
    task.internal_data[CARRIED] = (writes[-1][0], merged)


def _writes(top: RunningProcess, task: Any) -> list[Any]:
    """What a task decided, or carried on, and what was decided in the processes that it called."""
    found = [task.internal_data[key] for key in (WRITES, CARRIED) if key in task.internal_data]
    subprocess = top.subprocesses.get(task.id)
    for inner in subprocess.tasks.values() if subprocess is not None else ():
        found += _writes(top, inner)
        top.subprocesses.pop(inner.id, None)
    if is_item(task):  # seen in the item only
        top.subprocesses.pop(task.id, None)
        return []
    return found
