"""Loading the demonstration: the province, who signs in with what, and dossiers in all states.

Each part is there as a whole or not at all, and only what is missing is added: whatever a kill interrupts, the next run
completes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from app.config import Settings
from app.demo import people, province
from app.demo.dossiers import Progress, make_dossiers
from app.store import dossiers as stored
from app.store import organisation
from app.store.transaction import joined, reading, take_turn, transaction
from app.wording import LOCAL

TURN = "demonstration"
"""Two runs at once wait for each other under this name."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a run has added: passwords given, diagrams published, dossiers made. `skipped`: the database is a real one's."""

    passwords: int = 0
    published: int = 0
    dossiers: int = 0
    skipped: bool = False


def load(
    settings: Settings,
    dossiers: int,
    if_empty: bool,
    now: datetime,
    say: Callable[[str], None] = lambda line: None,
    progress: Progress = lambda made, number: None,
) -> Loaded:
    """Load the province and bring the number of dossiers in the database up to `dossiers`, in an application context.

    With `if_empty` dossiers are made only where there are none, and a database with agencies of its own is left alone.
    `say` gets a line when a part takes time, `progress` dossiers made and planned. Errors: DomainError.
    """
    with transaction() as guard:
        take_turn(guard, TURN)  # on a connection of its own: until the end, whatever is committed in between
        if if_empty and _is_real():
            return Loaded(skipped=True)
        with transaction() as connection:
            province.add_organisation(connection)
            passwords, fresh = people.add_accounts(connection, settings.accounts_file)
        with joined():
            published = province.publish_procedures(say)
        if fresh:
            with reading() as connection:
                people.write_file(connection, settings.accounts_file, passwords, now.astimezone(LOCAL).date())
        with joined() as connection:
            present = stored.count_dossiers(connection)
            missing = 0 if present and if_empty else max(dossiers - present, 0)
            made = 0
            if missing:  # another seed for later ones, or they would be twins of the first
                made = make_dossiers(connection, missing, now, settings.public_url, progress, seed=present)
    return Loaded(fresh, len(published), made)


def _is_real() -> bool:
    with reading() as connection:
        return bool(organisation.agency_ids(connection)) and not province.exists(connection)
