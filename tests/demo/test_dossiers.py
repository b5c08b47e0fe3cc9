"""A hundred dossiers made by the real actions: all states, all invariants that live dossiers have."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, or_, select, text

from app.actions.timing import REQUEST_LIMIT
from app.demo.dossiers import NOTE
from app.demo.plan import Planned, plan, procedure_of
from app.engine.shared import DEADLINE_WATCH
from app.lawbook import rules_for
from app.rules.clock import ClockRules, ClockState, colour, fold, is_overdue
from app.rules.events import Event
from app.rules.permissions import WORKERS
from app.store import accounts, dossiers, handlers, history, segments, tasks
from app.store.dossiers import Dossier, DossierRow
from app.store.history import HistoryRow, chain_fault
from app.store.tasks import TaskRow
from app.store.timers import Timer
from app.wording import LOCAL
from tests.demo.conftest import DOSSIERS, NOW, Demonstration

RECEIVE = "receive"


@dataclass
class Case:
    row: DossierRow
    rules: ClockRules
    past: list[HistoryRow]
    open: list[TaskRow] = field(default_factory=list)

    @property
    def clock(self) -> ClockState:
        return ClockState.from_dict(self.row.clock)

    @property
    def events(self) -> list[Event]:
        return [Event.from_dict(entry.data["event"]) for entry in self.past if "event" in entry.data]


@pytest.fixture
def cases(reader: Connection) -> list[Case]:
    found = []
    for dossier_id in reader.execute(select(Dossier.id).order_by(Dossier.id)).scalars().all():
        row = dossiers.dossier_by_id(reader, dossier_id)
        rules = rules_for(reader, row)
        past = history.history_of(reader, dossier_id)
        found.append(Case(row, rules, past, tasks.tasks_of(reader, dossier_id)))
    assert len(found) == DOSSIERS
    return found


def planned_status(planned: Planned) -> int:
    if planned.goal == "held":
        return {RECEIVE: 2, "await_payment": 6}.get(str(planned.step), 4)
    return _STATUSES[planned.goal]


_STATUSES = {
    "submitted": 1,
    "not_accepted": 3,
    "supplement": 5,
    "correction": 5,
    "payment": 6,
    "withdrawn": 7,
    "refused": 8,
    "result": 9,
    "delivered": 10,
}


def test_every_dossier_stands_where_the_plan_wants_it(cases: list[Case], demonstration: Demonstration) -> None:
    assert demonstration.loaded.dossiers == DOSSIERS
    wanted = Counter((p.procedure, p.agency, p.channel, planned_status(p)) for p in plan(DOSSIERS))
    assert Counter((c.row.procedure, c.row.agency, c.row.channel, c.row.status) for c in cases) == wanted
    held = Counter((p.procedure, p.step) for p in plan(DOSSIERS) if p.goal == "held")
    at_step = Counter(
        (case.row.procedure, task.step)
        for case in cases
        for task in case.open
        if case.row.status in (2, 4, 6) and task.instance_kind == "main" and case.row.held_by is None
    )
    assert at_step == held


def test_all_states_colours_and_both_kinds_of_punctuality_occur(cases: list[Case]) -> None:
    assert {case.row.status for case in cases} == set(range(1, 11))
    colours = Counter(colour(case.clock, NOW, case.rules) for case in cases)
    assert set(colours) == {"late", "due_soon", "step_late", "on_time", "paused", "done"}
    assert all(count >= 2 for count in colours.values()), colours
    for status in (4, 10):
        assert {is_overdue(case.clock, NOW) for case in cases if case.row.status == status} == {True, False}


def test_the_fold_of_the_history_is_the_stored_clock(cases: list[Case], reader: Connection) -> None:
    for case in cases:
        folded = fold(case.events, case.rules)
        assert folded.state == case.clock, case.row.code
        stored = [
            (row.agency, row.step, row.account, row.from_at, row.to_at, row.seconds, row.charged)
            for row in segments.segments_of(reader, case.row.id)
        ]
        assert stored == [
            (s.agency, s.step, s.account, s.from_at, s.to_at, s.seconds, s.charged) for s in folded.segments
        ], case.row.code


def test_lists_filter_by_what_the_clock_says(cases: list[Case]) -> None:
    for case in cases:
        state, row = case.clock, case.row
        assert (row.deadline_at, row.appointment_at, row.due_soon_at) == (
            state.deadline_at,
            state.appointment_at,
            state.due_soon_at,
        )
        assert (row.result_at, row.closed_at, row.overdue, row.outcome) == (
            state.result_at,
            state.delivered_at or (state.result_at if state.outcome == "withdrawn" else None),
            state.overdue,
            state.outcome,
        )
        if state.running and row.held_by is None:
            held = {one.key: (one.due_at, one.account) for one in state.holdings}
            assert held == {
                task.engine_task: (task.due_at, task.assignee) for task in case.open if task.instance_kind == "main"
            }


def test_no_history_is_broken(cases: list[Case]) -> None:
    for case in cases:
        assert chain_fault(case.past, case.row.id, case.row.history_seq, case.row.history_hash) is None, case.row.code


def test_nothing_is_stuck_and_somebody_can_do_every_open_task(cases: list[Case], reader: Connection) -> None:
    day = NOW.astimezone(LOCAL).date()
    people = {account.username: account for account in accounts.accounts_on(reader, day)}
    for case in cases:
        own = [task for task in case.open if task.instance_kind != DEADLINE_WATCH]
        assert bool(own) == (case.row.closed_at is None), case.row.code
        for task in case.open:
            able = [one.username for one in handlers.holding(reader, task.position, task.agency, day, WORKERS)]
            assert able, (case.row.code, task.step)
            assert all("task.work" in people[username].permissions for username in able)
            assert task.assignee is None or task.assignee in able


def test_people_work_in_working_hours_and_nothing_lies_in_the_future(cases: list[Case]) -> None:
    for case in cases:
        acts: dict[datetime, set[tuple[int | None, bool]]] = defaultdict(set)
        for entry in case.past:
            assert entry.at <= NOW
            assert entry.account_id is None or case.rules.calendar.counted(entry.at) == entry.at, (case.row.code, entry)
            acts[entry.at].add((entry.account_id, entry.kind in ("timer_fired", "step_due_soon", "step_overdue")))
        assert list(acts) == sorted(acts)
        # What one action or one timer wrote shares an instant; no two of them do.
        assert all(len({account for account, _ in who}) == 1 for who in acts.values()), case.row.code
        assert case.past[0].at == case.row.received_at


def test_timers_took_effect_when_they_were_due(cases: list[Case], reader: Connection) -> None:
    fired = 0
    for case in cases:
        for before, entry in zip(case.past, case.past[1:], strict=False):
            if entry.kind in ("timer_fired", "step_due_soon", "step_overdue"):
                due_at = datetime.fromisoformat(entry.data["due_at"])
                assert entry.at == max(due_at, before.at + timedelta(seconds=1)), (case.row.code, entry)
                fired += 1
    assert fired > DOSSIERS
    assert reader.execute(select(Timer.id).where(Timer.due_at <= NOW, Timer.held_unit.is_(None))).all() == []
    assert reader.execute(select(Timer.id).where(Timer.incident.is_not(None))).all() == []


def test_what_is_not_due_yet_waits_in_a_timer(cases: list[Case], reader: Connection) -> None:
    waiting = {
        (row.dossier_id, row.kind, row.task_id, row.instant): row.due_at
        for row in reader.execute(
            select(Timer.dossier_id, Timer.kind, Timer.task_id, Timer.instant, Timer.due_at).where(
                Timer.held_unit.is_(None), or_(Timer.instant.is_(None), Timer.instant != REQUEST_LIMIT)
            )
        )
    }
    wanted: dict[tuple[int, str, int | None, str | None], datetime] = {}
    for case in cases:
        for name, due_at in case.clock.alarms().items():
            if due_at is not None and due_at > NOW:
                wanted[(case.row.id, "event", None, name)] = due_at
        for task in case.open:
            if task.due_at is not None and task.due_at > NOW:
                wanted[(case.row.id, "step_overdue", task.id, None)] = task.due_at
    assert {key: due_at for key, due_at in waiting.items() if key[1] != "step_due_soon"} == wanted


def test_the_watch_told_of_late_dossiers_only(cases: list[Case]) -> None:
    for case in cases:
        told = {entry.data["template"] for entry in case.past if entry.kind == "notice_sent"}
        until = case.clock.paused_at or case.clock.result_at or NOW
        deadline, appointment = case.clock.deadline_at, case.clock.appointment_at
        assert ("deadline_passed" in told) == (deadline is not None and deadline < until), case.row.code
        assert ("appointment_passed" in told) == (appointment is not None and appointment < until), case.row.code


def test_codes_are_numbered_as_the_days_went(cases: list[Case]) -> None:
    assert [case.row.received_at for case in cases] == sorted(case.row.received_at for case in cases)
    numbers: Counter[tuple[str, Any]] = Counter()
    for case in cases:
        day = case.row.received_at.astimezone(LOCAL).date()
        numbers[(case.row.agency, day)] += 1
        assert case.row.code.endswith(f"-{day:%y%m%d}-{numbers[(case.row.agency, day)]:04d}")


def test_returned_dossiers_went_back_once(cases: list[Case]) -> None:
    wanted = Counter((p.procedure, p.agency) for p in plan(DOSSIERS) if p.returned)
    back = Counter(
        (case.row.procedure, case.row.agency) for case in cases for entry in case.past if entry.kind == "returned"
    )
    assert back == wanted


def test_heads_name_who_handles_a_dossier(cases: list[Case]) -> None:
    named = [entry for case in cases for entry in case.past if "assigned_to" in entry.data]
    assert len(named) > DOSSIERS / 3
    assert all(entry.kind == "claimed" for entry in named)


def test_the_mail_of_the_past_is_never_sent(reader: Connection) -> None:
    jobs = reader.execute(text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'send_delivery'"))
    assert jobs.scalar_one() == 0
    rows = reader.execute(text("SELECT created_at, sent_at, data ->> 'note' AS note FROM deliveries")).all()
    assert len(rows) > DOSSIERS
    assert all(row.sent_at == row.created_at and row.note == NOTE for row in rows)


def test_receipts_are_issued_for_what_was_accepted(cases: list[Case], reader: Connection) -> None:
    issued = reader.execute(text("SELECT dossier_id, content FROM slips WHERE kind = 'receipt'")).all()
    assert sorted(row.dossier_id for row in issued) == sorted(c.row.id for c in cases if c.clock.started_at is not None)
    for row in issued:
        assert row.content["demonstration"] is True


@pytest.mark.parametrize("number", [1, 7, 36, 100, 101, 250, 300, 1000])
def test_a_plan_of_any_size_keeps_the_mixture(number: int) -> None:
    found = plan(number)
    assert [planned.number for planned in found] == list(range(1, number + 1))
    rows = Counter(planned.goal for planned in plan(300))
    for goal, share in rows.items():
        assert abs(sum(planned.goal == goal for planned in found) - share * number / 300) <= max(3, number / 40)
    assert all(planned.agency in procedure_of(planned)["agencies"] for planned in found)
