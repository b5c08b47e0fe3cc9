"""Which law a dossier is under: the profile it was received under and the calendars of all who hold it, read once a process.

A profile is a file that never changes while the process runs. Calendars are rows; every change of one, or of who works by
which, takes the next epoch, and rows that are read anyway bring the present one along. So a holiday announced late is seen by
the next action, and nothing is asked of the database for it but once.

A dossier keeps the epoch under which its clock was last folded. `rules_as_folded` gives the calendars of that time, so that
the whole fold of a history is the stored clock at any moment: before an open dossier is counted again, and of a finished one
for good.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from threading import Lock
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, select

from app.config import PROJECT_ROOT
from app.rules.calendar import WorkCalendar
from app.rules.clock import EMPTY, Applied, ClockRules, ClockState, fold
from app.rules.corrections import effective
from app.rules.events import Event
from app.rules.profile import Profile, load_profile
from app.store import calendar_changes, calendars
from app.store.calendars import AgencyHours, CalendarRow, ProcedureHours
from app.store.history import HistoryRow
from app.store.organisation import EPOCH, AgencyRow
from app.store.procedures import ProcedureRow

MOST_EARLIER = 16
"""How many earlier laws a process keeps; each is one that some finished or waiting dossier was folded under."""


class UnderLaw(Protocol):
    """What of a dossier's row says which law it is under; `calendar_epoch` is the present one, not the dossier's."""

    @property
    def profile(self) -> str: ...

    @property
    def agency_id(self) -> int: ...

    @property
    def procedure_id(self) -> int: ...

    @property
    def calendar_epoch(self) -> int: ...


class Folded(UnderLaw, Protocol):
    """A dossier with the clock that was folded for it, and under which epoch."""

    @property
    def clock(self) -> Mapping[str, Any]: ...

    @property
    def clock_epoch(self) -> int: ...


@dataclass(slots=True)
class Law:
    """Who worked by which calendar at one epoch."""

    epoch: int
    calendars: Mapping[int, WorkCalendar]
    revisions: Mapping[int, int]
    """The epoch of each calendar's last change."""
    agencies: Mapping[int, AgencyHours]
    procedures: Mapping[int, int]
    """The calendar of a procedure that has its own."""
    _rules: dict[tuple[str, int, int | None], ClockRules] = field(default_factory=dict)

    @classmethod
    def of(
        cls, epoch: int, rows: Iterable[CalendarRow], agencies: Iterable[AgencyHours], own: Iterable[ProcedureHours]
    ) -> Law:
        """Errors: CalendarError for data that no change would have let through."""
        kept = list(rows)
        return cls(
            epoch,
            {row.id: WorkCalendar.from_dict(row.data) for row in kept},
            {row.id: row.revision for row in kept},
            {agency.id: agency for agency in agencies},
            {procedure.id: procedure.calendar for procedure in own},
        )

    def rules(self, profile: str, agency_id: int, procedure_id: int | None) -> ClockRules:
        """The clock's rules for dossiers of that profile, receiving agency and procedure. Errors: ProfileError, KeyError."""
        own = self.procedures.get(procedure_id) if procedure_id is not None else None
        key = (profile, agency_id, own)
        if key not in self._rules:
            self._rules[key] = self._made(profile_named(profile), agency_id, own)
        return self._rules[key]

    def _made(self, profile: Profile, agency_id: int, own: int | None) -> ClockRules:
        if own is not None:
            return ClockRules(calendar=self.calendars[own], profile=profile)
        lead = self.agencies[agency_id]
        return ClockRules(
            calendar=self.calendars[lead.office],
            profile=profile,
            desk=self.calendars[lead.desk or lead.office],
            agencies={
                agency.code: (self.calendars[agency.office], self.calendars[agency.desk or agency.office])
                for agency in self.agencies.values()
            },
        )

    def used(self, agency_id: int, procedure_id: int, agencies: Iterable[str]) -> frozenset[int]:
        """Ids of the calendars that the clock of such a dossier runs by; `agencies` are codes of those that ever held it."""
        own = self.procedures.get(procedure_id)
        if own is not None:
            return frozenset({own})
        codes = set(agencies)
        hours = [agency for agency in self.agencies.values() if agency.id == agency_id or agency.code in codes]
        return frozenset(one for agency in hours for one in (agency.office, agency.desk or agency.office))

    def changed_since(self, epoch: int, used: Iterable[int]) -> frozenset[int]:
        """Which of these calendars changed after `epoch`."""
        return frozenset(one for one in used if self.revisions[one] > epoch)

    def with_data(self, calendar_id: int, data: Mapping[str, Any]) -> Law:
        """The law as it would be if that calendar had that data. Errors: CalendarError."""
        changed = {**self.calendars, calendar_id: WorkCalendar.from_dict(data)}
        return Law(self.epoch, changed, self.revisions, self.agencies, self.procedures)


@dataclass(slots=True)
class _Kept:
    """What a process knows of one database; ids mean something in one database only."""

    law: Law | None = None
    earlier: dict[int, Law] = field(default_factory=dict)


_EPOCH = select(EPOCH)
_kept: WeakKeyDictionary[Engine, _Kept] = WeakKeyDictionary()
_lock = Lock()


@cache
def profile_named(name: str) -> Profile:
    """The profile `profiles/<name>.toml`. Errors: ProfileError naming file and keys."""
    return load_profile(PROJECT_ROOT / "profiles" / f"{name}.toml")


def present_law(connection: Connection, agency_id: int, epoch: int) -> Law:
    """The law of `epoch` or a newer one; asks the database only for what this process has not seen.

    Errors: CalendarError.
    """
    kept = _of(connection)
    law = kept.law
    if law is None or law.epoch < epoch or agency_id not in law.agencies:
        law = kept.law = _read(connection)
        kept.earlier.clear()
    return law


def current_law(connection: Connection) -> Law:
    """The law as it is now; asks the database for the epoch. Errors: CalendarError."""
    kept, epoch = _of(connection), connection.execute(_EPOCH).scalar_one()
    if kept.law is None or kept.law.epoch < epoch:
        kept.law = _read(connection)
        kept.earlier.clear()
    return kept.law


def rules_for(connection: Connection, dossier: UnderLaw) -> ClockRules:
    """The rules by which a dossier's clock runs now. Errors: ProfileError, CalendarError."""
    law = present_law(connection, dossier.agency_id, dossier.calendar_epoch)
    return law.rules(dossier.profile, dossier.agency_id, dossier.procedure_id)


def rules_at(
    connection: Connection, profile: str, agency: AgencyRow, procedure: ProcedureRow | None = None
) -> ClockRules:
    """The rules for a dossier that an agency is about to receive; without a procedure, for the agency's own time."""
    law = present_law(connection, agency.id, agency.calendar_epoch)
    return law.rules(profile, agency.id, procedure.id if procedure else None)


def law_of(connection: Connection, dossier: Folded) -> Law:
    """The present law for a dossier; never one older than that under which its clock was folded."""
    return present_law(connection, dossier.agency_id, max(dossier.calendar_epoch, dossier.clock_epoch))


def changed_calendars(law: Law, dossier: Folded, state: ClockState) -> frozenset[int]:
    """Ids of the calendars of its clock that changed after it was folded; none for an up-to-date dossier."""
    if dossier.clock_epoch >= law.epoch:
        return frozenset()
    return law.changed_since(dossier.clock_epoch, law.used(dossier.agency_id, dossier.procedure_id, state.agencies))


def rules_as_folded(connection: Connection, dossier: Folded) -> ClockRules:
    """The rules under which the stored clock was folded: the whole fold of the history by these is that clock."""
    law = law_of(connection, dossier)
    state = ClockState.from_dict(dossier.clock) if dossier.clock else EMPTY
    if changed_calendars(law, dossier, state):
        law = _earlier(connection, law, dossier.clock_epoch)
    return law.rules(dossier.profile, dossier.agency_id, dossier.procedure_id)


def refold(rows: Iterable[HistoryRow], rules: ClockRules) -> Applied:
    """The whole fold of a dossier's history: its clock from nothing, with every segment and line.

    What was allowed when it happened is not asked again: corrections and late holidays change what came before.
    """
    return fold(events_of(rows), rules, check=False)


def events_of(rows: Iterable[HistoryRow]) -> list[Event]:
    """What the clock folds of a history, in order, with every correction applied."""
    return effective((row.seq, Event.from_dict(row.data["event"])) for row in rows if "event" in row.data)


def _of(connection: Connection) -> _Kept:
    with _lock:
        return _kept.setdefault(connection.engine, _Kept())


def _read(connection: Connection) -> Law:
    # The epoch first: what is read after it may be newer, and is then read again; never the other way round.
    epoch: int = connection.execute(_EPOCH).scalar_one()
    return Law.of(
        epoch,
        calendars.every_calendar(connection),
        calendars.agencies_hours(connection),
        calendars.procedures_hours(connection),
    )


def _earlier(connection: Connection, law: Law, epoch: int) -> Law:
    """The law with every calendar as it was at `epoch`."""
    before = calendar_changes.data_before(connection, epoch)
    if not before:
        return law
    kept = _of(connection)
    first = before[0].epoch
    if first not in kept.earlier:
        made = law
        for change in before:
            made = made.with_data(change.calendar_id, change.before)
        while len(kept.earlier) >= MOST_EARLIER:
            kept.earlier.pop(next(iter(kept.earlier)), None)
        kept.earlier[first] = made
    return kept.earlier[first]
