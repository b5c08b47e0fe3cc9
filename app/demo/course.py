"""The course of one demonstration dossier: what happens to it next and when, until it stands where the plan wants it.

Nothing here writes. A course looks at the dossier's open tasks and waiting timers and answers the next move; every chance is
drawn once a task from the dossier's own seed, so the same plan on the same day takes the same course.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Literal

from app.actions.running import MAIN
from app.demo.plan import Planned
from app.engine.shared import INTAKE
from app.rules.calendar import WorkCalendar
from app.rules.intake import AWAIT_CORRECTION
from app.rules.legality import RETURN
from app.rules.side import SIDE
from app.store.tasks import TaskRow

UNLIMITED_SECONDS = 2 * 3600
"""Working time for a step without a limit."""
SHORTEST_SECONDS = 15 * 60
USED_UP_SECONDS = 3600
"""Working time for a step that comes back when its limit is used up."""

Deed = Literal[
    "register",
    "timer",
    "accept",
    "refuse-intake",
    "ask-correction",
    "claim",
    "forward",
    "return",
    "confirm-result",
    "deliver-result",
    "request-supplement",
    "request-payment",
    "reject",
    "withdraw",
]
ENDS_OF_INTAKE: Mapping[str, Deed] = {"not_accepted": "refuse-intake", "correction": "ask-correction"}
"""What becomes of an online dossier that the plan does not want accepted."""
REQUESTS: Mapping[str, Deed] = {
    "supplement": "request-supplement",
    "payment": "request-payment",
    "refused": "reject",
    "withdrawn": "withdraw",
}
"""What is asked for a dossier at the planned step, by the plan's goal."""
WAITS = ("await_supplement", "await_payment", "return_papers", AWAIT_CORRECTION)
"""Steps of side processes at which such dossiers stay."""


@dataclass(frozen=True, slots=True)
class Move:
    """What happens next to a dossier, and when. `task` is what a person acts on, `timer` the id of the row that fires."""

    at: datetime
    deed: Deed
    task: TaskRow | None = None
    timer: int = 0


@dataclass(frozen=True, slots=True)
class Draw:
    """What chance says about one task: working seconds until it is done, until it is claimed (None: not before it is done),
    until a result is collected; `who` from 0 to 1 picks among those who could do it; whether it is done at all."""

    seconds: int
    claimed: int | None
    collected: int
    who: float
    done: bool


class Course:
    """A planned dossier on its way. `tasks`, `result_at` and `last_at` are kept as the last move has left them."""

    def __init__(self, planned: Planned, registered_at: datetime, calendar: WorkCalendar, chance: Random) -> None:
        self.planned = planned
        self.chance = chance
        self.dossier_id: int | None = None
        self.code = ""
        self.tasks: Sequence[TaskRow] = ()
        self.timer: tuple[int, datetime] | None = None
        """Id and time of the earliest waiting timer."""
        self.result_at: datetime | None = None
        self.last_at: datetime | None = None
        self.sent_back = False
        self.held = False
        """Whether a request holds the dossier: the steps of its procedure wait."""
        self._registered_at = registered_at
        self._calendar = calendar
        self._draws: dict[int, Draw] = {}

    def next_move(self) -> Move | None:
        """The earliest of what people and timers do next; None when the dossier stays as it is."""
        if self.dossier_id is None:
            return Move(self._registered_at, "register")
        moves = [move for task in self.tasks if (move := self._move(task)) is not None]
        if self.timer is not None:
            timer, due_at = self.timer
            moves.append(Move(self._later(due_at), "timer", timer=timer))
        return min(moves, key=lambda move: move.at, default=None)

    def draw(self, task: TaskRow) -> Draw:
        """What chance says about this task, always the same."""
        if task.id not in self._draws:
            self._draws[task.id] = self._drawn(task)
        return self._draws[task.id]

    def _drawn(self, task: TaskRow) -> Draw:
        chance = self.chance
        seconds = max(round(self._limit(task) * self.planned.pace * chance.uniform(0.94, 1.0)), SHORTEST_SECONDS)
        if task.instance_kind != MAIN:
            seconds = chance.randint(20 * 60, 90 * 60)
        claimed = round(seconds * chance.uniform(0.1, 0.5)) if chance.random() < 0.6 else None
        collected = round(chance.randint(3600, 8 * 3600) * min(self.planned.pace, 1))
        return Draw(seconds, claimed, collected, chance.random(), chance.random() < 0.7)

    def _limit(self, task: TaskRow) -> int:
        """Working seconds that the step may still take when it comes."""
        if task.due_at is None:
            return UNLIMITED_SECONDS
        left = self._calendar.between(task.entered_at, task.due_at)
        return left if left > 0 else USED_UP_SECONDS

    def _move(self, task: TaskRow) -> Move | None:
        """What somebody does to this task next."""
        deed: Deed
        draw, main = self.draw(task), task.instance_kind == MAIN
        if self.held if main else task.step in WAITS:
            return None
        if task.instance_kind in SIDE:
            return self._after(task.entered_at, draw.seconds, "forward", task)
        if main and task.assignee_id is None and task.stage != RETURN and draw.claimed is not None:
            return self._after(task.entered_at, draw.claimed, "claim", task)
        if self._stops(task, draw):
            return None
        if task.instance_kind == INTAKE:
            deed = ENDS_OF_INTAKE.get(self.planned.goal, "accept")
            return self._after(task.entered_at, draw.seconds, deed, task)
        if main and self.planned.goal in REQUESTS and task.step == self.planned.step:
            return self._after(task.entered_at, draw.seconds, REQUESTS[self.planned.goal], task)
        if main and task.stage == RETURN:
            if self.result_at is not None:
                return self._after(self.result_at, draw.collected, "deliver-result", task)
            return self._after(task.entered_at, draw.seconds, "confirm-result", task)
        deed = "return" if main and self._sends_back(task) else "forward"
        return self._after(task.entered_at, draw.seconds, deed, task)

    def _stops(self, task: TaskRow, draw: Draw) -> bool:
        """Whether the plan leaves this task open."""
        goal = self.planned.goal
        if task.instance_kind == INTAKE:
            return goal == "submitted"
        if task.instance_kind != MAIN:
            return not draw.done
        if goal == "held":
            return task.step == self.planned.step and not self._sends_back(task)
        return goal == "result" and self.result_at is not None

    def _sends_back(self, task: TaskRow) -> bool:
        return task.step == self.planned.returned and not self.sent_back

    def _after(self, start: datetime, seconds: int, deed: Deed, task: TaskRow) -> Move:
        return Move(self._later(self._calendar.due(start, seconds)), deed, task)

    def _later(self, at: datetime) -> datetime:
        """`at`, but after what has happened last: no two moves of a dossier share an instant."""
        return at if self.last_at is None else max(at, self.last_at + timedelta(seconds=1))
