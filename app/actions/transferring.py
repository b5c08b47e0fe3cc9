"""What a dossier's way between agencies means to its clock: the kind of a move, its two instants, each agency's limit."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from app.actions.running import Running
from app.engine import timed
from app.engine.steps import Step
from app.rules import transfers
from app.rules.events import Event
from app.store import dossiers, tasks

if TYPE_CHECKING:
    from app.actions.work import Work


def events_of_move(work: Work, event: Event, steps: Iterable[Step]) -> tuple[Event, ...]:
    """The move as the clock is to see it: mostly the event itself; between agencies what QT-20.2 makes of it.

    `steps`: those that open.
    """

    def electronic() -> bool:
        components = dossiers.contents(work.connection, work.dossier.id).components
        return transfers.fully_electronic(components, [step.paper for step in steps])

    return transfers.as_seen(
        event, work.clock, lambda: _agencies_that_had(work), electronic, work.rules.profile.transfer_form
    )


def _agencies_that_had(work: Work) -> set[str]:
    """Codes of the agencies that have or had a step, and of the one that received the dossier."""
    return {work.dossier.agency} | tasks.agency_codes_of(work.connection, work.dossier.id)


def agency_limits(work: Work, main: Running) -> dict[str, int]:
    """The transfer limit of each agency of the procedure's diagram, in working seconds; none where one agency does it all."""
    return timed.agency_limits(main.definition, main.engine, work.dossier.agency, work.rules)
