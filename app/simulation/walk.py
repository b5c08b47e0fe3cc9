"""A dossier in memory: it takes a procedure's course with the engine, the clock, the calendars and the timers of a real one.

Nothing is reckoned here that the actions reckon otherwise: what a step may take, whose it is, what a move between agencies
means, when a drawn timer is due and how a wait stands still come from `app.engine.timed`, `app.rules.waits` and
`app.rules.transfers`, and every instant from the fold `app.rules.clock`. What needs rows or people is left out: who claims a
step, approvals inside a request (a supplement, an apology is one act here), papers and notices to applicants.

    walk = played.accept(rules, "SNV", at)         # registered and accepted: the clock runs
    for step in walk.open(): ...                  # what waits for somebody
    walk.complete(step.ref, at, decision="agree") # forward; a `return` step: result confirmed and handed over
    walk.advance(at)                              # lets whatever is due by then happen
    walk.finished, walk.result_at, walk.deadline_at, walk.overdue, walk.segments

Time only goes forward: an act at an earlier instant than the last one is refused. An act lets everything that is due by its
instant happen first, as a worker that ticks would; a step that an interrupting timer has closed meanwhile is refused then.
A walk is one thread's. `copy` gives one that goes its own way from here on.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from copy import deepcopy
from datetime import datetime
from typing import Any

from app.engine import timed
from app.engine.hosts import host_of
from app.engine.instance import Instance, Notice, OpenStep
from app.engine.steps import Step
from app.rules import clock, events, status, transfers, waits
from app.rules.decisions_pause import PAYMENT
from app.rules.events import Event, Holding
from app.rules.legality import RECEIVE, RETURN
from app.simulation.alarms import EVENT
from app.simulation.standing import Standing
from app.simulation.walked import (
    WATCHED,
    Alarm,
    Happening,
    OpenTask,
    Row,
    Task,
    WalkRefused,
    refusals,
    shown,
    still_there,
)

__all__ = ["ALLOWED", "WATCHED", "Alarm", "Happening", "OpenTask", "Walk", "WalkRefused"]

ALLOWED = frozenset(
    {
        events.SUPPLEMENT_REQUESTED,
        events.SUPPLEMENT_RECEIVED,
        events.PAYMENT_REQUESTED,
        events.PAYMENT_RECEIVED,
        events.APOLOGISED,
        events.EXTENDED,
    }
)
"""What may be decided of a dossier beside its procedure (`Walk.decide`)."""
MOST_AT_ONCE = 1_000
"""Alarms that may go off in one `advance`: a repeated timer without end stays bounded."""


class Walk(Standing):
    """See the module. Made by `PlayedProcedure.accept`."""

    # What is done --------------------------------------------------------------------------------------------------------

    def complete(
        self,
        ref: str,
        at: datetime,
        decision: str | None = None,
        data: Mapping[str, Any] | None = None,
        by: str | None = None,
    ) -> tuple[OpenTask, ...]:
        """A step is done (forward): what it opens. `decision`: one of the step's, where it has any; `data` goes into the
        dossier's; `by`: who did it. A step of stage `return` confirms the result and hands it over. Raises WalkRefused."""
        self.advance(at)
        with refusals():
            task = self._workable(ref)
            step = task.opened.step
            routing = self._routing(step, decision)
            if by is not None:
                self._worked[task.opened.engine_task] = self._worked[step.id] = by
            self.data.update(deepcopy(dict(data or {})))
            self.visited.append(step.id)
            if step.stage == RETURN:
                return self._deliver(task)
            self._engine.complete(task.opened.engine_task, routing)
            return self._move(events.FORWARDED, task, more={"decision": decision, "by": by})

    def returned(self, ref: str, to: str | None, at: datetime, by: str | None = None) -> tuple[OpenTask, ...]:
        """A step is sent back to an earlier one (`to`: its ref, or its id; None: the nearest). Raises WalkRefused."""
        self.advance(at)
        with refusals():
            task = self._workable(ref)
            if self.clock.result_at is not None:
                raise WalkRefused("Đã xác nhận có kết quả nên không trả lại bước trước được.", "QT-18.4")
            earlier = self._engine.earlier_steps(task.opened.engine_task)
            found = next((one for one in earlier if to is None or to in (one.ref, one.step.id)), None)
            if found is None:
                raise WalkRefused("Không trả lại về bước này được.", "QT-17.4")
            self._engine.go_back(found.engine_task)
            key = found.engine_task if found.item is not None else found.step.id
            accounts = {found.engine_task: self._worked[key]} if key in self._worked else {}
            more = {"to": found.step.id, "by": by}
            return self._move(events.RETURNED, task, accounts=accounts, more=more)

    def message(self, name: str, at: datetime, data: Mapping[str, Any] | None = None) -> tuple[OpenTask, ...]:
        """A message reaches every place that waits for it. Raises WalkRefused where none does."""
        self.advance(at)
        with refusals():
            places = [one for one in self._engine.messages() if one.message == name]
            if not places:
                raise WalkRefused(f"Hồ sơ không chờ tin “{name}”.")
            self._require_going()
            for one in places:
                with still_there():
                    self._engine.deliver(one.engine_task, {f"{one.element}_message": dict(data or {})})
                    self.visited.append(one.element)
            return self._move(events.MESSAGE_RECEIVED, None, element=places[0].element, text=places[0].name)

    def decide(self, kind: str, at: datetime, **data: Any) -> None:
        """An act of ALLOWED that only the clock knows, as approved and recorded at that instant; `data` as `Event` says, a
        file counts as attached. Raises WalkRefused as the regulation does."""
        if kind not in ALLOWED:
            raise ValueError(kind)
        self.advance(at)
        with refusals():
            held = self.clock.paused_for
            if kind in (events.PAYMENT_REQUESTED, events.PAYMENT_RECEIVED) and self._waits_drawn():
                raise WalkRefused("Sơ đồ vẽ bước chờ nộp tiền: hãy hoàn thành bước đó.", "QT-19.3t")
            self._apply(Event(kind, self.now, data={"file": 1, **data}))
            self._note(kind, more=data)
            if held is None and self.clock.paused_for is not None:
                self._alarms.suspend(self._tasks.values(), self.rules, self.now, None)
            elif held is not None and self.clock.paused_for is None:
                self._alarms.resume(self._tasks.values(), self.clock, self.rules, self.now, self._reminds)
            self._restate()

    def advance(self, to: datetime) -> tuple[Happening, ...]:
        """The clock goes on: whatever is due by `to` happens, in order. Answers what was written down. Raises WalkRefused for
        an earlier instant, and where the drawing cannot go on."""
        to = to.replace(microsecond=0)
        if to < self.now:
            raise WalkRefused("Thời điểm này ở trước việc vừa làm; đồng hồ chỉ chạy tới.")
        before = len(self.log)
        for _ in range(MOST_AT_ONCE):
            coming = self.alarms(to)
            if not coming:
                break
            with refusals():
                self._go_off(coming[0])
        else:
            raise WalkRefused(
                f"Trong khoảng này có hơn {MOST_AT_ONCE} mốc hẹn giờ; hãy tiến đồng hồ từng đoạn ngắn hơn."
            )
        self.now = to
        return tuple(self.log[before:])

    # How it is done ------------------------------------------------------------------------------------------------------

    def start(self, at: datetime, by: str | None) -> None:
        """Registered and accepted at the counter: the clock starts, the first step is open in `by`'s hands."""
        self.now = at.replace(microsecond=0)
        with refusals():
            self._apply(Event(events.REGISTERED, self.now))
            self._engine = Instance.start(self.procedure.definition, {}, self.data)
            limits = timed.agency_limits(self.procedure.definition, self._engine, self.agency, self.rules)
            terms = self.procedure.terms(self.rules) | ({"agency_limits": limits} if limits else {})
            first = [one for one in self._engine.open_steps() if one.step.stage == RECEIVE]
            accounts = {one.engine_task: by for one in first} if by is not None else {}
            self._move(events.ACCEPTED, None, data=terms, accounts=accounts)

    def _deliver(self, task: Task) -> tuple[OpenTask, ...]:
        others = [one.opened.title for one in self._tasks.values() if one is not task]
        if self.clock.result_at is None:
            self._apply(Event(events.RESULT_CONFIRMED, self.now, data={"outcome": status.GRANTED}))
            self._note(events.RESULT_CONFIRMED, task.opened.step.id, task.opened.title, task.agency)
            for one in self._tasks.values():
                self._alarms.silence(one)
            self._restate()
        if others:
            raise WalkRefused(f"Còn bước khác đang mở nên chưa trả được kết quả: {'; '.join(others)}.", "QT-18.5")
        self._engine.complete(task.opened.engine_task, {})
        if not self._engine.finished:
            raise WalkRefused("Sau bước trả kết quả quy trình chưa kết thúc nên hồ sơ chưa đóng được.", "QT-18.5")
        return self._move(events.DELIVERED, task)

    def _move(
        self,
        kind: str,
        acted: Task | None,
        *,
        data: Mapping[str, Any] | None = None,
        accounts: Mapping[str, str] | None = None,
        fired: Row | None = None,
        element: str = "",
        text: str = "",
        more: Mapping[str, Any] | None = None,
    ) -> tuple[OpenTask, ...]:
        """Bring tasks, clock and timers after the engine, as `app.actions.work.Work.move` does of the procedure's diagram."""
        opened = {one.engine_task: one for one in self._engine.open_steps()}
        acted_on = acted.opened.engine_task if acted is not None else None
        closed = [key for key in self._tasks if key == acted_on or key not in opened]
        kept = self._tasks.keys() - set(closed)
        fresh = [one for key, one in opened.items() if key not in kept]
        agencies = {
            one.engine_task: timed.agency_of(self._engine, one.step, self.agency, one.engine_task) for one in fresh
        }
        opens = tuple(
            timed.holding_of(
                self._engine, one, agencies[one.engine_task], (accounts or {}).get(one.engine_task), self.rules
            )
            for one in fresh
        )
        closes = tuple(key for key in closed if self.clock.holding(key) is not None)
        event = Event(kind, self.now, closes=closes, opens=opens, data=dict(data or {}))
        moves = transfers.as_seen(
            event,
            self.clock,
            lambda: self._had,
            lambda: self._goes_without_paper(fresh),
            self.rules.profile.transfer_form,
        )
        now_open = [waits.Opened(one.engine_task, one.step.id, one.step.pause) for one in opened.values()]
        wait = waits.wait_of(self.clock, kind, now_open, kept, self.procedure.paying)
        before, after = wait.before(self.now, {"file": 1}), wait.after(self.now, {"file": 1})
        self._note(
            moves[0].kind,
            element or (acted.opened.step.id if acted else ""),
            text or (acted.opened.title if acted else ""),
            acted.agency if acted else "",
            acted.opened.step.position if acted else "",
            more,
        )
        for one in (*before, *moves, *after):
            self._apply(one)
        for key in closed:
            del self._tasks[key]
        self._alarms.drop(closed)
        led_to = [self._open(one, opens[place]) for place, one in enumerate(fresh)]
        self._tell(self._engine.take_notices())
        self._alarms.follow(self._engine.timers(), self.clock, self.rules, self.now, fired)
        if before or after:
            if self.clock.paused_at is not None:
                self._alarms.suspend(self._tasks.values(), self.rules, self.now, self._reminds)
            else:
                self._alarms.resume(self._tasks.values(), self.clock, self.rules, self.now, self._reminds)
        self._restate()
        return tuple(shown(task) for task in led_to)

    def _open(self, opened: OpenStep, holding: Holding) -> Task:
        held = self.clock.holding(opened.engine_task)
        due_at, warn_at = (held.due_at, held.due_soon_at) if held else (None, None)
        task = Task(opened, holding.agency, self.now, due_at, warn_at, holding.account)
        self._tasks[opened.engine_task] = task
        self._had.add(holding.agency)
        self._left_desk = self._left_desk or opened.step.stage != RECEIVE
        self._alarms.set_for(task, self.now)
        self._note("opened", opened.step.id, opened.title, holding.agency, opened.step.position)
        return task

    def _apply(self, event: Event) -> None:
        before = self.clock
        applied = clock.apply(before, event, self.rules)
        self.clock = applied.state
        self.events.append(event)
        self.segments += applied.segments
        self._lines += applied.lines
        for name in WATCHED:
            moved = getattr(self.clock, name)
            if getattr(before, name) is not None and moved is not None:
                self._alarms.move_instant(name, moved)

    def _reminds(self, row: Row) -> bool:
        host = host_of(self.procedure.definition, row.element)
        return host in self.procedure.paying and any(one.opened.step.id == host for one in self._tasks.values())

    def _waits_drawn(self) -> bool:
        return self.clock.paused_for == PAYMENT and any(one.opened.step.pause for one in self._tasks.values())

    def _go_off(self, alarm: Alarm) -> None:
        self.now = max(self.now, alarm.at)
        if alarm.kind in WATCHED:
            self._said[alarm.kind] = alarm.at
            self._note(alarm.kind)
            return
        row = self._alarms.take(alarm)
        if row.kind != EVENT:
            task = self._tasks[row.engine_task]
            more = {"account": task.account, "due_at": row.due_at}
            self._note(row.kind, task.opened.step.id, task.opened.title, task.agency, task.opened.step.position, more)
            return
        self._engine.fire(row.engine_task)
        self.visited.append(row.element)
        self._move(events.TIMER_FIRED, None, fired=row, element=row.element, text=row.name)

    def _goes_without_paper(self, fresh: Collection[OpenStep]) -> bool:
        parts = [{"kind": "electronic"}] if self._electronic else []
        return transfers.fully_electronic(parts, [one.step.paper for one in fresh])

    def _restate(self) -> None:
        self._status = self.status.number

    def _workable(self, ref: str) -> Task:
        task = self._task(ref)
        self._require_going()
        return task

    def _require_going(self) -> None:
        if self.held:
            raise WalkRefused("Hồ sơ đang tạm dừng chờ bổ sung.", "QT-19.3a")

    @staticmethod
    def _routing(step: Step, decision: str | None) -> dict[str, Any]:
        if not step.decisions:
            if decision is not None:
                raise WalkRefused(f"Bước “{step.name}” không có kết quả để chọn.")
            return {}
        if decision not in {one.value for one in step.decisions}:
            titles = "; ".join(one.title for one in step.decisions)
            raise WalkRefused(f"Hãy chọn một kết quả xử lý của bước “{step.name}”: {titles}.")
        return {step.decision_variable: decision}

    def _note(
        self,
        kind: str,
        element: str = "",
        text: str = "",
        agency: str = "",
        position: str = "",
        more: Mapping[str, Any] | None = None,
    ) -> None:
        self.log.append(Happening(self.now, kind, element, text, agency, position, dict(more or {})))

    def _tell(self, notices: Collection[Notice]) -> None:
        for notice in notices:
            self._note("notice", notice.element, notice.name, more={"to": notice.to, "template": notice.template})
