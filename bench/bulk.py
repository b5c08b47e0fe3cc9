"""Dossiers by the hundred thousand, written with COPY: set-wise, but each a whole one with contents, instances and tasks.

One in ten is open, among the newest third, as where dossiers are finished in time. One official's agency has the same open
tasks whatever the number of dossiers: what such a person sees does not grow with the archive.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from psycopg import Connection

from app.demo.content import content
from bench import patterns
from bench.patterns import Pattern, TaskPattern
from bench.serving import Progress
from bench.town import KINDS, Seat, Seats

FIRST_DAY, DAYS = date(2021, 1, 1), 2100
CHUNK = 20_000
TABLES = {
    "dossiers": f"id, code, agency_id, {patterns.DOSSIER}",
    "dossier_contents": f"dossier_id, applicant, applicant_name, code, {patterns.CONTENTS}",
    "instances": f"id, dossier_id, {patterns.INSTANCE}",
    "tasks": (
        "id, dossier_id, instance_id, predecessor_id, position_id, agency_id, unit_id, assignee_id, finished_by, "
        f"due_at, {patterns.TASK}"
    ),
    "history": f"dossier_id, {patterns.HISTORY}",
    "segments": f"dossier_id, {patterns.SEGMENT}",
}
NOTHING = "\\N"
"""NULL, as COPY reads it."""


@dataclass(frozen=True, slots=True)
class Official:
    """Whose inboxes are measured: `tasks` open ones wait in the agency, the same at every number of dossiers."""

    account: int
    position: int
    agency: int
    tasks: int


@dataclass(frozen=True)
class Province:
    official: Official
    seats: dict[int, Seats]
    open: list[Pattern]
    closed: list[Pattern]


def fill(connection: Connection[Any], province: Province, size: int, progress: Progress) -> None:
    """Bring the number of dossiers up to `size`, as the owner of the tables, and let the planner know."""
    present = rows_of(connection)
    with connection.transaction(), _bare_tables(connection, progress):
        writer = _Writer(connection, province, size - present)
        for start in range(0, size - present, CHUNK):
            stop = min(start + CHUNK, size - present)
            lines: dict[str, list[str]] = {table: [] for table in TABLES}
            for number in range(start, stop):
                writer.add(number, lines)
            for table, columns in TABLES.items():
                with connection.cursor().copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                    copy.write("".join(lines[table]))
            progress(f"  {present + stop:,}/{size:,} hồ sơ".replace(",", "."))
        for table in ("dossiers", "instances", "tasks"):
            connection.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")  # noqa: S608
    progress("  thu dọn và thống kê (VACUUM ANALYZE)")
    connection.execute(f"VACUUM ANALYZE {', '.join(TABLES)}, accounts, account_positions, positions, units, agencies")


def rows_of(connection: Connection[Any], table: str = "dossiers", what: str = "count(*)") -> int:
    """How many rows a table has, or what else is asked of it in one number."""
    (number,) = connection.execute(f"SELECT {what} FROM {table}").fetchone() or (0,)  # noqa: S608
    return int(number or 0)


@contextmanager
def _bare_tables(connection: Connection[Any], progress: Progress) -> Iterator[None]:
    """Foreign keys and secondary indexes are put aside, and made anew (keys checked) over all rows at once."""
    named = {"tables": list(TABLES)}
    keys = connection.execute(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE contype = 'f' AND conrelid = ANY(%(tables)s::regclass[])",
        named,
    ).fetchall()
    indexes = connection.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index "
        "WHERE indrelid = ANY(%(tables)s::regclass[]) AND NOT indisunique",
        named,
    ).fetchall()
    for table, name, _ in keys:
        connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}")
    yield
    for name, definition in indexes:
        progress(f"  chỉ mục {name}")
        connection.execute(definition)
    for table, name, definition in keys:
        progress(f"  khóa ngoại {name}")
        connection.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


class _Writer:
    """Makes the lines of one dossier after another; the same dossiers for the same province and number."""

    def __init__(self, connection: Connection[Any], province: Province, many: int) -> None:
        self._province, self._many = province, many
        official = province.official
        self._agencies = list(province.seats)
        self._others = [agency for agency in self._agencies if agency != official.agency]
        self._dossier = rows_of(connection, "dossiers", "max(id)")
        self._instance = rows_of(connection, "instances", "max(id)")
        self._task = rows_of(connection, "tasks", "max(id)")
        identifiers = connection.execute("SELECT id, identifier FROM agencies")
        self._identifiers = dict(identifiers.fetchall())
        self._dealt = _Deal(official, province.seats[official.agency])
        first_open = many * 7 // 10
        self._first_open = first_open + -first_open % 3
        self._open = (many - self._first_open + 2) // 3
        if official.tasks > self._open:
            raise ValueError(f"{many} dossiers have no {official.tasks} open ones")

    def add(self, number: int, lines: dict[str, list[str]]) -> None:
        place = number - self._first_open
        if place < 0 or place % 3:
            pattern = self._province.closed[number % len(self._province.closed)]
            agency = self._agencies[_scatter(number) % len(self._agencies)]
            self._write(number, number, pattern, agency, None, lines)
            return
        # Every so many-th open dossier waits in the measured agency: with the pattern and the name of its place there.
        mine, tasks = place // 3 * self._province.official.tasks // self._open, self._province.official.tasks
        if (place // 3 + 1) * tasks // self._open > mine:
            pattern = self._province.open[mine % len(self._province.open)]
            self._write(number, mine, pattern, self._province.official.agency, self._dealt.place(mine), lines)
        else:
            pattern = self._province.open[number % len(self._province.open)]
            self._write(number, number, pattern, self._others[_scatter(number) % len(self._others)], None, lines)

    def _write(
        self,
        number: int,
        person: int,
        pattern: Pattern,
        agency: int,
        dealt: tuple[Seat, int | None] | None,
        lines: dict[str, list[str]],
    ) -> None:
        self._dossier += 1
        dossier, name = self._dossier, _name(person)
        day = FIRST_DAY + timedelta(days=number * DAYS // self._many)
        code = f"{self._identifiers[agency]}-{day:%y%m%d}-{number:07}"
        lines["dossiers"].append(f"{dossier}\t{code}\t{agency}\t{pattern.rest}\n")
        applicant = f'{{"name": "{name}", {pattern.applicant[1:]}'
        lines["dossier_contents"].append(f"{dossier}\t{applicant}\t{name}\t{code}\t{pattern.contents}\n")
        for place, rest in enumerate(pattern.instances, self._instance + 1):
            lines["instances"].append(f"{place}\t{dossier}\t{rest}\n")
        seats = self._province.seats[agency]
        elsewhere = self._province.seats[self._others[number % len(self._others)]]
        for place, task in enumerate(pattern.tasks, self._task + 1):
            before = self._task + 1 + task.predecessor if task.predecessor is not None else NOTHING
            begin = f"{place}\t{dossier}\t{self._instance + 1 + task.instance}\t{before}"
            if task.open and dealt is not None:
                (seat, assignee), dealt, seats = dealt, None, elsewhere
            else:
                seat, assignee = _seat(seats, task, number)
            lines["tasks"].append(f"{begin}\t{seat.line}\t{_end(task, assignee, person)}\n")
        lines["history"].extend(f"{dossier}\t{rest}\n" for rest in pattern.history)
        lines["segments"].extend(f"{dossier}\t{rest}\n" for rest in pattern.segments)
        self._instance += len(pattern.instances)
        self._task += len(pattern.tasks)


def _seat(seats: Seats, task: TaskPattern, number: int) -> tuple[Seat, int | None]:
    """A seat of the kind of unit that the pattern's task waits in, and one of its people where somebody has the task."""
    of_kind = seats[task.kind]
    seat = of_kind[number % len(of_kind)]
    return seat, seat.people[number % len(seat.people)] if task.claimed else None


def _end(task: TaskPattern, assignee: int | None, person: int) -> str:
    """From the assignee on; what is open falls due within the hour after the pattern, so that few share an instant."""
    who = assignee or NOTHING
    due = NOTHING
    if task.due_at is not None:
        later = _scatter(person) % 3600 if task.open else 0
        due = (task.due_at + timedelta(seconds=later)).isoformat()
    return f"{who}\t{NOTHING if task.open else who}\t{due}\t{task.rest}"


class _Deal:
    """Where each of the official's agency's open tasks waits: a third in the position, of that one part with the official."""

    def __init__(self, official: Official, seats: Seats) -> None:
        everyone = [seat for kind in KINDS for seat in seats[kind]]
        (own,) = [seat for seat in everyone if seat.position == official.position]
        unit = [seat for seat in everyone if seat.unit == own.unit and seat is not own]
        rest = [seat for seat in everyone if seat.unit != own.unit]
        colleague = next(person for person in own.people if person != official.account)
        tasks = official.tasks
        dealt: list[tuple[Seat, int | None]] = [(own, official.account)] * (tasks * 80 // 900)
        dealt += [(own, None)] * (tasks * 200 // 900)
        dealt += [(own, colleague)] * (tasks * 120 // 900)
        dealt += [(unit[0], unit[0].people[0]), (unit[0], None)] * (tasks * 100 // 900)
        dealt += [(rest[n % len(rest)], None) for n in range(tasks - len(dealt))]
        self._dealt = dealt

    def place(self, number: int) -> tuple[Seat, int | None]:
        """Of the task of that number; neighbours are strewn, so that every inbox has old and new ones."""
        return self._dealt[number * 389 % len(self._dealt)]


def _scatter(number: int) -> int:
    return number * 2654435761 >> 7 & 0xFFFFFF


@cache
def _name_parts() -> list[list[str]]:
    """Surnames, middle names and given names of the demonstration's citizens."""
    names = [who["name"].split() for who in content("applicants")["applicants"] if who["kind"] == "citizen"]
    return [[name[0] for name in names], [" ".join(name[1:-1]) for name in names], [name[-1] for name in names]]


def _name(number: int) -> str:
    drawn, words = _scatter(number + 1), []
    for part in _name_parts():
        words.append(part[drawn % len(part)])
        drawn //= len(part)
    return " ".join(words)
