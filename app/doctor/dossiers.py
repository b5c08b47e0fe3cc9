"""What must hold of a dossier between any two actions.

The fold of its history is the stored clock, segments and columns; the hash chain is whole; the open tasks are the open steps
of the engine and what the clock holds; every timer that a diagram waits for has its row, every alarm its task. A closed
dossier has nothing left, and one that is not closed has something to wait for. What stands has its incident, and an incident
something that stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from app.actions.receive_message import receiving
from app.actions.running import MAIN, Running
from app.actions.work import Work
from app.doctor.findings import Finding
from app.lawbook import refold, rules_as_folded
from app.rules import outcome, status, transfers
from app.rules.clock import ClockRules, ClockState
from app.rules.holdings import Segment
from app.rules.intake import AWAIT_CORRECTION
from app.rules.side import SIDE
from app.store import history, history_partitions, incidents, instances, segments, tasks, timers
from app.store.dossiers import DossierRow
from app.store.incidents import ACTION, TIMER, VACANCY
from app.store.segments import SegmentRecord
from app.store.tasks import TaskRow
from app.store.timers import Timer

_BROKEN = (
    (re.compile(r"row (\d+) is missing"), "thiếu dòng {}"),
    (re.compile(r"row (\d+) was changed"), "dòng {} đã bị sửa"),
    (re.compile(r"the last rows are missing"), "thiếu những dòng cuối"),
)


def dossier_findings(connection: Connection, dossier: DossierRow, now: datetime) -> Iterator[Finding]:
    """What is wrong with the dossier; nothing for a sound one. All queries should see one state of the database.

    What can not be read at all is a finding too. Errors: SQLAlchemyError.
    """
    one = _Dossier(connection, dossier, now)
    for check in (_history, _engine, _alarms, _waiting, _incidents):
        try:
            found = [Finding(name, words, dossier.code) for name, words in check(one)]
        except SQLAlchemyError:
            raise
        except Exception as problem:
            words = f"Không đọc được để kiểm tra {check.__name__[1:]}: {type(problem).__name__}: {problem}"
            found = [Finding("unreadable", words, dossier.code)]
        yield from found


@dataclass
class _Dossier:
    """One dossier and what its checks share, each part read once."""

    connection: Connection
    row: DossierRow
    now: datetime
    work: Work = field(init=False)

    def __post_init__(self) -> None:
        self.work = Work(self.connection, self.row, self.tasks, self.now, None)

    @cached_property
    def tasks(self) -> list[TaskRow]:
        return tasks.tasks_of(self.connection, self.row.id)

    @cached_property
    def timers(self) -> list[Timer]:
        return timers.rows_of(self.connection, self.row.id)

    @cached_property
    def running(self) -> list[Running]:
        return [self.work.diagrams.get(row.id) for row in instances.unfinished(self.connection, self.row.id)]


_Found = Iterator[tuple[str, str]]
"""Names of checks, with words."""


def _history(one: _Dossier) -> _Found:
    dossier = one.row
    rows = history.history_of(one.connection, dossier.id)
    if not rows or rows[0].seq != 1:
        drops = history_partitions.dropped(one.connection)
        if history_partitions.last_drop(drops, dossier.id):
            return  # past its retention: `motcua audit verify` goes on from what was sealed of it
    if fault := history.chain_fault(rows, dossier.id, dossier.history_seq, dossier.history_hash):
        yield "chain", f"Chuỗi băm của lịch sử không nguyên vẹn: {_broken(fault)}."
    rules = rules_as_folded(one.connection, dossier)
    folded = refold(rows, rules)
    if folded.state.to_dict() != dossier.clock:
        yield "clock", "Đồng hồ lưu trong hồ sơ khác đồng hồ tính lại từ lịch sử."
    stored = _spent(segments.segments_of(one.connection, dossier.id))
    counted = _spent(folded.segments)
    if stored != counted:
        sums = f"{_seconds(stored)} giây, tính lại là {_seconds(counted)} giây"
        yield "segments", f"Thời gian của các bước khác với tính lại từ lịch sử: đang lưu {len(stored)} đoạn, {sums}."
    yield from _columns(dossier, folded.state, rules)


def _spent(parts: Sequence[SegmentRecord] | Sequence[Segment]) -> list[tuple[Any, ...]]:
    return [(p.agency, p.step, p.account, p.from_at, p.to_at, p.seconds, p.charged) for p in parts]


def _seconds(parts: Sequence[tuple[Any, ...]]) -> int:
    return sum(part[5] for part in parts)


def _broken(fault: str) -> str:
    for pattern, words in _BROKEN:
        if match := pattern.fullmatch(fault):
            return words.format(*match.groups())
    return fault


def _columns(dossier: DossierRow, state: ClockState, rules: ClockRules) -> _Found:
    """What lists filter by is what the clock says (`Work.finish` writes it)."""
    withdrawn = state.result_at if state.outcome == status.WITHDRAWN_BY_APPLICANT else None
    expected = {
        "deadline_at": state.deadline_at,
        "appointment_at": state.appointment_at,
        "due_soon_at": state.due_soon_at,
        "paused_at": state.paused_at,
        "result_at": state.result_at,
        "closed_at": state.delivered_at or withdrawn,
        "overdue": state.overdue,
        "outcome": state.outcome,
        "transfer_due_at": transfers.first_due(state),
        "timeliness": outcome.classify(state, rules.profile, rules.calendar.tz),
        "status": _status(dossier, state),
    }
    for name, value in expected.items():
        if (stored := getattr(dossier, name)) != value:
            yield "columns", f"Cột {name} là {stored}, theo lịch sử phải là {value}."


def _status(dossier: DossierRow, state: ClockState) -> int:
    """The dossier's own status where nothing contradicts it: whether it left the desk is not asked again."""
    return status.derive(
        dossier.status,
        accepted=state.started_at is not None,
        left_desk=dossier.status >= status.IN_PROGRESS.number,
        result=state.result_at is not None,
        delivered=state.delivered_at is not None,
        outcome=state.outcome,
        waiting="supplement" if dossier.held_by == AWAIT_CORRECTION else state.paused_for,
    ).number


def _engine(one: _Dossier) -> _Found:
    steps = sorted(step.engine_task for running in one.running for step in running.engine.open_steps())
    if sorted(task.engine_task for task in one.tasks) != steps:
        yield "steps", f"Có {len(one.tasks)} bước đang chờ trong hộp việc, quy trình đang mở {len(steps)} bước khác."
    clock = ClockState.from_dict(one.row.clock) if one.row.clock else None
    held = sorted(holding.key for holding in clock.holdings) if clock else []
    if sorted(task.engine_task for task in one.tasks if task.instance_kind == _holder(one.row)) != held:
        yield "holdings", "Các bước đang chờ khác với những bước mà đồng hồ đang tính giờ."
    waiting = sorted(timer.engine_task for running in one.running for timer in running.engine.timers())
    rows = sorted(str(timer.engine_task) for timer in one.timers if timer.kind == "event")
    if waiting != rows:
        yield "timers", f"Có {len(rows)} đồng hồ hẹn, quy trình đang chờ {len(waiting)} đồng hồ khác."
    if one.row.closed_at is not None and one.running:
        yield "closed", f"Hồ sơ đã kết thúc mà quy trình còn chạy: {[run.row.kind for run in one.running]}."


def _holder(dossier: DossierRow) -> str | None:
    """Kind of the diagram whose open steps the clock holds: the procedure's, or the request's that took the dossier."""
    if "started_at" not in dossier.clock:
        return None
    return dossier.held_by if dossier.held_by in SIDE else MAIN


def _alarms(one: _Dossier) -> _Found:
    """Each alarm is of an open step, and the one of its limit is due with it."""
    opened = {task.id: task for task in one.tasks}
    for timer in one.timers:
        if timer.kind == "event":
            continue
        task = opened.get(timer.task_id or 0)
        if task is None:
            yield "alarms", f"Báo hạn {timer.id} của bước {timer.task_id} đã kết thúc."
        elif task.state == "vacant":
            yield "alarms", f"Bước {task.step} chưa có người nhận mà vẫn có báo hạn."


def _waiting(one: _Dossier) -> _Found:
    """Nothing is left of a closed dossier, and nothing stands without somebody or something to move it."""
    waits = bool(one.tasks or one.timers)
    if one.row.closed_at is not None:
        if waits:
            yield "closed", "Hồ sơ đã kết thúc mà còn bước đang chờ hoặc đồng hồ hẹn."
    elif not waits and not any(running.engine.messages() for running in receiving(one.work)):
        yield "stuck", "Hồ sơ chưa kết thúc mà không có bước nào, đồng hồ hẹn nào, tin nào đang chờ."


def _incidents(one: _Dossier) -> _Found:
    """Every vacant step and every timer that was given up on has one open incident, and nothing else has."""
    rows = incidents.open_incidents(one.connection, one.row.id)
    if one.row.incidents != len(rows):
        yield "incidents", f"Hồ sơ ghi {one.row.incidents} sự cố đang mở, thực có {len(rows)}."
    vacant = sorted(task.id for task in one.tasks if task.state == "vacant")
    if sorted(row.task_id or 0 for row in rows if row.kind == VACANCY) != vacant:
        yield "incidents", "Bước chưa có người giữ vị trí và sự cố tương ứng không khớp nhau."
    given_up = sorted(timer.id for timer in one.timers if timer.incident is not None)
    if sorted(row.timer_id or 0 for row in rows if row.kind == TIMER) != given_up:
        yield "incidents", "Đồng hồ hẹn không chạy được và sự cố tương ứng không khớp nhau."
    if not {row.task_id for row in rows if row.kind == ACTION} <= {task.id for task in one.tasks}:
        yield "incidents", "Sự cố của một thao tác ở bước đã kết thúc."
