"""Walking a diagram through without anybody: every condition is answered by a script, every list has few items.

The gate walks each new diagram this way; what has been changed in the middle of its run (a dossier moved to another version)
is walked on from where it stands.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from app.engine.definition import Definition
from app.engine.instance import EngineIncident, Instance
from app.engine.specs import NoBranch
from app.engine.spiff import TaskState
from app.engine.state import StateMismatch, decode

MOVES = 150  # steps completed, timers fired and messages delivered in one walk; a loop may keep a walk from its end
ITEMS = (2, 1, 0)  # how many items lists have, walk after walk

Fault = Literal["incident", "stuck", "open-twice"]


@dataclass(slots=True)
class Chooser:
    """Answers conditions so that, walk after walk, the answer given least often so far is tried again. `limit`: how many
    tasks are looked at in all walks together, which bounds the time that a wide diagram may take."""

    limit: int
    walk: int = 0
    effort: int = 0
    lists: bool = False
    given: Counter[tuple[str, bool]] = field(default_factory=Counter)

    def answer(self, expression: str) -> bool:
        yes, no = self.given[expression, True], self.given[expression, False]
        chosen = yes < no if yes != no else self.walk % 2 == 0
        self.given[expression, chosen] += 1
        return chosen

    def items(self) -> list[Any]:
        self.lists = True
        return list(range(1, ITEMS[self.walk % len(ITEMS)] + 1))

    def is_satisfied(self) -> bool:
        """Every condition met so far was answered both ways, and every list had each of its lengths."""
        both = all(self.given[expression, not chosen] for expression, chosen in list(self.given))
        return both and (not self.lists or self.walk + 1 >= len(ITEMS))

    @property
    def is_exhausted(self) -> bool:
        return self.effort > self.limit


@dataclass(frozen=True, slots=True)
class Finding:
    """What went wrong at the end of `path` (ids of steps, timers and messages); `detail` is the step or the incident."""

    fault: Fault
    path: tuple[str, ...]
    detail: str = ""


class _Rehearsed(Instance):
    def __init__(self, definition: Definition, chooser: Chooser, state: bytes | None) -> None:
        super().__init__(definition, {}, start=state is None)
        self._chooser = chooser
        if state is None:
            self._begin({})
        else:
            with self._incidents():
                decode(self._run, state)

    def has_begun_beside(self) -> bool:
        """Whether an event that interrupts nothing has happened."""
        beside = self._definition.beside
        return any(
            task._state == TaskState.COMPLETED and task.task_spec.name in beside for task in self._run.all_tasks()
        )

    def condition(self, expression: str, variables: Mapping[str, Any], local: Mapping[str, Any]) -> bool:
        return self._chooser.answer(expression)

    def value(self, expression: str, variables: Mapping[str, Any], local: Mapping[str, Any]) -> Any:
        # A list and a number are wanted alike: the run takes either for what it is told to be.
        return self._chooser.items()


def walk(definition: Definition, chooser: Chooser, state: bytes | None = None) -> Finding | None:
    """One walk, from the start or from a saved state, to its end or to the first fault."""
    path: list[str] = []
    has_begun_beside = False
    try:
        instance = _Rehearsed(definition, chooser, state)
        for move in range(MOVES):
            opened = [(step.ref, step.engine_task) for step in instance.open_steps()]
            events = [(timer.element, timer.engine_task) for timer in instance.timers()]
            events += [(message.element, message.engine_task) for message in instance.messages()]
            twice = [name for name, count in Counter(name for name, _ in opened).items() if count > 1]
            # What an event began beside a step may begin again in every round of a loop, and for every item of a list.
            has_begun_beside = has_begun_beside or instance.has_begun_beside()
            if twice and not has_begun_beside:
                return Finding("open-twice", tuple(path), twice[0].partition("#")[0])
            chooser.effort += instance.size
            if (not opened and not events) or chooser.is_exhausted:
                break
            # Steps before events or the other way round, and not always the first of several.
            steps_first = bool(opened) and (not events or (chooser.walk + move) % 3 != 0)
            choices = opened if steps_first else events
            name, engine_task = choices[(chooser.walk // 2) % len(choices)]
            path.append(name.partition("#")[0])
            if steps_first:
                instance.complete(engine_task, {})
            else:
                _happen(instance, engine_task)
        stuck = not (instance.finished or instance.open_steps() or instance.timers() or instance.messages())
    except EngineIncident as incident:
        # A gateway none of whose conditions holds is not the drawing's fault: the chooser said no to all.
        return None if isinstance(incident.__cause__, NoBranch) else Finding("incident", tuple(path), str(incident))
    return Finding("stuck", tuple(path)) if stuck else None


def _happen(instance: Instance, engine_task: str) -> None:
    if any(timer.engine_task == engine_task for timer in instance.timers()):
        instance.fire(engine_task)
    else:
        instance.deliver(engine_task, {})


def goes_on(definition: Definition, state: bytes, *, walks: int = 6, limit: int = 10_000) -> Finding | None:
    """The first fault that a few walks from a saved state meet, or None: then it may be worked on."""
    chooser = Chooser(limit)
    for number in range(walks):
        chooser.walk = number
        try:
            finding = walk(definition, chooser, state)
        except StateMismatch as mismatch:
            return Finding("incident", (), str(mismatch))
        if finding is not None or chooser.is_exhausted:
            return finding
    return None
