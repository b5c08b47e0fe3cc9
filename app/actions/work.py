"""One action's view of one dossier inside one transaction.

`Work` holds the locked dossier, its open tasks, its clock and whichever running diagrams the action touches. An action
changes these; `finish()` writes everything back in the order dossier, tasks, counters, and nothing else writes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from app.access.caller import Caller
from app.actions import choosing, pausing, timing
from app.actions.chronicle import Chronicle
from app.actions.delegating import Covered
from app.actions.late import LateEntry
from app.actions.running import Diagrams, DossierData, Running
from app.actions.standing import Ending, settle_incidents, vacancy
from app.actions.transferring import events_of_move
from app.actions.whose import agency_of, nowhere, position_of
from app.engine.instance import OpenStep
from app.engine.timed import holding_of
from app.errors import DomainError
from app.lawbook import rules_for
from app.rules import clock, legality, outcome, status, transfers
from app.rules.clock import ClockState
from app.rules.decisions import DECISIONS
from app.rules.events import Event, Holding
from app.rules.intake import AWAIT_CORRECTION
from app.rules.permissions import WORKERS
from app.rules.side import SIDE
from app.store import dossiers, organisation, tasks, timers
from app.store.accounts import HeldDelegation, Person
from app.store.choices import Waiting
from app.store.dossiers import DossierRow
from app.store.handlers import Handler
from app.store.incidents import NewIncident
from app.store.tasks import LIVE, NewTask, TaskRow
from app.store.timers import TimerRow
from app.wording import LOCAL


def own_hands(caller: Caller) -> Handler:
    """The caller as who gets a step, whoever may stand in for her: she is there."""
    return Handler(caller.account_id, caller.username, caller.name)


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
        self.rules = rules_for(connection, dossier)
        self.clock = ClockState.from_dict(dossier.clock) if dossier.clock else clock.EMPTY
        if self.clock.last_at is not None and self.now < self.clock.last_at:
            # A machine whose clock was set back must not write events before those that are there.
            self.now = self.clock.last_at
        self.led_to: list[TaskRow] = []
        self.meant: dict[int, Person] = {}
        """By task, for whom it was meant, where it went to who stands in for her."""
        self.data = DossierData(connection, dossier.id)
        self.diagrams = Diagrams(connection, dossier, self.data)
        self.ending = Ending()
        """How the incidents that this action ends are called."""
        self.raised: list[NewIncident] = []
        self.arrived: list[str] = []
        """Names of the messages that this action brings."""
        self._chronicle = Chronicle(dossier, self.now, self.account_id)
        self.fired: TimerRow | None = None
        """The timer whose firing this work is; a repeated one counts on from when it was due."""
        self._finished: list[TaskRow] = []
        self._written = 0
        """How many of them are in the database already."""
        self._instead: dict[int, Person] = {}
        self._under: dict[int, HeldDelegation] = {}
        self.covered: dict[tuple[int, int | None], Covered] = {}
        """By task and who has it: what `app.actions.delegating` found for the caller."""
        self._left_desk = False

    def set_back(self, late: LateEntry) -> None:
        """Act at the instant at which it really happened, before anything else is done."""
        self.now = late.at
        self._chronicle.set_back(late)

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

    def live_tasks(self) -> list[TaskRow]:
        """The steps that are open in the engine: those that somebody can work, and the vacant ones."""
        return [task for task in self.tasks if task.state in LIVE]

    def acts_on(self, task: TaskRow) -> None:
        """The caller does the task's own work: for whom she stands in is told with whatever is recorded of it."""
        absent = self.caller.instead_of(task.position_id, task.assignee_id) if self.caller else None
        if absent is not None:
            self._instead[task.id] = absent

    def acts_under(self, task: TaskRow, delegation: HeldDelegation) -> None:
        """The caller does the task under a delegation, which is told with whatever is recorded of the action."""
        self._under[task.id] = delegation

    def under(self, task: TaskRow | None = None) -> HeldDelegation | None:
        """The delegation under which the caller does that task; without one, any task of this action."""
        return self._under.get(task.id) if task is not None else next(iter(self._under.values()), None)

    def take(self, task: TaskRow) -> None:
        """Acting on an unclaimed task claims it, and so does acting on one that she has whom the caller stands in for; what is
        done under a delegation stays where it is."""
        free = (task.assignee_id is None or task.id in self._instead) and task.id not in self._under
        if self.caller is not None and free:
            account = (self.caller.account_id, self.caller.username, self.caller.name)
            task.assignee_id, task.assignee, task.assignee_name = account
            tasks.assign_task(self.connection, task)

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
        takes: bool = False,
        gives_back: str | None = None,
    ) -> list[TaskRow]:
        """Bring tasks, clock and history after the engine, once it was advanced, gone back or started.

        `acted` is the task that the person acted on; it ends as done, whatever else the engine dropped as cancelled.
        `assignees` gives steps (by id, or by engine task) to accounts, and their time with them. A side process that `takes`
        the dossier has its time from here on; one that `gives_back` leaves it to the open steps of an instance of that kind
        (of the procedure, or of a request that held it before). Answers the tasks that were opened.
        """
        if running.row.kind in SIDE:
            self.diagrams.request(running)
        opened_steps = {step.engine_task: step for step in running.engine.open_steps()}
        mine = [task for task in self.live_tasks() if task.instance_id == running.row.id]
        closed = [task for task in mine if task is acted or task.engine_task not in opened_steps]
        kept = {task.engine_task for task in mine if task not in closed}
        fresh = [step for key, step in opened_steps.items() if key not in kept]
        named = assignees or {}
        self._close(closed, acted, kind)
        handlers = self._handlers(running, fresh, named)
        closes: tuple[str, ...] = tuple(
            task.engine_task for task in closed if self.clock.holding(task.engine_task) is not None
        )
        opens: list[Holding] = []
        if takes or gives_back is not None:
            closes = tuple(held.key for held in self.clock.holdings)
        has_it = self.dossier.held_by == running.row.kind and self.clock.started_at is not None
        if running.is_main or (has_it and gives_back is None):
            opens = [self._holding(running, step, handlers) for step in fresh]
        if gives_back is not None:
            opens = self._holdings_of(gives_back)
        event = Event(kind, self.now, closes=closes, opens=tuple(opens), data=dict(clock_data or {}))
        on_clock = running.is_main or bool(closes or opens) or kind in DECISIONS
        moves: tuple[Event, ...] = (event,) if on_clock else ()
        if running.is_main:  # a request that passes between agencies takes no dossier along
            moves = events_of_move(self, event, [step.step for step in fresh])
        before, after = pausing.around(self, running, kind, opened_steps.values(), kept, details)
        for one in (*before, *moves, *after):
            self.apply(one)
        opened = [self._open(running, step, handlers, note, acted) for step in fresh]
        given = [view for task in opened if (view := self._given_view(task, opened_steps[task.engine_task], named))]
        for one in before:
            self.record(one.kind, acted, None, one)
        self.record(kind, acted, {"given": given or None, **(details or {})}, moves[0] if moves else None)
        for one in (*moves[1:], *after):
            self.record(one.kind, acted, None, one)
        self.follow_timers(running)
        pausing.follow(self, (*before, *after))
        if running.engine.finished:
            running.row.finished_at = self.now
        return opened

    def _handlers(
        self, running: Running, fresh: Sequence[OpenStep], named: Mapping[str, Handler]
    ) -> dict[str, Handler]:
        """By engine task, who gets each step that opens: whom somebody named, else as its `assign` says."""
        handlers = {one.engine_task: handler for one in fresh if (handler := _handler(named, one)) is not None}
        shared = [one for one in fresh if one.step.assign != "group" and one.engine_task not in handlers]
        if shared:
            self._write_finished()  # what was just done counts
            opening = [(one.step.assign, self._waiting(running, one)) for one in shared]
            chosen = choosing.choose(self.connection, self.dossier.id, opening, self.now, self.today)
            handlers |= {one.engine_task: found for one, found in zip(shared, chosen, strict=True) if found is not None}
        return handlers

    def _waiting(self, running: Running, opened: OpenStep) -> Waiting:
        step = opened.step
        agency = agency_of(self, running, step, opened.engine_task)
        return Waiting(running.row.kind, step.id, position_of(self, running, step, agency), agency)

    def _given_view(self, task: TaskRow, opened: OpenStep, named: Mapping[str, Handler]) -> dict[str, Any] | None:
        """What the history says of a step given by its `assign`, or to who stands in for another."""
        meant = self.meant.get(task.id)
        chosen = task.assignee is not None and _handler(named, opened) is None
        if meant is None and not chosen:
            return None
        by = {"by": opened.step.assign} if chosen else {}
        return {"step": task.step, "to": task.assignee, **by, **({"instead_of": meant.username} if meant else {})}

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

    def _holdings_of(self, kind: str) -> list[Holding]:
        """The open steps of the procedure, or of a request, to be put back on the clock."""
        found = []
        for task in self.live_tasks():
            if task.instance_kind == kind:
                running = self.diagrams.get(task.instance_id)
                handler = None
                if task.assignee_id and task.assignee:
                    handler = Handler(task.assignee_id, task.assignee, task.assignee_name or "")
                (opened,) = [step for step in running.engine.open_steps() if step.engine_task == task.engine_task]
                found.append(self._holding(running, opened, {task.engine_task: handler} if handler else {}))
        return found

    def _holding(self, running: Running, opened: OpenStep, handlers: Mapping[str, Handler]) -> Holding:
        handler = handlers.get(opened.engine_task)
        agency = agency_of(self, running, opened.step, opened.engine_task)
        account = handler.username if handler else None
        side = None if running.is_main else running.row.kind
        return holding_of(running.engine, opened, agency, account, self.rules, side)

    def _open(
        self,
        running: Running,
        opened: OpenStep,
        handlers: Mapping[str, Handler],
        note: str | None,
        acted: TaskRow | None,
    ) -> TaskRow:
        step = opened.step
        due_at, warn_at = timing.step_due(running, opened, self.clock, self.rules, self.now)
        handler = handlers.get(opened.engine_task)
        agency = agency_of(self, running, step, opened.engine_task)
        position = position_of(self, running, step, agency)
        task = tasks.open_task(
            self.connection,
            self.dossier.id,
            NewTask(
                instance_id=running.row.id,
                instance_kind=running.row.kind,
                engine_task=opened.engine_task,
                step=step.id,
                step_name=step.name if opened.item == agency else opened.title,
                stage=step.stage or legality.RESOLVE,
                position=position,
                agency=agency,
                entered_at=self.now,
                due_at=due_at,
                assignee_id=handler.id if handler else None,
                note=note,
                predecessor_id=acted.id if acted else None,
            ),
            self.today,
            WORKERS,
        )
        if task is None:
            raise nowhere(self, step, agency, position)
        self.tasks.append(task)
        self.led_to.append(task)
        if handler is not None and handler.instead_of is not None:
            self.meant[task.id] = handler.instead_of
        self._left_desk = self._left_desk or (running.is_main and task.stage != legality.RECEIVE)
        if task.state == "vacant":
            self.stand_vacant(task)
        else:
            timers.add_timers(self.connection, self.dossier.id, timing.alarms(task, due_at, warn_at, self.now))
        return task

    def stand_vacant(self, task: TaskRow) -> None:
        """Nobody can work the step: an incident says so, and its alarms wait until somebody can."""
        found = organisation.find_agency(self.connection, task.agency)
        self.raised.append(vacancy(task, found.name if found else task.agency))

    def apply(self, event: Event) -> None:
        """Give the clock its next event; moves the timers that wait for one of its instants."""
        before = self.clock
        applied = clock.apply(before, event, self.rules)
        self.clock = applied.state
        self._chronicle.add_segments(applied.segments, self.tasks)
        for name in timing.INSTANTS:
            moved = getattr(self.clock, name)
            earlier = getattr(before, name)
            if earlier is not None and moved is not None and moved != earlier:
                timers.move_instant(self.connection, self.dossier.id, name, moved)

    def reassign(self, kind: str, task: TaskRow, handler: Handler | None, details: Mapping[str, Any]) -> None:
        """Give an open task to an account, or back to its position; the limit goes on."""
        task.assignee_id = handler.id if handler else None
        task.assignee = handler.username if handler else None
        task.assignee_name = handler.name if handler else None
        if handler is not None and handler.instead_of is not None:
            self.meant[task.id] = handler.instead_of
            details = {**details, "to_instead_of": handler.instead_of.username}
        held = self.clock.holding(task.engine_task)
        event = None
        if held is not None:
            holding = Holding(held.key, held.agency, held.step, held.unit, task.assignee, held.limit, held.group)
            event = Event(kind, self.now, closes=(held.key,), opens=(holding,))
            self.apply(event)
        tasks.assign_task(self.connection, task)
        self.record(kind, task, details, event)

    def follow_timers(self, running: Running) -> None:
        """Rows for the timers that the diagram now waits for; none for those it no longer does."""
        waiting = {timer.engine_task: timer for timer in running.engine.timers()}
        gone = [key for key in running.waiting if key not in waiting]
        timers.drop_event_timers(self.connection, running.row.id, gone)
        fresh = [timer for key, timer in waiting.items() if key not in running.waiting]
        rows = [timing.event_timer(running, timer, self.clock, self.rules, self.now, self.fired) for timer in fresh]
        timers.add_timers(self.connection, self.dossier.id, rows)
        running.waiting = waiting

    def silence(self, task: TaskRow) -> None:
        """The task's alarms stop: nothing about it is due any more."""
        task.due_at = None
        tasks.move_due(self.connection, {task.id: None})
        timers.drop_task_timers(self.connection, [task.id])

    def end(self, running: Running) -> None:
        """Cancel a side diagram with its tasks and timers."""
        running.engine.cancel()
        running.row.finished_at = self.now
        self._close([task for task in self.live_tasks() if task.instance_id == running.row.id], None, "ended")
        timers.drop_instance_timers(self.connection, running.row.id)
        running.waiting = {}

    def record(
        self,
        kind: str,
        task: TaskRow | None = None,
        details: Mapping[str, Any] | None = None,
        event: Event | None = None,
        by: int | None = None,
    ) -> None:
        """Add a row to the dossier's history; `event` is what the clock folded, `by` who did it, if not the caller."""
        absent = self._instead.get(task.id) if task else None
        if absent is not None:
            details = {**(details or {}), "instead_of": absent.username}
        under = self.under(task)
        if under is not None and by is None:
            details = {**(details or {}), "delegated_by": under.giver.username, "decision_number": under.decision}
        self._chronicle.add(kind, task.id if task else None, details, event, by)

    def write_history(self) -> None:
        """Put down what was recorded so far, for an action that reads the whole history."""
        self._chronicle.write(self.connection)

    def finish(self) -> None:
        """Write back what changed. The runner calls this once, before the commit."""
        dossier, state = self.dossier, self.clock
        if self._finished:
            self._write_finished()
            timers.drop_task_timers(self.connection, [task.id for task in self._finished])
        self.diagrams.save()
        settle_incidents(self, self.raised, self.ending)
        self._chronicle.write(self.connection)
        dossier.clock = state.to_dict()
        dossier.deadline_at = state.deadline_at
        dossier.appointment_at = state.appointment_at
        dossier.due_soon_at = state.due_soon_at
        dossier.paused_at = state.paused_at
        dossier.result_at = state.result_at
        dossier.closed_at = state.delivered_at or (
            state.result_at if state.outcome == status.WITHDRAWN_BY_APPLICANT else None
        )
        dossier.overdue = state.overdue
        dossier.outcome = state.outcome
        dossier.transfer_due_at = transfers.first_due(state)
        dossier.timeliness = outcome.classify(state, self.rules.profile, self.rules.calendar.tz)
        self.restate()
        dossiers.save_dossier(self.connection, dossier)

    def _write_finished(self) -> None:
        tasks.finish_tasks(self.connection, self._finished[self._written :])
        self._written = len(self._finished)

    def restate(self) -> None:
        """Derive the dossier's status; what an action made of several does between them."""
        state = self.clock
        self.dossier.status = status.derive(
            self.dossier.status,
            accepted=state.started_at is not None,
            left_desk=self._left_desk,
            result=state.result_at is not None,
            delivered=state.delivered_at is not None,
            outcome=state.outcome,
            waiting="supplement" if self.dossier.held_by == AWAIT_CORRECTION else state.paused_for,
        ).number


def _handler(assignees: Mapping[str, Handler], opened: OpenStep) -> Handler | None:
    return assignees.get(opened.engine_task) or assignees.get(opened.step.id)
