"""A running process as bytes, without its specification and without what it only predicts.

JSON under zlib: `{"v": version, "seq": completed steps, "done": bool, "ok": bool, "t": [task...]}`; a task is
`[parent's index or -1, state, spec name, id, extra]`, parents before children. `id` is kept for what others refer to
(steps, timers), else it is 0; `extra` (left out when empty) holds `w` (sequence number and variables), `c` (the same, of
forgotten rounds), `j` (index of the join task that consumed it), `sub` (the called process, in the same form), and since
version 2 `i` (the list of a multi-instance activity), `n` (an item's place in it), `l` (how often a cycle timer still
fires) and `x` (a terminating end, or what it took away). Version 1 is read as well.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from app.engine.catching import LEFT
from app.engine.items import ITEM, ITEMS
from app.engine.specs import CONSUMER, CUT
from app.engine.spiff import BoundaryEventJoin, CatchingEvent, SubWorkflowTask, Task, TaskState, UserTask
from app.engine.workflow import CARRIED, WRITES, RunningProcess

VERSION = 2
READABLE = (1, 2)

_KEPT = {"w": WRITES, "c": CARRIED, "i": ITEMS, "n": ITEM, "l": LEFT, "x": CUT}
"""What of a task's internal data is written, and under which letter."""

_UNREACHED = TaskState.PREDICTED_MASK | TaskState.FUTURE
_NAMED = (UserTask, CatchingEvent)


class StateMismatch(Exception):  # noqa: N818
    """The bytes are not a state of this definition."""


def encode(workflow: RunningProcess) -> bytes:
    document = {"v": VERSION, "seq": workflow.sequence, "ok": workflow.success, **_level(workflow, workflow)}
    return zlib.compress(json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode(), 1)


def _level(top: RunningProcess, level: Any) -> dict[str, Any]:
    tasks = _kept(level)
    index = {task.id: position for position, task in enumerate(tasks)}
    return {"done": level.completed, "t": [_record(top, task, index) for task in tasks]}


def _kept(level: Any) -> list[Any]:
    """Parents before children; what was never reached, and what was cancelled without a trace, is left out."""
    order: list[Any] = []
    stack = [level.task_tree]
    while stack:
        task = stack.pop()
        if task._state & _UNREACHED:
            continue
        order.append(task)
        stack.extend(reversed(task.children))
    needed: set[Any] = set()
    for task in reversed(order):
        if task.id in needed or not _is_spent(task):
            needed.add(task.id)
            needed.add(task._parent)
    return [task for task in order if task.id in needed]


def _is_spent(task: Any) -> bool:
    if task._state == TaskState.CANCELLED:
        return not any(key in task.internal_data for key in (CONSUMER, CARRIED, WRITES, CUT))
    return task._state == TaskState.COMPLETED and isinstance(task.task_spec, BoundaryEventJoin)


def _record(top: RunningProcess, task: Any, index: dict[Any, int]) -> list[Any]:
    spec = task.task_spec
    extra = {letter: task.internal_data[key] for letter, key in _KEPT.items() if key in task.internal_data}
    consumer = index.get(task.internal_data.get(CONSUMER))
    if consumer is not None:
        extra["j"] = consumer
    if task.id in top.subprocesses:
        extra["sub"] = _level(top, top.subprocesses[task.id])
    name = task.id.hex if isinstance(spec, _NAMED) and isinstance(task.id, UUID) else 0
    record = [index.get(task._parent, -1), task._state, spec.name, name]
    return [*record, extra] if extra else record


def decode(workflow: RunningProcess, data: bytes) -> None:
    """Fills an empty `workflow` (made with start=False). Raises StateMismatch."""
    try:
        document = json.loads(zlib.decompress(data))
        if document["v"] not in READABLE:
            raise StateMismatch(f"state version {document['v']}")
        workflow.sequence, workflow.success = document["seq"], document["ok"]
        _plant_level(workflow, workflow, document, iter(range(1, 1_000_000)))
    except (zlib.error, ValueError, LookupError, TypeError) as error:
        raise StateMismatch(repr(error)) from error


def _plant_level(top: RunningProcess, level: Any, document: dict[str, Any], numbers: Iterator[int]) -> None:
    """`numbers` are ids for the tasks whose own id was not kept."""
    level.completed = document["done"]
    specs = level.spec.task_specs
    tasks: list[Any] = []
    for record in document["t"]:
        parent, state, name, task_id = record[:4]
        task = Task(
            level,
            specs[name],
            tasks[parent] if parent >= 0 else None,
            state=state,
            id=UUID(hex=task_id) if task_id else next(numbers),
        )
        tasks.append(task)
    level.task_tree = tasks[0]
    for task, record in zip(tasks, document["t"], strict=True):
        if len(record) > 4:
            _restore_extra(top, task, tasks, record[4], numbers)


def _restore_extra(
    top: RunningProcess, task: Any, tasks: list[Any], extra: dict[str, Any], numbers: Iterator[int]
) -> None:
    task.internal_data |= {key: extra[letter] for letter, key in _KEPT.items() if letter in extra}
    # The library clears away children that are no outputs, unless they were triggered.
    task.triggered = ITEM in task.internal_data
    if "j" in extra:
        task.internal_data[CONSUMER] = tasks[extra["j"]].id
    if "sub" in extra:
        subprocess = top.adopt(task)
        _plant_level(top, subprocess, extra["sub"], numbers)
        if isinstance(task.task_spec, SubWorkflowTask):
            subprocess.completed_event.connect(task.task_spec._on_subworkflow_completed, task)
