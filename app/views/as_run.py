"""A version as it really runs: time, lateness and returns of each step over a period, on its diagram and in a table.

Who checks or publishes processes and the control office see the whole province; heads and who may see reports what their
agencies received. Nobody's name is in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from app.access.caller import Caller
from app.access.reach import reach_of
from app.errors import DomainError, invalid
from app.rules.permissions import DESIGNERS
from app.store import procedures, step_statistics
from app.store.replica import reading_behind
from app.store.step_statistics import MOST_DOSSIERS, Cohort, CohortRow, StepRow
from app.store.version_reviews import VersionReviewRow
from app.views.drawn import drawn
from app.views.versions import known_version
from app.wording import LOCAL

EVERYWHERE: Final = (*DESIGNERS, "procedure.review", "control.view")
BY: Final[Mapping[str, str]] = {"time": "Thời gian", "late": "Trễ hạn", "returns": "Trả lại"}
"""What the heat says: each step's share of all working time; of its times, how many were late; how many sent back."""
LONGEST_DAYS = 3 * 366
FIRST_YEAR, LAST_YEAR = 1900, 2200


@dataclass(frozen=True, slots=True)
class Asked:
    """A version over a period of days, both included."""

    code: str
    number: int
    first: date
    last: date


def cohort_of(connection: Connection, caller: Caller, asked: Asked) -> tuple[VersionReviewRow, Cohort]:
    """The dossiers that the caller may know of. Errors: DomainError not_found, forbidden, invalid."""
    if asked.last < asked.first:
        raise invalid({"den": ["Ngày cuối không được trước ngày đầu."]})
    if not (asked.first.year >= FIRST_YEAR and asked.last.year <= LAST_YEAR):
        raise invalid({"tu": [f"Chọn các ngày từ năm {FIRST_YEAR} đến năm {LAST_YEAR}."]})
    if (asked.last - asked.first).days > LONGEST_DAYS:
        raise invalid({"tu": ["Kỳ dài nhất là ba năm."]})
    version = known_version(connection, asked.code, asked.number)
    begin, end = (datetime.combine(day, time(), LOCAL) for day in (asked.first, asked.last + timedelta(days=1)))
    return version, Cohort(version.id, begin, end, _agencies(caller))


def _agencies(caller: Caller) -> tuple[int, ...] | None:
    if any(caller.may(name) for name in EVERYWHERE):
        return None
    agencies = reach_of(caller).agencies
    if not agencies:
        raise DomainError(
            "forbidden", "Chỉ người thiết kế, kiểm tra quy trình, kiểm soát và người xem báo cáo của cơ quan xem được."
        )
    return tuple(sorted(agencies))


def as_run(caller: Caller, asked: Asked, now: datetime) -> dict[str, Any]:
    """{version, procedure, procedure_name, whole, steps, capped, own_only}; see `_step` for a step's shape.

    Errors: DomainError not_found, forbidden, invalid.
    """
    with reading_behind() as connection:
        row, cohort = cohort_of(connection, caller, asked)
        dossiers = step_statistics.dossiers_of(connection, cohort)
        whole = step_statistics.whole_of(connection, dossiers)
        rows = step_statistics.steps_of(connection, dossiers, now)
        steps = procedures.version_by_id(connection, row.id).steps
    return {
        "procedure": row.procedure,
        "procedure_name": row.procedure_name,
        "version": row.number,
        "first": asked.first,
        "last": asked.last,
        "whole": _whole(whole),
        "steps": _steps(steps, rows),
        "capped": whole.dossiers >= MOST_DOSSIERS,
        "own_only": cohort.agencies is not None,
    }


def heat_of(found: Mapping[str, Any], by: str) -> dict[str, float]:
    """Step -> 0 to 1, for steps that were done or are open; `by` is a name of BY."""
    steps = [step for step in found["steps"] if step["dossiers"]]
    if by == "late":
        return {step["id"]: step["late_share"] or 0.0 for step in steps}
    if by == "returns":
        return {step["id"]: step["returned_share"] or 0.0 for step in steps}
    most = max((step["total_seconds"] for step in steps), default=0)
    return {step["id"]: step["total_seconds"] / most if most else 0.0 for step in steps}


def diagram_of(caller: Caller, asked: Asked) -> str:
    """The diagram of the version, for a viewer. Errors: DomainError not_found, forbidden."""
    with reading_behind() as connection:
        row, _ = cohort_of(connection, caller, asked)
        return drawn(procedures.main_diagram(connection, row.id))


def _whole(row: CohortRow) -> dict[str, Any]:
    return asdict(row) | {"late_share": _share(row.late, row.resolved)}


def _steps(published: Sequence[Mapping[str, Any]], rows: Sequence[StepRow]) -> list[dict[str, Any]]:
    """The diagram's steps in reading order, then those that dossiers had under an earlier diagram."""
    known = {row.step: row for row in rows}
    order = [str(step["id"]) for step in published]
    steps = [_step(step, known.get(str(step["id"]))) for step in published]
    gone = [_step({"id": name}, row, in_diagram=False) for name, row in known.items() if name not in order]
    return steps + gone


_NEVER = StepRow("", 0, 0, 0, None, None, 0, None, 0, 0, 0, 0)


def _step(step: Mapping[str, Any], row: StepRow | None, *, in_diagram: bool = True) -> dict[str, Any]:
    """{id, name, limit, limit_unit, in_diagram, and the numbers of StepRow with `late_share` and `returned_share`}."""
    numbers = asdict(row or _NEVER)
    del numbers["step"]
    return {
        "id": step["id"],
        "name": step.get("name") or step["id"],
        "limit": step.get("limit"),
        "limit_unit": step.get("limit_unit"),
        "in_diagram": in_diagram,
        **numbers,
        "late_share": _share(numbers["late"], numbers["limited"]),
        "returned_share": _share(numbers["returned"], numbers["done"]),
    }


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
