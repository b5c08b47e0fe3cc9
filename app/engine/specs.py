"""Gateways, joins and notices as BPMN means them, on top of SpiffWorkflow's own.

The library's joins decide from predicted tasks, from the order of last changes and from the depth of the tree; ours
count tokens. A token at a join is a WAITING task of that join; a join that fires marks the tasks it consumes, so
that going back can put them where they were (`rewind`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from app.engine.spiff import (
    EndJoin,
    ExclusiveGateway,
    InclusiveGateway,
    ParallelGateway,
    SendTask,
    TaskState,
)
from app.engine.steps import NoticeText

CONSUMER = "joined"  # internal data of a consumed join task: the id of the task that went on
CUT = "cut"  # internal data of a terminating end and of the tokens that it took away

_LIVE = TaskState.READY | TaskState.WAITING | TaskState.STARTED


class NoBranch(Exception):  # noqa: N818
    """No condition of the gateway holds and it has no default flow; the argument is the gateway's id."""


def is_live(task: Any) -> bool:
    """Whether the task holds a token: reached and not finished, or just about to be reached."""
    if task._state & _LIVE:
        return True
    return task._state == TaskState.FUTURE and task.parent is not None and task.parent._state == TaskState.COMPLETED


def consume(survivor: Any, others: Iterable[Any]) -> None:
    for task in others:
        task.cancel()
        task.internal_data[CONSUMER] = survivor.id


def _waiting_twins(my_task: Any) -> list[Any]:
    spec = my_task.task_spec
    return [
        task
        for task in my_task.workflow.tasks.values()
        if task.task_spec is spec and task._state == TaskState.WAITING and task is not my_task
    ]


class TokenParallelGateway(ParallelGateway):  # type: ignore[misc]
    """Goes on when every incoming flow holds a token, and takes exactly one from each."""

    def _update_hook(self, my_task: Any) -> bool:
        arrived: dict[str, list[Any]] = {}
        for task in _waiting_twins(my_task):
            arrived.setdefault(task.parent.task_spec.name, []).append(task)
        needed: Counter[str] = Counter(self._inputs)
        needed[my_task.parent.task_spec.name] -= 1
        if any(len(arrived.get(name, ())) < count for name, count in needed.items()):
            my_task._set_state(TaskState.WAITING)
            return False
        for name, count in needed.items():
            consume(my_task, arrived.get(name, [])[:count])
        return True

    def _run_hook(self, my_task: Any) -> bool:
        return True


class TokenInclusiveGateway(InclusiveGateway):  # type: ignore[misc]
    """Waits while a token elsewhere could still arrive at an incoming flow that has none (BPMN 2.0.2, 13.4.3)."""

    def _update_hook(self, my_task: Any) -> bool:
        twins = _waiting_twins(my_task)
        occupied = {task.parent.task_spec.name for task in (*twins, my_task)}
        reach = self._reach()
        open_inputs = [name for name in reach if name not in occupied]
        for task in my_task.workflow.tasks.values() if open_inputs else ():
            if task.task_spec is self or not is_live(task):
                continue
            spot = task.task_spec.name
            if any(spot in reach[name] for name in open_inputs) and not any(spot in reach[name] for name in occupied):
                my_task._set_state(TaskState.WAITING)
                return False
        by_input = {task.parent.task_spec.name: task for task in reversed(twins)}
        by_input.pop(my_task.parent.task_spec.name, None)
        consume(my_task, by_input.values())
        return True

    def _reach(self) -> dict[str, set[str]]:
        """For each incoming node, the nodes from which a token can get to it without passing this gateway."""
        known: dict[str, set[str]] | None = self.__dict__.get("_reach_of_inputs")
        if known is None:
            known = self.__dict__["_reach_of_inputs"] = {name: self._behind(name) for name in set(self._inputs)}
        return known

    def _behind(self, start: str) -> set[str]:
        seen, todo = {start}, [start]
        while todo:
            for name in self._wf_spec.task_specs[todo.pop()]._inputs:
                if name != self.name and name not in seen:
                    seen.add(name)
                    todo.append(name)
        return seen

    def _run_hook(self, my_task: Any) -> bool:
        matches, defaults = self._get_matching_outputs(my_task)
        if not (matches or defaults):
            raise NoBranch(self.name)
        my_task._sync_children(matches or defaults, TaskState.FUTURE)
        return True


class OrderedExclusiveGateway(ExclusiveGateway):  # type: ignore[misc]
    """Tries its flows in the order of the file and takes the first that holds, else the default."""

    def _run_hook(self, my_task: Any) -> bool:
        name = self.default_task_spec
        for condition, target in self.cond_task_specs:
            if condition is not None and condition._matches(my_task):
                name = target
                break
        if name is None:
            raise NoBranch(self.name)
        my_task._sync_children([self._wf_spec.task_specs[name]], TaskState.FUTURE)
        return True


class TokenEndJoin(EndJoin):  # type: ignore[misc]
    """The end of a process: reached when no token is left anywhere else in it."""

    def _update_hook(self, my_task: Any) -> bool:
        twins = _waiting_twins(my_task)
        for task in my_task.workflow.tasks.values():
            if task.task_spec is not self and is_live(task):
                my_task._set_state(TaskState.WAITING)
                return False
        consume(my_task, twins)
        return True

    def _run_hook(self, my_task: Any) -> bool:
        return True


class NoticeTask(SendTask):  # type: ignore[misc]
    """A send task: notes what is to be announced and goes on at once."""

    notice: NoticeText

    def _run_hook(self, my_task: Any) -> bool:
        my_task.workflow.top_workflow.notices.append(self.notice)
        return True
