"""The timers of a walk: the alarms of its steps and the timers that its diagram draws, as the rows of `timers` have them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.engine import timed
from app.engine.instance import WaitingTimer
from app.rules.clock import ClockRules, ClockState
from app.simulation.walked import Alarm, Row, Task

EVENT = "event"


@dataclass(slots=True)
class Alarms:
    """`rows` in the order in which they were set; `waiting`: the drawn timers for which there are rows."""

    rows: list[Row] = field(default_factory=list)
    waiting: dict[str, WaitingTimer] = field(default_factory=dict)

    def copy(self) -> Alarms:
        return Alarms([replace(row) for row in self.rows], dict(self.waiting))

    def set_for(self, task: Task, now: datetime) -> None:
        """The two alarms of a step."""
        for kind, at in timed.step_alarms(task.due_at, task.due_soon_at, now):
            self.rows.append(Row(kind, at, task.opened.engine_task, task.opened.ref, task.opened.title))

    def drop(self, engine_tasks: Collection[str]) -> None:
        """The alarms of these steps sound no more."""
        self.rows = [row for row in self.rows if row.kind == EVENT or row.engine_task not in engine_tasks]

    def silence(self, task: Task) -> None:
        task.due_at = task.due_soon_at = None
        self.drop((task.opened.engine_task,))

    def move_instant(self, name: str, at: datetime) -> None:
        for row in self.rows:
            if row.instant == name:
                row.due_at = at

    def follow(
        self, timers: Iterable[WaitingTimer], clock: ClockState, rules: ClockRules, now: datetime, fired: Row | None
    ) -> None:
        """Rows for the drawn timers that wait now; none for those that wait no more."""
        waiting = {timer.engine_task: timer for timer in timers}
        self.rows = [row for row in self.rows if row.kind != EVENT or row.engine_task in waiting]
        for key, timer in waiting.items():
            if key in self.waiting:
                continue
            if fired is not None and fired.element == timer.element:
                due = timed.next_round(timer, clock, rules, now, fired.due_at)
            else:
                due = timed.timer_due(timer, clock, rules, now)
            self.rows.append(Row(EVENT, due, key, timer.element, timer.name, timer.instant))
        self.waiting = waiting

    def suspend(
        self, tasks: Iterable[Task], rules: ClockRules, now: datetime, reminds: Callable[[Row], bool] | None
    ) -> None:
        """Nothing is due; what was left of the drawn timers is remembered. Those that `reminds` names go on."""
        for task in tasks:
            if task.due_at is not None:
                self.silence(task)
        for row in self.rows:
            if row.kind == EVENT and row.unit is None and not (reminds is not None and reminds(row)):
                row.unit, row.left = timed.held_as(self.waiting.get(row.engine_task), row.due_at, now, rules)

    def resume(
        self, tasks: Iterable[Task], clock: ClockState, rules: ClockRules, now: datetime, reminds: Callable[[Row], bool]
    ) -> None:
        """The steps are due when the clock says, the drawn timers go on with what was left; where the clock stands still all
        the same, only what reminds of that does."""
        for task in tasks:
            held = clock.holding(task.opened.engine_task)
            due_at, warn_at = (held.due_at, held.due_soon_at) if held else (None, None)
            if task.due_at != due_at:
                self.silence(task)
                task.due_at, task.due_soon_at = due_at, warn_at
                self.set_for(task, now)
        for name in timed.INSTANTS:
            if (moved := getattr(clock, name)) is not None:
                self.move_instant(name, moved)
        for row in self.rows:
            if row.unit is None or (clock.paused_at is not None and not reminds(row)):
                continue
            row.due_at = timed.released(row.unit, row.left, row.instant, row.due_at, clock, now, rules)
            row.unit = row.left = None

    def take(self, alarm: Alarm) -> Row:
        """The row of an alarm that goes off now."""
        row = next(row for row in self.rows if row.unit is None and row.is_of(alarm))
        self.rows.remove(row)
        if row.kind == EVENT:
            self.waiting.pop(row.engine_task, None)
        return row
