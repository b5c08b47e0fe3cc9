"""Undo a dossier's move to another version, until its next action: everything stands again as it stood before the move."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from app.actions import library
from app.actions.move_version import bring_after, follow_version, locked_work, take_over
from app.actions.notices import announce
from app.actions.runner import Context, Outcome
from app.actions.work import Work
from app.engine.instance import Instance
from app.errors import DomainError
from app.rules import events
from app.store import history, procedures, timers, version_moves
from app.store.procedures import VersionRow
from app.store.version_moves import MoveRow

PASSES_BY = frozenset({"step_due_soon", "step_overdue"})
"""Rows of the history that are nobody's action: an alarm sounds whichever version the dossier follows."""


@dataclass(frozen=True, slots=True)
class UndoMove:
    dossier: str
    reason: str

    def perform(self, connection: Connection, context: Context) -> Outcome:
        """Errors: DomainError not_found, wrong_state, settled."""
        work = locked_work(connection, context, self.dossier)
        work.write_history()  # a calendar that changed meanwhile has just been taken in
        move = version_moves.last_move(connection, work.dossier.id)
        if move is None:
            raise DomainError("wrong_state", "Hồ sơ chưa được chuyển sang phiên bản khác lần nào.")
        if move.undone_at is not None:
            raise DomainError("settled", "Lần chuyển gần nhất đã được hoàn tác rồi.")
        if acted_since(connection, move):
            raise DomainError("wrong_state", "Hồ sơ đã được xử lý tiếp sau khi chuyển nên không hoàn tác được nữa.")
        before = procedures.version_by_id(connection, move.from_version_id)
        after = procedures.version_by_id(connection, move.to_version_id)
        said = {"reason": self.reason, "from_version": after.number, "to_version": before.number}
        if move.instance_id is None:
            follow_version(work, before)
            work.record(events.VERSION_MOVE_UNDONE, None, said)
        else:
            _put_back(work, move, before)
            running = work.diagrams.get(move.instance_id)
            bring_after(work, running, events.VERSION_MOVE_UNDONE, said, move.kept["agency_limits"])
        version_moves.mark_undone(connection, move.id, work.now)
        announce(work)
        work.finish()
        return Outcome(work, None, extra={"version": before.number})


def acted_since(connection: Connection, move: MoveRow) -> bool:
    """Whether something has happened to the dossier since it was moved."""
    return any(
        row.seq > move.history_seq and row.kind not in PASSES_BY
        for row in history.history_of(connection, move.dossier_id)
    )


def _put_back(work: Work, move: MoveRow, version: VersionRow) -> None:
    assert move.instance_id is not None  # noqa: S101 - asked by the caller
    running = work.diagrams.get(move.instance_id)
    definition = library.definition(work.connection, version.id, version.sha256, version.process)
    engine = Instance.load(definition, move.state, work.data)
    take_over(work, running, version, definition, engine)
    present = [str(row["engine_task"]) for row in version_moves.event_rows(work.connection, running.row.id)]
    timers.drop_event_timers(work.connection, running.row.id, present)
    for row in move.kept["timers"]:
        version_moves.put_back_timer(work.connection, row | {"due_at": datetime.fromisoformat(row["due_at"])})
    running.waiting = {timer.engine_task: timer for timer in engine.timers()}
