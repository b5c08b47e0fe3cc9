"""The course of a dossier: the task a person is shown first, its steps one by one, and how what its records name is called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.access.caller import Caller
from app.actions import library
from app.actions.running import MAIN, Diagrams, DossierData
from app.actions.taking_back import untouched
from app.errors import DomainError
from app.store import history, imports, procedures, tasks
from app.store.dossiers import DossierRow
from app.store.history import HistoryRow
from app.store.names import agency_names, people_names
from app.store.tasks import TaskRow
from app.store.transaction import reading
from app.views.parts import history_view, step_states
from app.views.visibility import visible_dossier


@dataclass(frozen=True, slots=True)
class AtHand:
    """The task to show, and one that the person has just forwarded and may still take back; ids or None."""

    task: int | None
    recallable: int | None


def at_hand(caller: Caller, code: str, wanted: int | None = None) -> AtHand:
    """`wanted`, if it is one of the dossier's; else the first open task that the caller can act on, the first open one, or
    the last that she forwarded.

    Errors: DomainError not_found, also for a task of another dossier.
    """
    with reading() as connection:
        dossier = visible_dossier(connection, code, caller)
        every = tasks.every_task_of(connection, dossier.id)
        if wanted is not None and wanted not in {task.id for task in every}:
            raise DomainError("not_found", "Hồ sơ không có bước này.")
        opened = [task for task in every if task.state == "open"]
        forwarded = [task for task in every if task.outcome == "forwarded" and task.finished_by == caller.account_id]
        live = [task for task in every if task.state in tasks.LIVE]
        back = _recallable(connection, dossier, forwarded, live)
    mine = [task for task in opened if task.assignee_id == caller.account_id]
    mine += [task for task in opened if caller.stands_in_for(task.assignee_id)]
    mine += [task for task in opened if task.assignee_id is None and caller.holds(task.position_id)]
    mine += [task for task in opened if caller.delegations_of(task.position_id, task.assignee_id)]
    first = next(iter(mine or opened or live or forwarded[-1:]), None)
    shown = wanted if wanted is not None else first.id if first else None
    return AtHand(shown, back.id if back is not None and back.id != shown else None)


def _recallable(
    connection: Connection, dossier: DossierRow, forwarded: Iterable[TaskRow], opened: Iterable[TaskRow]
) -> TaskRow | None:
    """The last of these whose following nobody has looked at; whether it may be recalled is for the rules to say."""
    latest = {task.engine_task: task for task in forwarded if task.instance_kind == MAIN}
    diagrams = Diagrams(connection, dossier, DossierData(connection, dossier.id))
    for task in sorted(latest.values(), key=lambda task: task.id, reverse=True):
        if untouched(connection, diagrams.get(task.instance_id), task, opened):
            return task
    return None


def steps_of(caller: Caller, code: str, now: datetime) -> list[dict[str, Any]]:
    """Every step of the diagram in reading order: {id, name, state, limit, limit_unit, times, entered_at, finished_at,
    due_at, position_name, who}; `state` is todo, done, current or late, `times` how often it was entered.

    Errors: DomainError not_found.
    """
    with reading() as connection:
        dossier = visible_dossier(connection, code, caller)
        drawn = procedures.version_by_id(connection, dossier.version_id).steps
        every = tasks.every_task_of(connection, dossier.id)
        passed = imports.passed_steps(connection, dossier.id)
    states = step_states(every, now, passed)
    passes: dict[str, list[TaskRow]] = {}
    for task in every:
        if task.instance_kind == MAIN and task.state != "cancelled":
            passes.setdefault(task.step, []).append(task)
    names = {step["id"]: step for step in drawn}
    for step, found in passes.items():
        names.setdefault(step, {"id": step, "name": found[-1].step_name})
    return [_step_view(step, states.get(name, "todo"), passes.get(name, [])) for name, step in names.items()]


def _step_view(step: dict[str, Any], state: str, passes: list[TaskRow]) -> dict[str, Any]:
    last = passes[-1] if passes else None
    return {
        "id": step["id"],
        "name": step["name"],
        "state": state,
        "limit": step.get("limit"),
        "limit_unit": step.get("limit_unit", "working"),
        "times": len(passes),
        "entered_at": last.entered_at if last else None,
        "finished_at": last.finished_at if last else None,
        "due_at": last.due_at if last and last.state in tasks.LIVE else None,
        "position_name": last.position_name if last else None,
        "who": last.assignee_name if last else None,
    }


@dataclass(frozen=True, slots=True)
class Names:
    """How the codes in a dossier's records are called: steps by id, agencies by code, people by user name, decisions by
    value; by task its step, and the steps that it led to."""

    steps: dict[str, str]
    agencies: dict[str, str]
    people: dict[str, str]
    decisions: dict[str, str]
    tasks: dict[int, str]
    following: dict[int, list[str]]


def _stood_in_for(data: Mapping[str, Any]) -> Iterator[str]:
    """User names of who was away, or delegated it, that a row of the history speaks of."""
    for said in (data, *(data.get("given") or ())):
        yield from (
            said[key] for key in ("instead_of", "to_instead_of", "delegated_by") if isinstance(said.get(key), str)
        )


def names_of(caller: Caller, code: str) -> Names:
    """The names behind a dossier's timeline and clock. Errors: DomainError not_found."""
    with reading() as connection:
        dossier = visible_dossier(connection, code, caller)
        return names_in(connection, dossier, history.history_of(connection, dossier.id))


def timeline_page(caller: Caller, code: str, before: int | None, limit: int) -> tuple[list[dict[str, Any]], Names]:
    """The newest events, those before the event `before`, oldest first, and how what they name is called.

    A long history costs the same statements as a short one. Errors: DomainError not_found.
    """
    with reading() as connection:
        dossier = visible_dossier(connection, code, caller)
        rows = history.history_page(connection, dossier.id, before, limit)
        return [history_view(row) for row in rows], names_in(connection, dossier, rows)


def names_in(connection: Connection, dossier: DossierRow, rows: Sequence[HistoryRow]) -> Names:
    """As `names_of`, for some rows of the history."""
    version = procedures.version_by_id(connection, dossier.version_id)
    every = tasks.every_task_of(connection, dossier.id)
    decided = any("decision" in row.data for row in rows)
    drawn = library.definition(connection, version.id, version.sha256, version.process).steps if decided else {}
    agencies = {dossier.agency: dossier.agency_name}
    if others := {task.agency for task in every} - agencies.keys():
        agencies |= agency_names(connection, others)
    people = {row.username: row.name for row in rows if row.username and row.name}
    people |= {task.assignee: task.assignee_name for task in every if task.assignee and task.assignee_name}
    if absent := {name for row in rows for name in _stood_in_for(row.data)} - people.keys():
        people |= people_names(connection, absent)
    steps = {step["id"]: step["name"] for step in version.steps} | {task.step: task.step_name for task in every}
    decisions = {choice.value: choice.title for step in drawn.values() for choice in step.decisions}
    following: dict[int, list[str]] = {}
    for task in every:
        if task.predecessor_id is not None:
            following.setdefault(task.predecessor_id, []).append(task.step_name)
    return Names(steps, agencies, people, decisions, {task.id: task.step_name for task in every}, following)
