"""Loading the demonstration: the province, who signs in with what, and dossiers in all states.

Each part is there as a whole or not at all, and only what is missing is added: whatever a kill interrupts, the next run
completes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from app.config import Settings
from app.demo import people, province, signing
from app.demo.content import DEFAULT
from app.demo.dossiers import Progress, make_dossiers
from app.demo.leading import add_leading
from app.store import dossiers as stored
from app.store import organisation
from app.store.transaction import joined, reading, take_turn, transaction
from app.wording import LOCAL

TURN = "demonstration"
"""Two runs at once wait for each other under this name."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a run has added: passwords given, diagrams published, dossiers made.

    `skipped`: the database is a real one's, or `holds` another demonstration, named by its profile.
    """

    passwords: int = 0
    published: int = 0
    dossiers: int = 0
    skipped: bool = False
    holds: str | None = None


def load(
    settings: Settings,
    dossiers: int,
    if_empty: bool,
    now: datetime,
    say: Callable[[str], None] = lambda line: None,
    progress: Progress = lambda made, number: None,
    profile: str = DEFAULT,
) -> Loaded:
    """Load that profile's province and bring the dossiers in the database up to `dossiers`, in an application context.

    With `if_empty` dossiers are made only where there are none, and a database with agencies of its own or with another
    demonstration is left alone.
    `say` gets a line when a part takes time, `progress` dossiers made and planned. Errors: DomainError.
    """
    with transaction() as guard:
        take_turn(guard, TURN)  # on a connection of its own: until the end, whatever is committed in between
        if if_empty and (left_alone := _leave_alone(profile)) is not None:
            return left_alone
        with transaction() as connection:
            province.add_organisation(connection, profile)
            passwords, fresh = people.add_accounts(connection, settings.accounts_file, profile)
        signing.make_keys(settings, profile, now)
        with joined():
            published = province.publish_procedures(say)
        if fresh:
            with reading() as connection:
                today = now.astimezone(LOCAL).date()
                people.write_file(connection, settings.accounts_file, passwords, today, profile)
        with joined() as connection:
            present = stored.count_dossiers(connection)
            missing = 0 if present and if_empty else max(dossiers - present, 0)
            made = 0
            if missing:  # another seed for later ones, or they would be twins of the first
                made = make_dossiers(connection, profile, missing, now, settings, progress, seed=present)
                add_leading(connection, settings, now)
    return Loaded(fresh, len(published), made)


def _leave_alone(profile: str) -> Loaded | None:
    """Why nothing is loaded into this database: it has agencies that are not of that demonstration."""
    with reading() as connection:
        other = province.held(connection)
        foreign = bool(organisation.agency_ids(connection)) and other != profile
    return Loaded(skipped=True, holds=other) if foreign else None
