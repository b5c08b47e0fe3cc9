"""Event logs for tools that mine processes: XES (IEEE 1849-2016) and OCEL 2.0 as JSON, of a version's dossiers in a period.

A case is a dossier. An event is a step that begins or is done, or a milestone of the dossier as a whole. People are numbered
within one file and never named; applicants do not occur. Files are made a batch of dossiers at a time and may be long.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from app.access.caller import Caller
from app.rules import events as clock_events
from app.store import event_logs, step_statistics
from app.store.administration_changes import record_change
from app.store.event_logs import LoggedDossier, LoggedTask, Milestone
from app.store.replica import reading_behind
from app.store.transaction import transaction
from app.views import ocel, xes
from app.views.as_run import Asked, cohort_of
from app.views.titles import TITLES

BATCH = 200
MILESTONES: Final = (
    clock_events.REGISTERED,
    clock_events.ACCEPTED,
    clock_events.NOT_ACCEPTED,
    clock_events.SUPPLEMENT_REQUESTED,
    clock_events.SUPPLEMENT_RECEIVED,
    clock_events.PAYMENT_REQUESTED,
    clock_events.PAYMENT_RECEIVED,
    clock_events.EXTENDED,
    clock_events.APOLOGISED,
    clock_events.TRANSFERRED,
    clock_events.RETURNED,
    clock_events.RECALLED,
    clock_events.WITHDRAWN,
    clock_events.RESULT_CONFIRMED,
    clock_events.DELIVERED,
)
FORMATS: Final = {"xes": "application/xml", "ocel.json": "application/json"}
"""Ending of the file's name -> media type."""


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """One event of a dossier. `lifecycle` is start or complete; `person` the number of an official, None for the system;
    `step`, `position` and what follows are None for milestones."""

    id: str
    activity: str
    at: datetime
    lifecycle: str
    person: int | None = None
    step: str | None = None
    stage: str | None = None
    position: str | None = None
    agency: str | None = None
    unit: str | None = None
    due_at: datetime | None = None
    seconds: int | None = None
    result: str | None = None
    process: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    dossier: LoggedDossier
    events: Sequence[LoggedEvent]


@dataclass(slots=True)
class _People:
    """Numbers for officials in the order in which they occur."""

    numbers: dict[int, int] = field(default_factory=dict)

    def number(self, account_id: int | None) -> int | None:
        return None if account_id is None else self.numbers.setdefault(account_id, len(self.numbers) + 1)


def event_log(caller: Caller, asked: Asked, form: str, now: datetime, address: str | None) -> Iterator[bytes]:
    """The log as pieces of a file, `form` one of FORMATS; that it was taken is noted before the first piece.

    Errors (at once, not while iterating): DomainError not_found, forbidden, invalid.
    """
    with reading_behind() as connection:
        version, cohort = cohort_of(connection, caller, asked)
        ids = step_statistics.dossiers_of(connection, cohort)
    with transaction() as connection:
        record_change(
            connection,
            at=now,
            account_id=caller.account_id,
            kind="event_log_exported",
            subject=f"procedure:{version.procedure}",
            agency_id=None,
            before={},
            after={
                "version": version.number,
                "first": asked.first.isoformat(),
                "last": asked.last.isoformat(),
                "form": form,
                "dossiers": len(ids),
            },
            address=address,
        )
    name = f"{version.procedure} · phiên bản {version.number}"
    write: Callable[[str, Iterator[Case]], Iterator[bytes]] = xes.written if form == "xes" else ocel.written
    return write(name, _cases(ids))


def _cases(ids: Sequence[int]) -> Iterator[Case]:
    people = _People()
    for first in range(0, len(ids), BATCH):
        batch = ids[first : first + BATCH]
        with reading_behind() as connection:
            dossiers = event_logs.logged_dossiers(connection, batch)
            tasks = _by_dossier(event_logs.logged_tasks(connection, batch))
            stones = _by_dossier(event_logs.milestones(connection, batch, MILESTONES))
        for dossier in dossiers:
            found = [event for task in tasks.get(dossier.id, ()) for event in _of_task(task, people)]
            found += [_of_milestone(one, people) for one in stones.get(dossier.id, ())]
            # What ends is told before what it leads to at the same instant.
            yield Case(dossier, sorted(found, key=lambda one: (one.at, _RANK[one.lifecycle], one.id)))


_RANK = {"complete": 0, "start": 1}


def _by_dossier(rows: Sequence[Any]) -> dict[int, list[Any]]:
    return {dossier: list(found) for dossier, found in groupby(rows, lambda row: row.dossier_id)}


def _of_task(task: LoggedTask, people: _People) -> Iterator[LoggedEvent]:
    shared: dict[str, Any] = {
        "activity": task.step_name,
        "step": task.step if task.process == "main" else f"{task.process}:{task.step}",
        "process": task.process,
        "stage": task.stage,
        "position": task.position,
        "agency": task.agency,
        "unit": task.unit,
        "due_at": task.due_at,
    }
    yield LoggedEvent(f"t{task.id}s", at=task.entered_at, lifecycle="start", **shared)
    if task.state == "done" and task.finished_at is not None:
        yield LoggedEvent(
            f"t{task.id}c",
            at=task.finished_at,
            lifecycle="complete",
            person=people.number(task.finished_by),
            seconds=task.seconds,
            result=task.outcome,
            **shared,
        )


def _of_milestone(one: Milestone, people: _People) -> LoggedEvent:
    activity = TITLES.get(one.kind, one.kind)
    person = people.number(one.account_id)
    return LoggedEvent(f"h{one.dossier_id}.{one.seq}", activity, one.at, "complete", person, result=one.kind)
