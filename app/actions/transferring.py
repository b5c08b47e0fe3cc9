"""What a dossier's way between agencies means to its clock: the kind of a move, its two instants, each agency's limit."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from app.actions import timing
from app.actions.running import Running
from app.actions.whose import agency_of
from app.engine.instance import EngineIncident
from app.engine.steps import Step
from app.errors import DomainError
from app.rules import events, transfers
from app.rules.events import Event
from app.rules.legality import RETURN
from app.rules.limits import parse_limit
from app.rules.transfers import PlannedLane, PlannedStep
from app.store import dossiers, tasks

if TYPE_CHECKING:
    from app.actions.work import Work


def events_of_move(work: Work, event: Event, steps: Iterable[Step]) -> tuple[Event, ...]:
    """The move as the clock is to see it: mostly the event itself; between agencies what QT-20.2 makes of it.

    `steps`: those that open.
    """
    left = {held.agency for held in work.clock.holdings if held.key in event.closes}
    if not left or {holding.agency for holding in event.opens} <= left:
        return (event,)
    had = _agencies_that_had(work)
    kind = transfers.move_kind(event.kind, work.clock, event.closes, event.opens, had)
    moved = Event(kind, event.at, event.closes, event.opens, event.data)
    if kind != events.TRANSFERRED:
        return (moved,)
    components = dossiers.contents(work.connection, work.dossier.id).components
    if not transfers.fully_electronic(components, [step.paper for step in steps]):
        return (moved,)
    return transfers.deliveries(moved, work.rules.profile.transfer_form)


def _agencies_that_had(work: Work) -> set[str]:
    """Codes of the agencies that have or had a step, and of the one that received the dossier."""
    return {work.dossier.agency} | tasks.agency_codes_of(work.connection, work.dossier.id)


def agency_limits(work: Work, main: Running) -> dict[str, int]:
    """The transfer limit of each agency of the procedure's diagram, in working seconds; none where one agency does it all."""
    steps = [_planned(work, main, step) for step in main.definition.steps.values()]
    lanes = [
        PlannedLane(parse_limit(lane.limit, "working", work.rules.calendar.seconds_per_day), lane.steps)
        for lane in main.definition.lanes
        if lane.limit is not None
    ]
    return transfers.agency_limits(steps, lanes)


def _planned(work: Work, main: Running, step: Step) -> PlannedStep:
    try:
        agency: str | None = agency_of(work, main, step)
    except (DomainError, EngineIncident):  # said by data that the dossier has only later
        agency = None
    limit = timing.limit_of(step, work.rules)
    return PlannedStep(step.id, agency, limit, step.limit_group, last=step.stage == RETURN)
