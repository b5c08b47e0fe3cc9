"""Going back to an earlier step, as if what came of it had not happened.

Everything that followed the step is removed. A join that had gone on thanks to the step opens again: the tokens that it
had taken from other branches wait at it as before. Around a called process that had ended, the call is open again, and
so is a multi-instance activity around an item. Timers on the step itself start anew; those of other branches, and of a
call that is still running, are not touched.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

from app.engine.items import ITEM, ItemsTask, is_item, items_of
from app.engine.specs import CONSUMER, CUT, is_live
from app.engine.spiff import BoundaryEvent, BoundaryEventSplit, SubWorkflowTask, TaskState, UserTask
from app.engine.workflow import CARRIED, WRITES, RunningProcess


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
                if not _would_miss_tokens(top, current):
                    found.append(current)
        # What a call did stands between the call and what led to it.
        queue.extend(_ends_within(top, current) or _before(top, current, consumed))
    return found


def closes(top: RunningProcess, task: Any) -> set[Any]:
    """The ids of all tasks that going back to `task` would take away, those of called processes included."""
    gone: set[Any] = set()
    for around in _ended_around(top, task):
        gone |= _undone(around)[0].keys()
    gone |= _undone(task)[0].keys()
    found = set(gone)
    for level in top.subprocesses.values():
        if any(call in gone for call in _calls_around(top, level)):
            found |= level.tasks.keys()
    return found


def _calls_around(top: RunningProcess, level: Any) -> Iterator[Any]:
    while level is not top:
        yield level.parent_task_id
        level = top.find(level.parent_task_id).workflow


def _ended_around(top: RunningProcess, task: Any) -> list[Any]:
    """The calls and multi-instance activities around `task` that have ended, the outermost first."""
    ended = []
    current = task
    while True:
        if is_item(current) and current.parent._state == TaskState.COMPLETED:
            ended.append(current.parent)
        current = current.parent if is_item(current) else current
        level = current.workflow
        if level is top:
            return ended[::-1]
        current = top.find(level.parent_task_id)
        if level.completed:
            ended.append(current)


def _would_miss_tokens(top: RunningProcess, task: Any) -> bool:
    """Whether a terminating end took away tokens of the process or block around `task` that going back would not bring again:
    those of branches that did not come of `task`, or the end's own, where that did not."""
    levels = {id(one.workflow): one.workflow for one in (task, *_ended_around(top, task))}
    cut = {name for level in levels.values() for name, other in level.tasks.items() if CUT in other.internal_data}
    return bool(cut) and not cut <= closes(top, task)


def can_go_back(top: RunningProcess, task: Any) -> bool:
    """Whether `task` is a completed step that something still open came of."""
    if task._state != TaskState.COMPLETED or not isinstance(task.task_spec, UserTask):
        return False
    if _would_miss_tokens(top, task):
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
    for around in _ended_around(top, task):
        _undo_after(top, around)
        _reopen(top, around)
    _undo_after(top, task)
    top.completed = False
    top.success = True
    task.internal_data = {key: value for key, value in task.internal_data.items() if key in (CARRIED, ITEM)}
    task._set_state(TaskState.FUTURE)
    _arm_events(task)
    task.task_spec._update(task)
    for around in _activities_around(top, task):
        around.task_spec.open_missing(around)


def _reopen(top: RunningProcess, around: Any) -> None:
    """Makes a call, or a multi-instance activity, that had ended go on."""
    inner = top.subprocesses.get(around.id)
    if inner is not None:
        inner.completed = False
    else:
        around.internal_data.pop(WRITES, None)  # the results, worked out again when it ends
    around._set_state(TaskState.STARTED)
    _arm_events(around)


def _activities_around(top: RunningProcess, task: Any) -> Iterator[Any]:
    """The multi-instance activities in an item of which the task stands."""
    current = task
    while True:
        if is_item(current):
            current = current.parent
            yield current
        if current.workflow is top:
            return
        current = top.find(current.workflow.parent_task_id)


def _following(task: Any) -> list[Any]:
    """What came of a task: what follows it, and the later items of a list that is gone through one after the other."""
    following = [child for child in task.children if not is_item(child)]
    if is_item(task) and task.parent.task_spec.plan.sequential:
        following += [item for item in items_of(task.parent) if item.internal_data[ITEM] > task.internal_data[ITEM]]
    return following


def _undone(task: Any) -> tuple[dict[Any, Any], dict[Any, Any]]:
    """What followed `task` in its own process: the tasks to remove, and the joins to open again, by id."""
    level = task.workflow
    removed: dict[Any, Any] = {}
    reopened: dict[Any, Any] = {}
    todo = [*_following(task), *_attached_events(task)]
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
    return removed, {name: join for name, join in reopened.items() if name not in removed}


def _undo_after(top: RunningProcess, task: Any) -> None:
    removed, reopened = _undone(task)
    for joined in task.workflow.tasks.values():
        consumer = joined.internal_data.get(CONSUMER)
        if joined.id not in removed and (consumer in removed or consumer in reopened):
            del joined.internal_data[CONSUMER]
            joined._set_state(TaskState.WAITING)
    for join in reopened.values():
        join._set_state(TaskState.WAITING)
    for current in removed.values():
        _remove(top, current)


def _remove(top: RunningProcess, task: Any) -> None:
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
        _drop_subprocess(top, inner)


def drop_events_of(top: RunningProcess, task: Any) -> None:
    """Takes away what waits on the border of an activity that is left undone."""
    for event in _attached_events(task):
        if event._state == TaskState.WAITING:
            _remove(top, event)


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
    """The tasks that led to this one directly, across joins and out of called processes."""
    if isinstance(task.task_spec, BoundaryEvent) and not task.task_spec.cancel_activity:
        # What a timer started beside a running step is a matter of its own: there is no "before" to return to.
        return []
    before = _in_order(consumed.get(task.id, ()))
    if is_item(task):
        earlier = [item for item in items_of(task.parent) if item.internal_data[ITEM] < task.internal_data[ITEM]]
        if earlier and task.parent.task_spec.plan.sequential:
            return [earlier[-1]]
        return _before(top, task.parent, consumed)
    if task.parent is not None:
        before.append(task.parent)
    elif task.workflow is not top:
        before += _before(top, top.find(task.workflow.parent_task_id), consumed)
    return before


def _in_order(tasks: Iterable[Any]) -> list[Any]:
    """Branches beside each other, always in the same order: that of their ids."""
    return sorted(tasks, key=lambda task: str((task.parent or task).task_spec.name))


def _ends_within(top: RunningProcess, task: Any) -> list[Any]:
    """The last tasks of the process that a completed call ran, or of the items of a completed activity."""
    if task._state != TaskState.COMPLETED or not isinstance(task.task_spec, SubWorkflowTask | ItemsTask):
        return []
    if isinstance(task.task_spec, ItemsTask):
        done = [item for item in items_of(task) if item._state == TaskState.COMPLETED]
        return done[-1:] if task.task_spec.plan.sequential else done
    subprocess = top.subprocesses.get(task.id)
    if subprocess is None:
        return []
    finished = [inner for inner in subprocess.tasks.values() if inner._state == TaskState.COMPLETED]
    return _in_order(inner for inner in finished if not _went_on(inner))


def _went_on(task: Any) -> bool:
    """Whether something came of a task in its own process; what a terminate end called off did not."""
    return any(child._state != TaskState.CANCELLED or CONSUMER in child.internal_data for child in task.children)


def _after(top: RunningProcess, task: Any) -> Iterator[Any]:
    """The tasks that this one led to directly; out of a called process that has ended, what follows the call."""
    yield from _following(task)
    if is_item(task):
        yield task.parent
    consumer = task.internal_data.get(CONSUMER)
    if consumer is not None:
        yield task.workflow.tasks[consumer]
    if not is_item(task) and not _went_on(task) and task.workflow is not top and task.workflow.completed:
        yield top.find(task.workflow.parent_task_id)


def _place(top: RunningProcess, task: Any) -> tuple[str, ...]:
    """Where in the diagrams a task stands: the calls and items that lead to it, and its own element."""
    names = [_name(task)]
    level = task.workflow
    while level is not top:
        call = top.find(level.parent_task_id)
        names.append(_name(call))
        level = call.workflow
    return tuple(names)


def _name(task: Any) -> str:
    name: str = task.task_spec.name
    return f"{name}{task.internal_data[ITEM]}" if is_item(task) else name


def item_numbers(top: RunningProcess, task: Any) -> tuple[int, ...]:
    """Which item of each multi-instance activity around it the task stands in, from 1, the outermost first."""
    numbers = []
    current = task
    while True:
        if is_item(current):
            numbers.append(int(current.internal_data[ITEM]) + 1)
            current = current.parent
        if current.workflow is top:
            return tuple(numbers[::-1])
        current = top.find(current.workflow.parent_task_id)
