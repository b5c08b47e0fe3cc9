"""How a dossier in memory stands: its open steps, what will happen by itself, its status, its clock and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from app.engine.instance import Instance, WaitingMessage
from app.rules import clock, outcome, status
from app.rules.clock import ClockRules, ClockState, Line, Segment
from app.rules.decisions_pause import SUPPLEMENT
from app.rules.events import Event
from app.rules.status import Status
from app.simulation.alarms import Alarms
from app.simulation.walked import Alarm, Happening, OpenTask, Task, WalkRefused, shown

if TYPE_CHECKING:
    from app.simulation.played import PlayedProcedure


class Standing:
    """What a walk knows and says of itself; `app.simulation.walk.Walk` adds what may be done."""

    def __init__(
        self,
        procedure: PlayedProcedure,
        rules: ClockRules,
        agency: str,
        data: Mapping[str, Any],
        electronic: bool,
    ) -> None:
        self.procedure = procedure
        self.rules = rules
        self.agency = agency
        self.data: dict[str, Any] = deepcopy(dict(data))
        self.clock: ClockState = clock.EMPTY
        self.now = datetime.min.replace(tzinfo=UTC)
        self.events: list[Event] = []
        self.segments: list[Segment] = []
        self.log: list[Happening] = []
        self.visited: list[str] = []
        """Ids of the steps and timers that were taken, in order, each time."""
        self._lines: list[Line] = []
        self._electronic = electronic
        self._tasks: dict[str, Task] = {}
        self._alarms = Alarms()
        self._said: dict[str, datetime] = {}
        """The alarms of the deadline watch that went off, each with its instant then."""
        self._had = {agency}
        self._worked: dict[str, str] = {}
        """Who did each step last, by engine task and by step."""
        self._status = 0
        self._left_desk = False
        self._engine: Instance

    def open(self) -> tuple[OpenTask, ...]:
        """The steps that wait for somebody, in reading order; while the dossier waits for papers they stand still."""
        order = {name: place for place, name in enumerate(self.procedure.definition.steps)}
        found = sorted(self._tasks.values(), key=lambda task: (order[task.opened.step.id], task.opened.ref))
        return tuple(shown(task) for task in found)

    def messages(self) -> tuple[WaitingMessage, ...]:
        """The places where a message of another system is waited for."""
        return tuple(self._engine.messages())

    def alarms(self, until: datetime | None = None) -> tuple[Alarm, ...]:
        """What will happen by itself (up to `until`), the first first."""
        found = [(row.alarm(self.now), place) for place, row in enumerate(self._alarms.rows) if row.unit is None]
        found += [(alarm, -1) for alarm in self._watch()]
        found.sort(key=lambda one: (one[0].at, one[1]))
        return tuple(alarm for alarm, _ in found if until is None or alarm.at <= until)

    def returns(self, ref: str) -> tuple[tuple[str, str], ...]:
        """Where an open step can be returned to: ref and title, the nearest first; none once there is a result."""
        if self.clock.result_at is not None:
            return ()
        return tuple((one.ref, one.title) for one in self._engine.earlier_steps(self._task(ref).opened.engine_task))

    @property
    def finished(self) -> bool:
        return self._engine.finished

    @property
    def deadline_at(self) -> datetime | None:
        return self.clock.deadline_at

    @property
    def appointment_at(self) -> datetime | None:
        return self.clock.appointment_at

    @property
    def result_at(self) -> datetime | None:
        return self.clock.result_at

    @property
    def overdue(self) -> bool:
        return clock.is_overdue(self.clock, self.now)

    @property
    def colour(self) -> str:
        return clock.colour(self.clock, self.now, self.rules)

    @property
    def timeliness(self) -> str | None:
        """Early, on time or late (by the profile); None without a result."""
        return outcome.classify(self.clock, self.rules.profile, self.rules.calendar.tz)

    @property
    def held(self) -> bool:
        """Whether nothing of the procedure can be worked on because papers were asked of the applicant."""
        return self.clock.paused_for == SUPPLEMENT

    @property
    def status(self) -> Status:
        state = self.clock
        return status.derive(
            self._status,
            accepted=state.started_at is not None,
            left_desk=self._left_desk,
            result=state.result_at is not None,
            delivered=state.delivered_at is not None,
            outcome=state.outcome,
            waiting=state.paused_for,
        )

    def explain(self) -> tuple[Line, ...]:
        """Why the deadline is what it is: each line with its rule (as `clock explain`)."""
        return tuple(self._lines)

    def copy(self) -> Self:
        """The same dossier, to go another way with."""
        twin = type(self)(self.procedure, self.rules, self.agency, self.data, self._electronic)
        for name in ("clock", "now", "_status", "_left_desk"):
            setattr(twin, name, getattr(self, name))
        for name in ("events", "segments", "log", "visited", "_lines"):
            setattr(twin, name, list(getattr(self, name)))
        for name in ("_said", "_worked"):
            setattr(twin, name, dict(getattr(self, name)))
        twin._had = set(self._had)
        twin._tasks = {key: replace(task) for key, task in self._tasks.items()}
        twin._alarms = self._alarms.copy()
        twin._engine = Instance.load(self.procedure.definition, self._engine.save(), twin.data)
        return twin

    def _watch(self) -> Iterator[Alarm]:
        """The alarms of the deadline watch that are still to go off; one whose instant moved on goes off again."""
        if self.clock.deadline_at is None:
            return
        for name, at in self.clock.alarms().items():
            if at is not None and (name not in self._said or at > self._said[name]):
                yield Alarm(name, max(at, self.now))

    def _task(self, ref: str) -> Task:
        for task in self._tasks.values():
            if ref in (task.opened.ref, task.opened.engine_task):
                return task
        raise WalkRefused("Bước này không còn mở.", "QT-17.4")
