"""What an action adds to a dossier's history and to its time segments; both are only ever added to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.actions.late import LateEntry
from app.rules.clock import Segment
from app.rules.events import Event
from app.store import history, segments
from app.store.dossiers import DossierRow
from app.store.tasks import TaskRow


class Chronicle:
    """The rows of one action, chained to the dossier's last; `write` adds them."""

    def __init__(self, dossier: DossierRow, now: datetime, account_id: int | None) -> None:
        self._dossier = dossier
        self._now = now
        self._account_id = account_id
        self._rows: list[dict[str, Any]] = []
        self._segments: list[dict[str, Any]] = []
        self._stamp: dict[str, Any] = {}

    def set_back(self, late: LateEntry) -> None:
        """The rows that follow happened earlier than they are written, and say so."""
        self._now, self._stamp = late.at, late.stamp()

    def add(
        self,
        kind: str,
        task_id: int | None,
        details: Mapping[str, Any] | None,
        event: Event | None,
        by: int | None = None,
    ) -> None:
        """A row; `event` is what the clock folded, `by` who did it, where it is not whose action it is."""
        data = {key: value for key, value in (details or {}).items() if value is not None}
        data |= self._stamp
        if event is not None:
            data["event"] = event.to_dict()
            data["event"]["data"] |= self._stamp
        dossier = self._dossier
        row: dict[str, Any] = {
            "dossier_id": dossier.id,
            "seq": dossier.history_seq + 1,
            "at": self._now,
            "kind": kind,
            "account_id": by or self._account_id,
            "task_id": task_id,
            "data": data,
        }
        row["hash"] = history.link(dossier.history_hash, **row)
        self._rows.append(row)
        dossier.history_seq, dossier.history_hash = row["seq"], row["hash"]

    def add_segments(self, closed: Sequence[Segment], tasks: Sequence[TaskRow]) -> None:
        """Whose time it was: the clock's segments beside the tasks of this action that they belong to."""
        self._segments.extend(self._segment(segment, tasks) for segment in closed)

    def _segment(self, segment: Segment, tasks: Sequence[TaskRow]) -> dict[str, Any]:
        ending = (None, self._now)
        held = next((task for task in tasks if task.engine_task == segment.key and task.finished_at in ending), None)
        return segment_row(segment, held)

    def write(self, connection: Connection) -> None:
        """Add what there is so far; what follows is added by the next time."""
        history.append(connection, self._rows)
        segments.add_segments(connection, self._dossier.id, self._segments)
        self._rows, self._segments = [], []


def segment_row(segment: Segment, held: TaskRow | None) -> dict[str, Any]:
    """A stretch of time as it is stored, beside the task that it belongs to."""
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
