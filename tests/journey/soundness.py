"""What must hold of a dossier between any two actions, read from the database behind the interface's back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from app.actions.receive_message import receiving
from app.actions.running import MAIN
from app.actions.work import Work
from app.lawbook import refold, rules_as_folded
from app.rules.side import SIDE
from app.store import history, incidents, segments, tasks
from app.store.dossiers import DossierRow
from app.store.incidents import ACTION, TIMER, VACANCY
from app.store.instances import ProcessInstance
from app.store.timers import Timer


def faults(connection: Connection, dossier: DossierRow, now: datetime) -> list[str]:
    """What is wrong with the dossier, in words; nothing for a sound one.

    The fold of its history is the stored clock and the stored segments; the hash chain is whole; the open tasks are the open
    steps of the engine and what the clock holds; every timer that a diagram waits for has its row; a closed dossier has
    nothing left, and one that is not closed has something to wait for. What stands has its incident, and an incident something
    that stands.
    """
    rows = history.history_of(connection, dossier.id)
    rules = rules_as_folded(connection, dossier)
    opened = tasks.tasks_of(connection, dossier.id)
    folded = refold(rows, rules)
    found = []
    if folded.state.to_dict() != dossier.clock:
        found.append("the fold of the history is not the stored clock")
    if fault := history.chain_fault(rows, dossier.id, dossier.history_seq, dossier.history_hash):
        found.append(f"history: {fault}")
    stored = [
        (part.agency, part.step, part.account, part.from_at, part.to_at, part.seconds, part.charged)
        for part in segments.segments_of(connection, dossier.id)
    ]
    if stored != [
        (part.agency, part.step, part.account, part.from_at, part.to_at, part.seconds, part.charged)
        for part in folded.segments
    ]:
        found.append("the fold's segments are not the stored ones")
    found += _engine_faults(connection, dossier, opened, [held.key for held in folded.state.holdings], now)
    if dossier.closed_at is not None and (opened or _timers(connection, dossier.id)):
        found.append("a closed dossier has open tasks or timers")
    waits = opened or _timers(connection, dossier.id)
    if dossier.closed_at is None and not waits and not _awaits_message(connection, dossier, now):
        found.append("stuck: neither a task nor a timer, and no message is waited for")
    return found + _incident_faults(connection, dossier, opened)


def _incident_faults(connection: Connection, dossier: DossierRow, opened: list[tasks.TaskRow]) -> list[str]:
    """Every vacant step and every timer that was given up on has one open incident, and nothing else has."""
    rows = incidents.open_incidents(connection, dossier.id)
    found = []
    if dossier.incidents != len(rows):
        found.append(f"the dossier counts {dossier.incidents} incidents of {len(rows)}")
    vacant = sorted(task.id for task in opened if task.state == "vacant")
    if sorted(row.task_id or 0 for row in rows if row.kind == VACANCY) != vacant:
        found.append("the vacancies are not the vacant tasks")
    given_up = sorted(row.id for row in _timers(connection, dossier.id) if row.incident is not None)
    if sorted(row.timer_id or 0 for row in rows if row.kind == TIMER) != given_up:
        found.append("the timers' incidents are not the timers that were given up on")
    if not {row.task_id for row in rows if row.kind == ACTION} <= {task.id for task in opened}:
        found.append("an action's incident on a step that has ended")
    alarmed = {row.task_id for row in _timers(connection, dossier.id) if row.kind != "event"}
    if alarmed & set(vacant):
        found.append("a vacant step has alarms")
    return found


def _awaits_message(connection: Connection, dossier: DossierRow, now: datetime) -> bool:
    return any(running.engine.messages() for running in receiving(Work(connection, dossier, [], now, None)))


def _engine_faults(
    connection: Connection, dossier: DossierRow, opened: list[tasks.TaskRow], held: list[str], now: datetime
) -> list[str]:
    work = Work(connection, dossier, opened, now, None)
    unfinished = connection.execute(
        select(ProcessInstance.id, ProcessInstance.kind).where(
            ProcessInstance.dossier_id == dossier.id, ProcessInstance.finished_at.is_(None)
        )
    ).all()
    running = [work.diagrams.get(row.id) for row in unfinished]
    found = []
    steps = sorted(step.engine_task for one in running for step in one.engine.open_steps())
    if sorted(task.engine_task for task in opened) != steps:
        found.append("the open tasks are not the engine's open steps")
    if sorted(task.engine_task for task in opened if task.instance_kind == _holder(dossier)) != sorted(held):
        found.append("the open tasks are not what the clock holds")
    waiting = sorted(timer.engine_task for one in running for timer in one.engine.timers())
    rows = sorted(str(row.engine_task) for row in _timers(connection, dossier.id) if row.kind == "event")
    if waiting != rows:
        found.append("the timer rows are not what the diagrams wait for")
    if dossier.closed_at is not None and running:
        found.append(f"a closed dossier still runs {[row.kind for row in unfinished]}")
    return found


def _holder(dossier: DossierRow) -> str | None:
    """Kind of the diagram whose open steps the clock holds: the procedure's, or the request's that took the dossier."""
    if "started_at" not in dossier.clock:
        return None
    return dossier.held_by if dossier.held_by in SIDE else MAIN


def _timers(connection: Connection, dossier_id: int) -> list[Timer]:
    return list(connection.execute(select(Timer.__table__).where(Timer.dossier_id == dossier_id)).all())  # type: ignore[arg-type]
