"""What rows of an old system's table name, found once for all of them: procedures, agencies, versions, positions, people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import SequenceMatcher
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection

from app.actions import library
from app.actions.import_columns import folded
from app.engine.arriving import NoWayError, Way, find_way
from app.engine.definition import Definition
from app.rules.permissions import WORKERS
from app.rules.roles import ROLES, Asker, position_for
from app.store import handlers, organisation, procedures
from app.store.handlers import Colleague
from app.store.organisation import AgencyRow, PositionRow
from app.store.procedures import ProcedureRow, VersionRow

T = TypeVar("T")
_MOST = 100_000
_ALIKE = 0.82


@dataclass(frozen=True, slots=True)
class Match(Generic[T]):
    """What a text names; `sure` is False where it was guessed from something alike."""

    found: T | None
    sure: bool = True
    several: tuple[str, ...] = ()
    """Names of those that it could be, where it could be several."""


def match(text: str, choices: Iterable[tuple[T, tuple[str, ...]]], name: Any) -> Match[T]:
    """The one of `choices` (each with what it is called) that `text` names: exactly, without diacritics, as a part of it, or
    nearly. `name`: how a choice is told."""
    wanted = folded(text)
    listed = [(choice, [folded(one) for one in called if one]) for choice, called in choices]
    if not wanted:
        return Match(None)
    exact = [choice for choice, called in listed if wanted in called]
    if exact:
        return _one(exact, name, sure=True)
    within = [choice for choice, called in listed if any(_within(wanted, one) for one in called)]
    if within:
        return _one(within, name, sure=False)
    near = [(max((_alike(wanted, one) for one in called), default=0), choice) for choice, called in listed]
    best = max((ratio for ratio, _ in near), default=0)
    return (
        _one([choice for ratio, choice in near if ratio == best], name, sure=False) if best >= _ALIKE else Match(None)
    )


def _alike(wanted: str, called: str) -> float:
    return SequenceMatcher(None, wanted, called).ratio()


def _within(wanted: str, called: str) -> bool:
    short, long = sorted((wanted, called), key=len)
    return len(short) >= 4 and f" {short} " in f" {long} "


def _one(found: list[T], name: Any, *, sure: bool) -> Match[T]:
    if len(found) == 1:
        return Match(found[0], sure)
    return Match(None, False, tuple(str(name(one)) for one in found[:5]))


@dataclass
class Lookup:
    """One preview's own; `day` is its local date."""

    connection: Connection
    day: date
    _procedures: list[ProcedureRow] | None = None
    _agencies: dict[str, AgencyRow] | None = None
    _found: dict[tuple[Any, ...], Any] = field(default_factory=dict)

    def procedure(self, text: str) -> Match[ProcedureRow]:
        return self._once(("procedure", text), lambda: self._procedure(text))

    def _procedure(self, text: str) -> Match[ProcedureRow]:
        direct = procedures.find_procedure(self.connection, text.strip())
        if direct is not None:
            return Match(direct)
        if self._procedures is None:
            self._procedures = list(procedures.search_procedures(self.connection, None, None, _MOST))
        return match(text, [(one, (one.code, one.name)) for one in self._procedures], lambda one: one.code)

    def agency(self, text: str) -> Match[AgencyRow]:
        return self._once(("agency", text), lambda: self._agency(text))

    def _agency(self, text: str) -> Match[AgencyRow]:
        if self._agencies is None:
            codes = [code for code, _ in organisation.agency_names(self.connection, self.day)]
            every = [organisation.find_agency(self.connection, code) for code in codes]
            self._agencies = {one.code: one for one in every if one is not None}
        rows = self._agencies.values()
        return match(text, [(one, (one.code, one.identifier, one.name)) for one in rows], lambda one: one.name)

    def handles(self, procedure_id: int, agency_id: int) -> bool:
        return bool(
            self._once(
                ("handles", procedure_id, agency_id),
                lambda: procedures.handles(self.connection, procedure_id, agency_id),
            )
        )

    def version(self, procedure_id: int) -> VersionRow | None:
        found: VersionRow | None = self._once(
            ("version", procedure_id), lambda: procedures.version_in_force(self.connection, procedure_id, self.day)
        )
        return found

    def definition(self, version: VersionRow) -> Definition:
        return library.definition(self.connection, version.id, version.sha256, version.process)

    def way(self, version: VersionRow, steps: tuple[str, ...], data: Mapping[str, Any]) -> Way | None:
        """How to get there; None where that cannot be."""
        return self._once(("way", version.id, steps, repr(data)), lambda: self._way(version, steps, data))

    def _way(self, version: VersionRow, steps: tuple[str, ...], data: Mapping[str, Any]) -> Way | None:
        try:
            return find_way(self.definition(version), steps, data)
        except NoWayError:
            return None

    def positions(self, agency: str) -> list[PositionRow]:
        return self._once(("positions", agency), lambda: organisation.positions_of(self.connection, agency))

    def position(self, agency: str, wanted: str) -> PositionRow | None:
        """The position of that code, or that plays that role, in the agency."""
        staff = self.positions(agency)
        code = position_for(wanted, staff, Asker("", 0)) if wanted in ROLES else wanted
        return next((one for one in staff if one.code == code), None)

    def holders(self, position: str, agency: str) -> list[Colleague]:
        return self._once(
            ("holders", position, agency),
            lambda: handlers.holding(self.connection, position, agency, self.day, WORKERS),
        )

    def agency_name(self, code: str) -> str:
        found = organisation.find_agency(self.connection, code)
        return found.name if found else code

    def _once(self, key: tuple[Any, ...], make: Callable[[], T]) -> T:
        if key not in self._found:
            self._found[key] = make()
        found: T = self._found[key]
        return found
