"""Dossiers of the demonstration as patterns for many more: every column as COPY writes it, apart from what each copy gets anew.

The demonstration's dossiers were made by the real actions, so clocks, instances, components and tasks have the shape and the
size that they have in earnest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from psycopg import Connection

DOSSIER = (
    "token, procedure_id, version_id, profile, channel, status, received_at, limit_seconds, clock, deadline_at, "
    "appointment_at, due_soon_at, paused_at, result_at, closed_at, overdue, outcome, history_seq, history_hash, version"
)
CONTENTS = "components, notify, deliver, data"
INSTANCE = "version_id, process, kind, state, started_at, finished_at"
HISTORY = "seq, at, kind, account_id, data, hash"
SEGMENT = "agency, unit_id, step, account, from_at, to_at, seconds, charged"
TASK = "engine_task, step, step_name, stage, entered_at, opened_at, finished_at, state, outcome, note, version"


@dataclass(frozen=True, slots=True)
class TaskPattern:
    """A task: `instance` and `predecessor` are places in the lists of its dossier's pattern, `kind` its unit's."""

    instance: int
    predecessor: int | None
    kind: str
    open: bool
    claimed: bool
    due_at: datetime | None
    rest: str


@dataclass(frozen=True, slots=True)
class Pattern:
    """A dossier: its columns, those of its contents, its applicant without the name, its instances, its tasks, what happened
    to it and who had it how long."""

    rest: str
    contents: str
    applicant: str
    instances: list[str] = field(default_factory=list)
    tasks: list[TaskPattern] = field(default_factory=list)
    history: list[str] = field(default_factory=list)
    segments: list[str] = field(default_factory=list)

    @property
    def open(self) -> bool:
        return any(task.open for task in self.tasks)


def read_patterns(connection: Connection[Any]) -> tuple[list[Pattern], list[Pattern]]:
    """The patterns with an open task, and those of closed dossiers."""
    found: dict[int, Pattern] = {}
    contents = _lines(connection, f"dossier_id, {CONTENTS}", "dossier_contents")
    applicants = _lines(connection, "dossier_id, applicant - 'name'", "dossier_contents")
    for dossier, rest in _lines(connection, f"id, {DOSSIER}", "dossiers").items():
        found[dossier] = Pattern(rest, contents[dossier], applicants[dossier])
    closed = {row[0] for row in connection.execute("SELECT id FROM dossiers WHERE closed_at IS NOT NULL")}
    places: dict[int, int] = {}
    owners = dict(
        connection.execute("SELECT id, dossier_id FROM instances WHERE id IN (SELECT instance_id FROM tasks)")
    )
    for instance, rest in _lines(connection, f"id, {INSTANCE}", "instances").items():
        if instance in owners:
            pattern = found[owners[instance]]
            places[instance] = len(pattern.instances)
            pattern.instances.append(rest)
    _add_tasks(connection, found, places)
    for dossier, rows in _grouped(connection, HISTORY, "history", "seq").items():
        found[dossier].history.extend(rows)
    for dossier, rows in _grouped(connection, SEGMENT, "segments", "id").items():
        found[dossier].segments.extend(rows)
    patterns = found.items()
    return [p for _, p in patterns if p.open], [p for dossier, p in patterns if dossier in closed and p.tasks]


def _add_tasks(connection: Connection[Any], found: dict[int, Pattern], places: dict[int, int]) -> None:
    rests = _lines(connection, f"id, {TASK}", "tasks")
    order: dict[int, list[int]] = defaultdict(list)
    query = """
        SELECT t.id, t.dossier_id, t.instance_id, t.predecessor_id, u.kind,
               t.state = 'open', t.assignee_id IS NOT NULL, t.due_at
          FROM tasks t JOIN units u ON u.id = t.unit_id ORDER BY t.id
    """
    for task, dossier, instance, predecessor, kind, is_open, claimed, due_at in connection.execute(query):
        place = order[dossier].index(predecessor) if predecessor else None
        order[dossier].append(task)
        found[dossier].tasks.append(TaskPattern(places[instance], place, kind, is_open, claimed, due_at, rests[task]))


def _lines(connection: Connection[Any], columns: str, table: str) -> dict[int, str]:
    """What COPY writes for each row after its first column, by that column."""
    return dict(_copied(connection, f"SELECT {columns} FROM {table} ORDER BY 1"))  # noqa: S608


def _grouped(connection: Connection[Any], columns: str, table: str, order: str) -> dict[int, list[str]]:
    """The same of a table that has several rows a dossier, in that order, without the dossier's id."""
    found: dict[int, list[str]] = defaultdict(list)
    for dossier, rest in _copied(connection, f"SELECT dossier_id, {columns} FROM {table} ORDER BY 1, {order}"):  # noqa: S608
        found[dossier].append(rest)
    return found


def _copied(connection: Connection[Any], query: str) -> Iterator[tuple[int, str]]:
    with connection.cursor().copy(f"COPY ({query}) TO STDOUT") as copy:
        text = b"".join(copy).decode()
    for line in text.split("\n"):
        if line:
            first, _, rest = line.partition("\t")
            yield int(first), rest
