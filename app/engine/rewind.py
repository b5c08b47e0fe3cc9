"""Going back to an earlier step, as if what came of it had not happened.

Everything that followed the step is removed. A join that had gone on thanks to the step opens again: the tokens that it
had taken from other branches wait at it as before. Around a called process that had ended, the call is open
again. Timers on the step itself start anew; those of other branches, and of a call that is still running, are not touched.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any

from app.engine.specs import CONSUMER, is_live
from app.engine.spiff import BoundaryEvent, BoundaryEventSplit, SubWorkflowTask, TaskState, UserTask
from app.engine.workflow import RunningProcess


def earlier_steps(top: RunningProcess, task: Any) -> list[Any]:
    """Completed user tasks that led to `task`, nearest first, each step once (its latest time)."""
    consumed = _consumed(top)
    seen = {task.id}
    met = {_place(top, task)}
    found: list[Any] = []
    queue = deque(_before(top, task, consumed))
    while queue:
        current = queue.popleft()
        if current.id in seen:
            continue
        seen.add(current.id)
        if isinstance(current.task_spec, UserTask) and current._state == TaskState.COMPLETED:
            place = _place(top, current)
            if place not in met:
                met.add(place)
                found.append(current)
        # What a call did stands between the call and what led to it.
        queue.extend(_ends_within(top, current) or _before(top, current, consumed))
    return found


def trail(top: RunningProcess, task: Any) -> set[Any]:
    """The ids of all tasks that `task` came of, completed calls' inner ones included."""
    consumed = _consumed(top)
    seen: set[Any] = set()
    todo = _origins(top, task, consumed)
    while todo:
        current = todo.pop()
        if current.id not in seen:
            seen.add(current.id)
            todo += [*_ends_within(top, current), *_origins(top, current, consumed)]
    return seen


def can_go_back(top: RunningProcess, task: Any) -> bool:
    """Whether `task` is a completed step that something still open came of."""
    if task._state != TaskState.COMPLETED or not isinstance(task.task_spec, UserTask):
        return False
    seen: set[Any] = set()
    todo = [task]
    while todo:
        current = todo.pop()
        if current.id in seen:
            continue
        seen.add(current.id)
        if current is not task and is_live(current):
            return True
        todo.extend(_after(top, current))
    return False


def go_back(top: RunningProcess, task: Any) -> None:
    """Opens the completed step `task` again; call `can_go_back` first and `advance` afterwards."""
    enclosing = []
    level = task.workflow
    while level is not top:
        call = top.find(level.parent_task_id)
        enclosing.append((level, call))
        level = call.workflow
    for inner, call in reversed(enclosing):
        if inner.completed:
            _undo_after(top, call)
            inner.completed = False
            call._set_state(TaskState.STARTED)
            _arm_events(call)
    _undo_after(top, task)
    top.completed = False
    top.success = True
    task.internal_data.clear()
    task._set_state(TaskState.FUTURE)
    _arm_events(task)
    task.task_spec._update(task)


def _undo_after(top: RunningProcess, task: Any) -> None:
    """Removes what followed `task` in its own process, and opens the joins that depended on it."""
    level = task.workflow
    consumers: dict[Any, list[Any]] = {}
    for joined in level.tasks.values():
        if CONSUMER in joined.internal_data:
            consumers.setdefault(joined.internal_data[CONSUMER], []).append(joined)
    removed: dict[Any, Any] = {}
    reopened: dict[Any, Any] = {}
    todo = [*task.children, *_attached_events(task)]
    while todo:
        current = todo.pop()
        if current.id in removed:
            continue
        removed[current.id] = current
        todo.extend(current.children)
        consumer = level.tasks.get(current.internal_data.get(CONSUMER))
        if consumer is not None and consumer.id not in reopened:
            reopened[consumer.id] = consumer
            todo.extend(consumer.children)
    for consumer_id in [*removed, *reopened]:
        for joined in consumers.get(consumer_id, ()):
            if joined.id not in removed:
                del joined.internal_data[CONSUMER]
                joined._set_state(TaskState.WAITING)
    for current in reopened.values():
        if current.id not in removed:
            current._set_state(TaskState.WAITING)
    for current in removed.values():
        _remove(top, current)


def _remove(top: RunningProcess, task: Any) -> None:
    top.event_manager.tasks.pop(task.id, None)
    _drop_subprocess(top, task)
    parent = task.parent
    if parent is not None:
        parent._children.remove(task.id)
    del task.workflow.tasks[task.id]


def _drop_subprocess(top: RunningProcess, task: Any) -> None:
    subprocess = top.subprocesses.pop(task.id, None)
    if subprocess is None:
        return
    for inner in subprocess.tasks.values():
        top.event_manager.tasks.pop(inner.id, None)
        _drop_subprocess(top, inner)


def _attached_events(task: Any) -> list[Any]:
    split = task.parent
    if split is None or not isinstance(split.task_spec, BoundaryEventSplit):
        return []
    return [sibling for sibling in split.children if sibling is not task]


def _arm_events(task: Any) -> None:
    """Makes the events on the border of an activity that opens again wait again."""
    split = task.parent
    if split is None or not isinstance(split.task_spec, BoundaryEventSplit):
        return
    present = {sibling.task_spec.name for sibling in split.children}
    for spec in split.task_spec.outputs:
        if spec.name not in present and isinstance(spec, BoundaryEvent):
            event = split._add_child(spec, TaskState.WAITING)
            spec._update(event)


def _consumed(top: RunningProcess) -> dict[Any, list[Any]]:
    """For each join task that went on, the tasks whose tokens it took."""
    found: dict[Any, list[Any]] = {}
    for task in top.all_tasks():
        if CONSUMER in task.internal_data:
            found.setdefault(task.internal_data[CONSUMER], []).append(task)
    return found


def _before(top: RunningProcess, task: Any, consumed: dict[Any, list[Any]]) -> list[Any]:
    """The tasks that this one may be returned to: `_origins`, but what a timer started beside a running step is a matter
    of its own and has no "before"."""
    if isinstance(task.task_spec, BoundaryEvent) and not task.task_spec.cancel_activity:
        return []
    return _origins(top, task, consumed)


def _origins(top: RunningProcess, task: Any, consumed: dict[Any, list[Any]]) -> list[Any]:
    """The tasks that led to this one directly, across joins and out of called processes."""
    origins = list(consumed.get(task.id, ()))
    if task.parent is not None:
        origins.append(task.parent)
    elif task.workflow is not top:
        origins += _origins(top, top.find(task.workflow.parent_task_id), consumed)
    return origins


def _ends_within(top: RunningProcess, task: Any) -> list[Any]:
    """The last tasks of the process that a completed call ran."""
    if task._state != TaskState.COMPLETED or not isinstance(task.task_spec, SubWorkflowTask):
        return []
    subprocess = top.subprocesses.get(task.id)
    if subprocess is None:
        return []
    finished = [inner for inner in subprocess.tasks.values() if inner._state == TaskState.COMPLETED]
    return [inner for inner in finished if not inner._children]


def _after(top: RunningProcess, task: Any) -> Iterator[Any]:
    """The tasks that this one led to directly; out of a called process that has ended, what follows the call."""
    yield from task.children
    consumer = task.internal_data.get(CONSUMER)
    if consumer is not None:
        yield task.workflow.tasks[consumer]
    if not task._children and task.workflow is not top and task.workflow.completed:
        yield top.find(task.workflow.parent_task_id)


def _place(top: RunningProcess, task: Any) -> tuple[str, ...]:
    """Where in the diagrams a task stands: the calls that lead to it, and its own element."""
    names = [task.task_spec.name]
    level = task.workflow
    while level is not top:
        call = top.find(level.parent_task_id)
        names.append(call.task_spec.name)
        level = call.workflow
    return tuple(names)
