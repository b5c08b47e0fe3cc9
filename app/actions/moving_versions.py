"""What moving dossiers to another version of their procedure needs to know: which versions, and whether a dossier may."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection

from app.actions import library
from app.actions.running import MAIN
from app.engine.moving import BadMapping, CannotMove, Moved, Mover, elements
from app.errors import DomainError, invalid
from app.rules import versions
from app.store import instances, procedures, version_moves, version_reviews
from app.store.dossiers import DossierRow
from app.store.instances import InstanceRow
from app.store.procedures import VersionRow

PERMISSION = "diagram.deploy"
FOLLOWED = (versions.IN_FORCE, versions.REPLACED)
"""States of a version that running dossiers may be moved to: it has come into force and is not repealed."""


@dataclass(slots=True)
class Movers:
    """To one version, from whichever dossiers follow; parsed and tried out once for all that stand alike.

    `mapping`: ids of the old diagram's elements to those of the new one, where they differ.
    """

    to: VersionRow
    mapping: Mapping[str, str]
    _known: dict[tuple[int, str], Mover] = field(default_factory=dict)

    def prepare(self, connection: Connection, codes: Sequence[str]) -> None:
        """Look at the versions that these dossiers follow: the mapping must fit them together. Errors: DomainError invalid."""
        used: set[str] = set()
        found = version_moves.versions_followed(connection, codes)
        for version_id in found:
            row = procedures.version_by_id(connection, version_id)
            used |= self.of(connection, row.id, row.sha256, row.process).mapping.keys()
        unknown = [name for name in self.mapping if found and name not in used]
        if unknown:
            raise invalid({f"mapping.{name}": [f"Sơ đồ cũ không có phần tử “{name}”."] for name in unknown})

    def of(self, connection: Connection, version_id: int, sha256: str, process: str) -> Mover:
        """Errors: DomainError invalid."""
        key = (version_id, process)
        if key not in self._known:
            old = library.definition(connection, version_id, sha256, process)
            new = library.definition(connection, self.to.id, self.to.sha256, self.to.process)
            there = elements(old)
            try:
                self._known[key] = Mover(old, new, {name: to for name, to in self.mapping.items() if name in there})
            except BadMapping as bad:
                raise invalid({f"mapping.{name}": [text] for name, text in bad.faults.items()}) from bad
        return self._known[key]


def target_version(connection: Connection, code: str, number: int, day: date) -> VersionRow:
    """The version that dossiers are to be moved to. Errors: DomainError not_found, wrong_state."""
    found = version_reviews.find_version(connection, code, number)
    if found is None:
        raise DomainError("not_found", f"Thủ tục “{code}” không có phiên bản số {number}.")
    state = state_on(connection, found.procedure_id, number, day)
    if state not in FOLLOWED:
        told = versions.STATES[state].lower()
        raise DomainError("wrong_state", f"Phiên bản số {number} {told} nên không chuyển hồ sơ sang được.")
    return procedures.version_by_id(connection, found.id)


def state_on(connection: Connection, procedure_id: int, number: int, day: date) -> str:
    """How a version of the procedure stands on that day, one of `versions.STATES`."""
    every = [row.version for row in version_reviews.versions_of(connection, procedure_id)]
    return versions.state_of(next(one for one in every if one.number == number), every, day)


def main_instance(connection: Connection, dossier: DossierRow) -> InstanceRow | None:
    """The procedure's own diagram, which runs; None where it has not begun. Errors: DomainError wrong_state."""
    rows = instances.instances_of(connection, dossier.id, MAIN)
    running = [row for row in rows if row.finished_at is None]
    if rows and not running:
        raise DomainError("wrong_state", "Quy trình của hồ sơ đã kết thúc.")
    return running[0] if running else None


def check_movable(dossier: DossierRow, to: VersionRow) -> None:
    """Errors: DomainError wrong_state."""
    if dossier.version_id == to.id:
        raise DomainError("wrong_state", f"Hồ sơ đang theo phiên bản số {to.number} rồi.")
    if dossier.closed_at is not None:
        raise DomainError("wrong_state", "Hồ sơ đã kết thúc.")


def moved_engine(connection: Connection, movers: Movers, row: InstanceRow, data: Mapping[str, Any]) -> Moved:
    """The instance as it would run under the new version. Errors: DomainError wrong_state (with `why`), invalid."""
    mover = movers.of(connection, row.version_id, row.sha256, row.process)
    try:
        return mover.move(row.state, data)
    except CannotMove as refusal:
        why = list(refusal.reasons)
        raise DomainError("wrong_state", " ".join(why), extra={"why": why}) from refusal
