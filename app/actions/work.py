"""One action's view of one dossier inside one transaction.

`Work` holds the locked dossier, its open tasks, its clock and whichever running diagrams the action touches. An action
changes these; `finish()` writes everything back in the order dossier, tasks, counters, and nothing else writes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from app.access.caller import Caller
from app.actions import library
from app.engine.definition import Definition
from app.engine.instance import Instance, OpenStep, WaitingTimer
from app.engine.steps import Step
from app.errors import DomainError
from app.lawbook import rules_for
from app.rules import clock, status
from app.rules.clock import ClockState, Segment
from app.rules.events import Event, Holding
from app.rules.limits import Limit, parse_limit
from app.store import dossiers, history, instances, segments, tasks, timers
from app.store.dossiers import DossierRow
from app.store.instances import InstanceRow
from app.store.tasks import NewTask, TaskRow
from app.store.timers import NewTimer

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
INSTANTS = ("due_soon_at", "deadline_at", "appointment_at")
MAIN = "main"

Handler = tuple[int, str]
"""Who is to have a step that opens: account id and user name."""


@dataclass(slots=True)
class Running:
    """A running diagram that this action loaded, with the timers it waited for when it was loaded."""

    row: InstanceRow
    definition: Definition
    engine: Instance
    waiting: dict[str, WaitingTimer] = field(default_factory=dict)


class DossierData(Mapping[str, Any]):
    """The dossier's form data, which conditions of a diagram may read; fetched when something first asks for it."""

    def __init__(self, connection: Connection, dossier_id: int) -> None:
        self._connection = connection
        self._dossier_id = dossier_id
        self._values: dict[str, Any] | None = None

    def _fetched(self) -> dict[str, Any]:
        if self._values is None:
            self._values = dict(dossiers.contents(self._connection, self._dossier_id).data)
        return self._values

    def __getitem__(self, name: str) -> Any:
        return self._fetched()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._fetched())

    def __len__(self) -> int:
        return len(self._fetched())

    def merge(self, data: Mapping[str, Any]) -> None:
        self._fetched().update(data)


class Work:
    """See the module. `now` is the action's one instant, whole seconds; `caller` is None for the worker."""

    def __init__(
        self,
        connection: Connection,
        dossier: DossierRow,
        open_tasks: list[TaskRow],
        now: datetime,
        caller: Caller | None,
        public_url: str = "",
    ) -> None:
        self.connection = connection
        self.dossier = dossier
        self.tasks = open_tasks
        self.now = now
        self.caller = caller
        self.public_url = public_url
        self.rules = rules_for(connection, dossier.profile, dossier.calendar_id, dossier.calendar_revision)
        self.clock = ClockState.from_dict(dossier.clock) if dossier.clock else clock.EMPTY
        if self.clock.last_at is not None and self.now < self.clock.last_at:
            # A machine whose clock was set back must not write events before those that are there.
            self.now = self.clock.last_at
        self.led_to: list[TaskRow] = []
        self._running: dict[int, Running] = {}
        self._finished: list[TaskRow] = []
        self._history: list[dict[str, Any]] = []
        self._segments: list[dict[str, Any]] = []
        self._left_desk = False
        self.data = DossierData(connection, dossier.id)

    # What is there -----------------------------------------------------------------------------------------------------

    @property
    def today(self) -> date:
        return self.now.astimezone(LOCAL).date()

    @property
    def account_id(self) -> int | None:
        return self.caller.account_id if self.caller else None

    def task(self, task_id: int) -> TaskRow:
        for task in self.tasks:
            if task.id == task_id:
                return task
        raise DomainError("not_found", "Không có bước này.")

    def open_tasks(self) -> list[TaskRow]:
        return [task for task in self.tasks if task.state == "open"]

    def merge_data(self, data: Mapping[str, Any]) -> None:
        """Put form data into the dossier's."""
        self.data.merge(data)
        dossiers.merge_data(self.connection, self.dossier.id, data)

    def take(self, task: TaskRow) -> None:
        """Acting on an unclaimed task claims it."""
        if self.caller is not None and task.assignee_id is None:
            account = (self.caller.account_id, self.caller.username, self.caller.name)
            task.assignee_id, task.assignee, task.assignee_name = account
            tasks.assign_task(self.connection, task)

    # Running diagrams --------------------------------------------------------------------------------------------------

    def running(self, instance_id: int) -> Running:
        """Load a running diagram of this dossier, once."""
        if instance_id not in self._running:
            row = instances.instance_by_id(self.connection, instance_id)
            definition = library.definition(self.connection, row.version_id, row.sha256, row.process)
            engine = Instance.load(definition, row.state, self.data)
            self._running[instance_id] = Running(
                row, definition, engine, {timer.engine_task: timer for timer in engine.timers()}
            )
        return self._running[instance_id]

    def running_of_kind(self, kind: str) -> list[Running]:
        """The unfinished diagrams of that kind."""
        rows = instances.instances_of(self.connection, self.dossier.id, kind)
        return [self.running(row.id) for row in rows if row.finished_at is None]

    def start(self, process: str, kind: str, sha256: str, variables: Mapping[str, Any] | None = None) -> Running:
        """Start a diagram of the dossier's version beside what already runs."""
        definition = library.definition(self.connection, self.dossier.version_id, sha256, process)
        engine = Instance.start(definition, dict(variables or {}), self.data)
        instance_id = instances.add_instance(
            self.connection, self.dossier.id, self.dossier.version_id, process, kind, engine.save(), self.now
        )
        row = InstanceRow(
            instance_id, self.dossier.id, self.dossier.version_id, sha256, process, kind, b"", finished_at=None
        )
        self._running[instance_id] = Running(row, definition, engine)
        return self._running[instance_id]

    # Tasks and the clock -----------------------------------------------------------------------------------------------

    def move(
        self,
        kind: str,
        running: Running,
        acted: TaskRow | None,
        *,
        details: Mapping[str, Any] | None = None,
        clock_data: Mapping[str, Any] | None = None,
        assignees: Mapping[str, Handler] | None = None,
        note: str | None = None,
    ) -> list[TaskRow]:
        """Bring tasks, clock and history after the engine, once it was advanced, gone back or started.

        `acted` is the task that the person acted on; it ends as done, whatever else the engine dropped as cancelled.
        `assignees` gives steps (by id) to accounts, and their time with them. Answers the tasks that were opened.
        """
        opened_steps = {step.engine_task: step for step in running.engine.open_steps()}
        mine = [task for task in self.open_tasks() if task.instance_id == running.row.id]
        closed = [task for task in mine if task is acted or task.engine_task not in opened_steps]
        kept = {task.engine_task for task in mine if task not in closed}
        fresh = [step for key, step in opened_steps.items() if key not in kept]
        self._close(closed, acted, kind)
        on_clock = running.row.kind == MAIN
        event = Event(
            kind,
            self.now,
            closes=tuple(task.engine_task for task in closed) if on_clock else (),
            opens=tuple(self._holding(running, step, assignees or {}) for step in fresh) if on_clock else (),
            data=dict(clock_data or {}),
        )
        if on_clock:
            self.apply(event)
        opened = [self._open(running, step, assignees or {}, note, acted) for step in fresh]
        self.record(kind, acted, details, event if on_clock else None)
        self._follow_timers(running)
        if running.engine.finished:
            running.row.finished_at = self.now
        return opened

    def _close(self, closed: list[TaskRow], acted: TaskRow | None, kind: str) -> None:
        for task in closed:
            task.finished_at = self.now
            if task is acted:
                task.state, task.outcome, task.finished_by = "done", kind, self.account_id
                task.assignee_id = self.account_id or task.assignee_id
                if self.caller:
                    task.assignee, task.assignee_name = self.caller.username, self.caller.name
            else:
                task.state, task.outcome = "cancelled", kind
            self._finished.append(task)

    def agency_of(self, running: Running, step: Step) -> str:
        """The code of the agency whose position the step waits for."""
        if step.agency == "lead":
            return self.dossier.agency
        if step.agency.startswith("="):
            code = running.engine.evaluate(step.agency[1:])
            if not isinstance(code, str):
                raise DomainError("incident", f"Bước “{step.name}” không xác định được cơ quan xử lý từ dữ liệu hồ sơ.")
            return code
        return step.agency

    def _limit(self, step: Step) -> Limit | None:
        if step.limit is None:
            return None
        return parse_limit(step.limit, step.limit_unit, self.rules.calendar.seconds_per_day)

    def _holding(self, running: Running, opened: OpenStep, assignees: Mapping[str, Handler]) -> Holding:
        step = opened.step
        handler = assignees.get(step.id)
        return Holding(
            key=opened.engine_task,
            agency=self.agency_of(running, step),
            step=step.id,
            account=handler[1] if handler else None,
            limit=self._limit(step),
            group=step.limit_group,
        )

    def _open(
        self,
        running: Running,
        opened: OpenStep,
        assignees: Mapping[str, Handler],
        note: str | None,
        acted: TaskRow | None,
    ) -> TaskRow:
        step = opened.step
        due_at, alarm_at = self._due(running, opened)
        handler = assignees.get(step.id)
        agency = self.agency_of(running, step)
        task = tasks.open_task(
            self.connection,
            self.dossier.id,
            NewTask(
                instance_id=running.row.id,
                instance_kind=running.row.kind,
                engine_task=opened.engine_task,
                step=step.id,
                step_name=step.name,
                stage=step.stage or "resolve",
                position=step.position,
                agency=agency,
                entered_at=self.now,
                due_at=due_at,
                assignee_id=handler[0] if handler else None,
                note=note,
                predecessor_id=acted.id if acted else None,
            ),
        )
        if task is None:
            raise DomainError(
                "position_vacant",
                f"Bước “{step.name}” cần vị trí “{step.position}” ở cơ quan {agency} nhưng chưa được khai báo; "
                "hãy báo quản trị cơ quan đó.",
            )
        self.tasks.append(task)
        self.led_to.append(task)
        self._left_desk = self._left_desk or (running.row.kind == MAIN and task.stage != "receive")
        self.alarm(task, due_at, alarm_at)
        return task

    def alarm(self, task: TaskRow, due_at: datetime | None, alarm_at: datetime | None) -> None:
        """The two standard alarms of a step (QT-21c); a step that is already due is not said to be due soon."""
        alarms = []
        if due_at is not None:
            alarms.append(NewTimer(task.instance_id, "step_overdue", due_at, task_id=task.id))
            if alarm_at is not None and due_at > self.now:
                alarms.append(NewTimer(task.instance_id, "step_due_soon", alarm_at, task_id=task.id))
        timers.add_timers(self.connection, self.dossier.id, alarms)

    def _due(self, running: Running, opened: OpenStep) -> tuple[datetime | None, datetime | None]:
        """When the step is due and when to warn; a side process's step counts from now and belongs to no agency's time."""
        if running.row.kind == MAIN:
            held = self.clock.holding(opened.engine_task)
            return (held.due_at, held.due_soon_at) if held else (None, None)
        limit = self._limit(opened.step)
        return (self._after(limit) if limit else None), None

    def _after(self, limit: Limit) -> datetime:
        if limit.unit == "calendar":
            return self.now + timedelta(seconds=limit.seconds)
        return self.rules.calendar.due(self.now, limit.seconds)

    def apply(self, event: Event) -> None:
        """Give the clock its next event; moves the timers that wait for one of its instants."""
        before = self.clock
        applied = clock.apply(before, event, self.rules)
        self.clock = applied.state
        self._segments.extend(self._segment(segment) for segment in applied.segments)
        for name in INSTANTS:
            moved = getattr(self.clock, name)
            earlier = getattr(before, name)
            if earlier is not None and moved is not None and moved != earlier:
                timers.move_instant(self.connection, self.dossier.id, name, moved)

    def _segment(self, segment: Segment) -> dict[str, Any]:
        held = next(
            (task for task in self.tasks if task.engine_task == segment.key and task.finished_at in (None, self.now)),
            None,
        )
        return {
            "agency": segment.agency,
            "unit_id": held.unit_id if held else None,
            "task_id": held.id if held else None,
            "step": segment.step,
            "account": segment.account,
            "from_at": segment.from_at,
            "to_at": segment.to_at,
            "seconds": segment.seconds,
            "charged": segment.charged,
        }

    def reassign(
        self, kind: str, task: TaskRow, account: tuple[int, str, str] | None, details: Mapping[str, Any]
    ) -> None:
        """Give an open task to an account `(id, username, name)`, or back to its position; the limit goes on."""
        task.assignee_id, task.assignee, task.assignee_name = account or (None, None, None)
        held = self.clock.holding(task.engine_task)
        event = None
        if held is not None:
            holding = Holding(held.key, held.agency, held.step, held.unit, task.assignee, held.limit, held.group)
            event = Event(kind, self.now, closes=(held.key,), opens=(holding,))
            self.apply(event)
        tasks.assign_task(self.connection, task)
        self.record(kind, task, details, event)

    # Timers ------------------------------------------------------------------------------------------------------------

    def _follow_timers(self, running: Running) -> None:
        """Rows for the timers that the diagram now waits for; none for those it no longer does."""
        waiting = {timer.engine_task: timer for timer in running.engine.timers()}
        gone = [key for key in running.waiting if key not in waiting]
        timers.drop_event_timers(self.connection, running.row.id, gone)
        fresh = [timer for key, timer in waiting.items() if key not in running.waiting]
        timers.add_timers(self.connection, self.dossier.id, [self._timer(running, timer) for timer in fresh])
        running.waiting = waiting

    def _timer(self, running: Running, timer: WaitingTimer) -> NewTimer:
        return NewTimer(
            running.row.id,
            "event",
            self._timer_due(timer),
            engine_task=timer.engine_task,
            element=timer.element,
            instant=timer.instant,
        )

    def _timer_due(self, timer: WaitingTimer) -> datetime:
        if timer.instant is not None:
            due: datetime | None = getattr(self.clock, timer.instant)
            if due is None:
                raise DomainError("incident", f"Hồ sơ chưa có mốc {timer.instant} mà sơ đồ chờ.")
            return due
        if timer.due_on is not None:
            fixed = datetime.fromisoformat(timer.due_on)
            return fixed if fixed.tzinfo else fixed.replace(tzinfo=LOCAL)
        limit = parse_limit(timer.duration or "none", timer.unit, self.rules.calendar.seconds_per_day)
        return self._after(limit) if limit else self.now

    def silence(self, task: TaskRow) -> None:
        """The task's alarms stop: nothing about it is due any more."""
        task.due_at = None
        tasks.move_due(self.connection, {task.id: None})
        timers.drop_task_timers(self.connection, [task.id])

    def end(self, running: Running) -> None:
        """Cancel a side diagram with its tasks and timers."""
        running.engine.cancel()
        running.row.finished_at = self.now
        self._close([task for task in self.open_tasks() if task.instance_id == running.row.id], None, "ended")
        timers.drop_instance_timers(self.connection, running.row.id)
        running.waiting = {}

    # History -----------------------------------------------------------------------------------------------------------

    def record(
        self,
        kind: str,
        task: TaskRow | None = None,
        details: Mapping[str, Any] | None = None,
        event: Event | None = None,
    ) -> None:
        """Add a row to the dossier's history; `event` is what the clock folded."""
        data = {key: value for key, value in (details or {}).items() if value is not None}
        if event is not None:
            data["event"] = event.to_dict()
        dossier = self.dossier
        seq = dossier.history_seq + 1
        task_id = task.id if task else None
        digest = history.link(dossier.history_hash, dossier.id, seq, self.now, kind, self.account_id, task_id, data)
        self._history.append(
            {
                "dossier_id": dossier.id,
                "seq": seq,
                "at": self.now,
                "kind": kind,
                "account_id": self.account_id,
                "task_id": task_id,
                "data": data,
                "hash": digest,
            }
        )
        dossier.history_seq, dossier.history_hash = seq, digest

    # Writing back ------------------------------------------------------------------------------------------------------

    def finish(self) -> None:
        """Write back what changed. The runner calls this once, before the commit."""
        dossier, state = self.dossier, self.clock
        if self._finished:
            tasks.finish_tasks(self.connection, self._finished)
            timers.drop_task_timers(self.connection, [task.id for task in self._finished])
        for running in self._running.values():
            instances.save_instance(self.connection, running.row.id, running.engine.save(), running.row.finished_at)
        history.append(self.connection, self._history)
        segments.add_segments(self.connection, dossier.id, self._segments)
        dossier.clock = state.to_dict()
        dossier.deadline_at = state.deadline_at
        dossier.appointment_at = state.appointment_at
        dossier.due_soon_at = state.due_soon_at
        dossier.paused_at = state.paused_at
        dossier.result_at = state.result_at
        dossier.closed_at = state.delivered_at
        dossier.overdue = state.overdue
        dossier.outcome = state.outcome
        dossier.status = status.derive(
            dossier.status,
            accepted=state.started_at is not None,
            left_desk=self._left_desk,
            result=state.result_at is not None,
            delivered=state.delivered_at is not None,
        ).number
        dossiers.save_dossier(self.connection, dossier)
