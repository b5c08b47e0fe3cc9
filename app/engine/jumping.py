"""Moving an open step's token to another step: how an administrator gets a dossier going that stands at the wrong place.

Offered only where the step holds the one token of its process or block: what other branches wait for could never come.
Steps between a split and its join are no targets either, for the same reason.
"""

from __future__ import annotations

from typing import Any

from app.engine.items import ItemsTask, is_item
from app.engine.rewind import drop_events_of
from app.engine.specs import is_live
from app.engine.spiff import BoundaryEventSplit, EndJoin, InclusiveGateway, ParallelGateway, TaskState, UserTask
from app.engine.workflow import RunningProcess

_SPLITS = (ParallelGateway, InclusiveGateway)


def targets(task: Any) -> list[Any]:
    """The specifications of the steps that the token of the open step `task` may be moved to."""
    if is_item(task) or not _is_alone(task):
        return []
    specs = task.workflow.spec.task_specs
    beside = _between_split_and_join(task.workflow.spec)
    return [
        spec
        for name, spec in specs.items()
        if _is_step(spec) and spec is not task.task_spec and name not in beside and not name.endswith("[item]")
    ]


def _is_step(spec: Any) -> bool:
    return isinstance(spec, UserTask) or (isinstance(spec, ItemsTask) and isinstance(spec.item_spec, UserTask))


def _is_alone(task: Any) -> bool:
    attached = _split_of(task)
    return not any(
        is_live(other)
        and other is not task
        and not isinstance(other.task_spec, EndJoin)
        and (attached is None or other.parent is not attached)
        for other in task.workflow.tasks.values()
    )


def _split_of(task: Any) -> Any:
    split = task.parent
    return split if split is not None and isinstance(split.task_spec, BoundaryEventSplit) else None


def _between_split_and_join(process: Any) -> set[str]:
    """The steps that only some of the tokens which a join waits for pass."""
    found: set[str] = set()
    for join in process.task_specs.values():
        if isinstance(join, _SPLITS) and len(set(join._inputs)) > 1:
            behind = [_behind(process, name, join.name) for name in set(join._inputs)]
            found |= set[str]().union(*behind).difference(behind[0].intersection(*behind))
    return found


def _behind(process: Any, start: str, stop: str) -> set[str]:
    seen, todo = {start}, [start]
    while todo:
        for name in process.task_specs[todo.pop()]._inputs:
            if name != stop and name not in seen:
                seen.add(name)
                todo.append(name)
    return seen


def jump(top: RunningProcess, task: Any, target: Any) -> None:
    """Leaves the open step `task` undone and goes to `target`; call `advance` afterwards."""
    split = _split_of(task)
    anchor = (split or task).parent
    drop_events_of(top, task)
    task.cancel()
    entry = task.workflow.spec.task_specs.get(f"{target.name}.BoundaryEventSplit", target)
    landed = anchor._add_child(entry, TaskState.FUTURE)
    entry._update(landed)
