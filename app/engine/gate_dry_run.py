"""Gate: a dry run. The engine itself walks the diagram, taking every branch of every gateway at least once where it can.

Nothing is evaluated: a scripted chooser answers each condition. What is found this way is what looking at the drawing
does not show: a join that waits for a branch that was never taken, a step that is open twice at once, an engine error.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from app.engine.definition import Definition
from app.engine.instance import EngineIncident, Instance
from app.engine.problems import Problem, error
from app.engine.specs import NoBranch

WALKS = (6, 40)  # at least, at most
MOVES = 150  # steps completed and timers fired in one walk; a loop may keep a walk from its end
EFFORT = 60_000  # tasks looked at in all walks together: bounds the time that a wide diagram may take


class _Chooser:
    """Answers conditions so that, walk after walk, the answer given least often so far is tried again."""

    def __init__(self) -> None:
        self.given: Counter[tuple[str, bool]] = Counter()
        self.walk = 0
        self.effort = 0

    def answer(self, expression: str) -> bool:
        yes, no = self.given[expression, True], self.given[expression, False]
        chosen = yes < no if yes != no else self.walk % 2 == 0
        self.given[expression, chosen] += 1
        return chosen

    def is_satisfied(self) -> bool:
        """Every condition met so far was answered both ways."""
        return all(self.given[expression, not chosen] for expression, chosen in list(self.given))


class _DryInstance(Instance):
    def __init__(self, definition: Definition, chooser: _Chooser) -> None:
        super().__init__(definition, {}, start=True)
        self._chooser = chooser
        self._begin({})

    def _condition(self, expression: str) -> bool:
        return self._chooser.answer(expression)


def dry_run(definition: Definition) -> Iterator[Problem]:
    """The first problem that a walk meets, if any. Raises nothing of its own."""
    chooser = _Chooser()
    for walk in range(WALKS[1]):
        chooser.walk = walk
        problem = _walk(definition, chooser)
        if problem is not None:
            yield problem
            return
        if chooser.effort > EFFORT or (walk + 1 >= WALKS[0] and chooser.is_satisfied()):
            return


def _walk(definition: Definition, chooser: _Chooser) -> Problem | None:
    path: list[str] = []
    # A timer beside a step may start the same reminder again in every round of a loop.
    beside = definition.beside
    try:
        instance = _DryInstance(definition, chooser)
        for move in range(MOVES):
            opened = [(step.step.id, step.engine_task) for step in instance.open_steps()]
            timers = [(timer.element, timer.engine_task) for timer in instance.timers()]
            twice = [name for name, count in Counter(name for name, _ in opened).items() if count > 1]
            if twice and not beside.intersection(path):
                return _open_twice(twice[0], path)
            chooser.effort += instance.size
            if (not opened and not timers) or chooser.effort > EFFORT:
                break
            # Steps before timers or the other way round, and not always the first of several.
            steps_first = bool(opened) and (not timers or (chooser.walk + move) % 3 != 0)
            choices = opened if steps_first else timers
            name, engine_task = choices[(chooser.walk // 2) % len(choices)]
            path.append(name)
            if steps_first:
                instance.complete(engine_task, {})
            else:
                instance.fire(engine_task)
        stuck = not (instance.finished or instance.open_steps() or instance.timers())
    except EngineIncident as incident:
        # A gateway none of whose conditions holds is not the drawing's fault: the chooser said no to all.
        return None if isinstance(incident.__cause__, NoBranch) else _incident(incident, path)
    return _stuck(path) if stuck else None


def _incident(incident: EngineIncident, path: list[str]) -> Problem:
    return error("run.incident", f"Chạy thử dừng vì sự cố: {incident} Đường đã đi: {_told(path)}.")


def _stuck(path: list[str]) -> Problem:
    message = (
        f"Chạy thử bị kẹt: không còn bước nào để làm mà quy trình chưa kết thúc. Đường đã đi: {_told(path)}. "
        "Hãy kiểm tra các cổng gộp: mọi nhánh đi vào một cổng song song phải luôn được đi."
    )
    return error("run.stuck", message)


def _open_twice(step: str, path: list[str]) -> Problem:
    message = (
        f"Chạy thử thấy bước “{step}” mở hai lần cùng lúc. Đường đã đi: {_told(path)}. "
        "Hãy đặt một cổng song song để gộp các nhánh trước bước này."
    )
    return error("run.open-twice", message, step)


def _told(path: list[str]) -> str:
    return " → ".join(path[-12:]) if path else "ngay khi bắt đầu"
