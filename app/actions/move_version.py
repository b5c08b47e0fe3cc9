"""Move a running dossier to another version of its procedure (ST-26.7), whole or not at all.

Open tasks stay who they are: number, assignee, draft, joint handlers, due time. Drawn timers that both versions have keep
their time, those that are gone are dropped, new ones wait from now. Side processes that run go on as they are drawn; later
ones are the new version's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.actions import library
from app.actions.holding import suspend
from app.actions.moving_versions import Movers, check_movable, main_instance, moved_engine
from app.actions.notices import announce
from app.actions.runner import Context, Outcome, work_on
from app.actions.running import Running
from app.actions.transferring import agency_limits
from app.actions.work import Work
from app.engine.definition import Definition
from app.engine.instance import Instance, OpenStep
from app.errors import DomainError
from app.rules import events
from app.rules.events import Event
from app.store import dossiers, procedures, tasks, version_moves
from app.store.procedures import VersionRow
from app.store.tasks import TaskRow


@dataclass(frozen=True, slots=True)
class MoveVersion:
    """`dossier` is a code; `movers` know where to, and are shared by all dossiers of one request."""

    procedure_id: int
    dossier: str
    movers: Movers
    reason: str

    def perform(self, connection: Connection, context: Context) -> Outcome:
        """Errors: DomainError not_found, wrong_state (with `why`), invalid."""
        work = locked_work(connection, context, self.dossier, self.procedure_id)
        to = self.movers.to
        check_movable(work.dossier, to)
        before = procedures.version_by_id(connection, work.dossier.version_id)
        row = main_instance(connection, work.dossier)
        said = {"reason": self.reason, "from_version": before.number, "to_version": to.number}
        values = {
            "dossier_id": work.dossier.id,
            "from_version_id": before.id,
            "to_version_id": to.id,
            "moved_at": work.now,
            "moved_by": context.caller.account_id,
            "reason": self.reason,
        }
        lost: tuple[str, ...] = ()
        if row is None:
            move_id = version_moves.add_move(
                connection, **values, instance_id=None, state=b"", kept={}, history_seq=work.dossier.history_seq
            )
            follow_version(work, to)
            work.record(events.VERSION_MOVED, None, said)
        else:
            running = work.diagrams.get(row.id)
            moved = moved_engine(connection, self.movers, running.row, work.data)
            lost = moved.lost
            kept = _kept(work, running)
            move_id = version_moves.add_move(
                connection,
                **values,
                instance_id=row.id,
                state=running.row.state,
                kept=kept,
                history_seq=work.dossier.history_seq,
            )
            definition = library.definition(connection, to.id, to.sha256, to.process)
            take_over(work, running, to, definition, moved.engine)
            bring_after(work, running, events.VERSION_MOVED, said | {"lost": list(lost) or None})
        announce(work)
        work.finish()
        version_moves.settle_move(connection, move_id, work.dossier.history_seq)
        return Outcome(work, None, extra={"lost": list(lost), "version": to.number})


def locked_work(connection: Connection, context: Context, code: str, procedure_id: int | None = None) -> Work:
    """The administrator's work on a dossier, of that procedure where one is named. Errors: DomainError not_found."""
    found = dossiers.find_dossier(connection, code)
    if found is None or procedure_id not in (None, found.procedure_id):
        where = "" if found is None else " của thủ tục này"
        raise DomainError("not_found", f"Không có hồ sơ “{code}”{where}.")
    dossier = dossiers.lock_dossier(connection, found.id)
    assert dossier is not None  # noqa: S101 - dossiers are never removed
    return work_on(connection, dossier, tasks.tasks_of(connection, dossier.id), context)


def follow_version(work: Work, version: VersionRow) -> None:
    """What begins in the dossier from now on is of that version."""
    version_moves.set_version(work.connection, work.dossier.id, version.id)
    work.dossier.version_id = version.id


def take_over(work: Work, running: Running, version: VersionRow, definition: Definition, engine: Instance) -> None:
    """The procedure's own diagram runs under that version from now on."""
    follow_version(work, version)
    version_moves.set_instance_version(work.connection, running.row.id, version.id, version.process)
    running.row.version_id, running.row.sha256 = version.id, version.sha256
    running.row.process = version.process
    running.definition, running.engine = definition, engine


def bring_after(
    work: Work,
    running: Running,
    kind: str,
    said: Mapping[str, Any],
    limits: Mapping[str, int] | None = None,
) -> None:
    """Tasks, clock, timers and history after a diagram that was exchanged. `limits`: the agencies', where they are known."""
    opened = {step.engine_task: step for step in running.engine.open_steps()}
    mine = [task for task in work.live_tasks() if task.instance_id == running.row.id]
    renamed: dict[str, str] = {}
    for task in mine:
        if task.engine_task in opened:
            renamed |= _rename(work, task, opened[task.engine_task])
    data: dict[str, Any] = {name: said[name] for name in ("from_version", "to_version")}
    if renamed:
        data["renamed"] = renamed
    if work.clock.started_at is not None and work.clock.result_at is None:
        data["agency_limits"] = dict(limits) if limits is not None else agency_limits(work, running)
    event = Event(kind, work.now, data=data)
    work.apply(event)
    work.record(kind, None, said, event)
    if {task.engine_task for task in mine} == opened.keys():
        work.follow_timers(running)
    else:
        work.move(kind, running, None, details={name: said[name] for name in ("from_version", "to_version")})
    if work.dossier.held_by is not None:
        suspend(work)
    elif work.clock.paused_at is not None:
        suspend(work, reminding=True)


def _rename(work: Work, task: TaskRow, opened: OpenStep) -> dict[str, str]:
    name = opened.step.name if opened.item == task.agency else opened.title
    before = task.step
    if (before, task.step_name) == (opened.step.id, name):
        return {}
    version_moves.rename_task(work.connection, task.id, opened.step.id, name)
    task.step, task.step_name = opened.step.id, name
    task.version += 1
    return {} if before == opened.step.id else {before: opened.step.id}


def _kept(work: Work, running: Running) -> dict[str, Any]:
    """What undoing needs besides the diagram's state."""
    timers = version_moves.event_rows(work.connection, running.row.id)
    return {
        "timers": [
            {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}
            for row in timers
        ],
        "agency_limits": {
            name[1:]: meter.limit.seconds
            for name, meter in work.clock.meters.items()
            if name.startswith("@") and meter.limit is not None
        },
    }
