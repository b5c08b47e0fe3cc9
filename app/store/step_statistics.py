"""What the steps of a version took: the dossiers that came in a period and follow it now, step by step.

Only the procedure's own steps count, not those of side processes; a dossier that was moved counts where it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ARRAY, BigInteger, Connection, bindparam, text

from app.store.database import many

MOST_DOSSIERS = 20_000
"""Of so many dossiers, the latest of the period, it is told."""


@dataclass(frozen=True, slots=True)
class Cohort:
    """The dossiers of a version received from `begin` to before `end`, by these agencies (None: by all)."""

    version_id: int
    begin: datetime
    end: datetime
    agencies: tuple[int, ...] | None = None
    most: int = MOST_DOSSIERS

    @property
    def values(self) -> dict[str, object]:
        return {
            "version": self.version_id,
            "begin": self.begin,
            "end": self.end,
            "agencies": None if self.agencies is None else list(self.agencies),
            "most": self.most,
        }


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step: how often it was done and is open, in how many dossiers; working seconds that were charged while it was
    done (median, ninth tenth, all together), seconds on the wall (median); how many of those with a due time were late; how
    often it was sent back from here, and how often it came back."""

    step: str
    done: int
    open: int
    dossiers: int
    median_seconds: float | None
    slow_seconds: float | None
    total_seconds: int
    median_elapsed: float | None
    limited: int
    late: int
    returned: int
    came_back: int


@dataclass(frozen=True, slots=True)
class CohortRow:
    """The dossiers themselves: how many, with a result, late ones among those, still open, overdue ones among these, the
    median of the whole time on the wall from reception to result in seconds."""

    dossiers: int
    resolved: int
    late: int
    open: int
    overdue: int
    median_elapsed: float | None


_IDS_OF = bindparam("ids", type_=ARRAY(BigInteger))
_COHORT = text(
    """
    SELECT id FROM (
      SELECT id, received_at FROM dossiers
       WHERE version_id = :version AND received_at >= :begin AND received_at < :end
         AND outcome IS DISTINCT FROM 'import_withdrawn'
         AND (CAST(:agencies AS bigint[]) IS NULL OR agency_id = ANY (CAST(:agencies AS bigint[])))
       ORDER BY received_at DESC, id DESC LIMIT :most) latest
     ORDER BY received_at, id
    """
).bindparams(bindparam("agencies", type_=ARRAY(BigInteger)))
_STEPS = text(
    """
    WITH worked AS (
      SELECT t.id, t.step, t.dossier_id, t.state, t.outcome, t.entered_at, t.finished_at, t.due_at,
             earlier.outcome AS came_by
        FROM tasks t
        JOIN instances i ON i.id = t.instance_id AND i.kind = 'main'
        LEFT JOIN tasks earlier ON earlier.id = t.predecessor_id
       WHERE t.dossier_id = ANY (:ids)),
    spent AS (
      SELECT task_id, CAST(sum(seconds) FILTER (WHERE charged) AS bigint) AS seconds
        FROM segments WHERE dossier_id = ANY (:ids) AND task_id IS NOT NULL GROUP BY task_id)
    SELECT w.step,
           count(*) FILTER (WHERE w.state = 'done'),
           count(*) FILTER (WHERE w.state IN ('open', 'vacant')),
           count(DISTINCT w.dossier_id),
           percentile_cont(0.5) WITHIN GROUP (ORDER BY coalesce(spent.seconds, 0)) FILTER (WHERE w.state = 'done'),
           percentile_cont(0.9) WITHIN GROUP (ORDER BY coalesce(spent.seconds, 0)) FILTER (WHERE w.state = 'done'),
           CAST(coalesce(sum(spent.seconds), 0) AS bigint),
           percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM w.finished_at - w.entered_at))
             FILTER (WHERE w.state = 'done'),
           count(*) FILTER (WHERE w.due_at IS NOT NULL AND w.state <> 'cancelled'),
           count(*) FILTER (WHERE w.state <> 'cancelled' AND coalesce(w.finished_at, :now) > w.due_at),
           count(*) FILTER (WHERE w.outcome = 'returned' AND w.state = 'done'),
           count(*) FILTER (WHERE w.came_by = 'returned')
      FROM worked w LEFT JOIN spent ON spent.task_id = w.id
     GROUP BY w.step ORDER BY w.step
    """
).bindparams(_IDS_OF)
_WHOLE = text(
    """
    SELECT count(*), count(result_at), count(*) FILTER (WHERE result_at IS NOT NULL AND timeliness = 'late'),
           count(*) FILTER (WHERE closed_at IS NULL AND result_at IS NULL),
           count(*) FILTER (WHERE closed_at IS NULL AND result_at IS NULL AND overdue),
           percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM result_at - received_at))
      FROM dossiers WHERE id = ANY (:ids)
    """
).bindparams(_IDS_OF)


def dossiers_of(connection: Connection, cohort: Cohort) -> list[int]:
    """Their ids, the first received first."""
    return [int(one) for one in connection.execute(_COHORT, cohort.values).scalars()]


def steps_of(connection: Connection, dossiers: Sequence[int], now: datetime) -> list[StepRow]:
    """The steps that any of them came to; a step that is open counts as late when its due time is before `now`."""
    return many(StepRow, connection.execute(_STEPS, {"ids": list(dossiers), "now": now}))


def whole_of(connection: Connection, dossiers: Sequence[int]) -> CohortRow:
    return CohortRow(*connection.execute(_WHOLE, {"ids": list(dossiers)}).one())
