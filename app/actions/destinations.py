"""To which position of which agency the steps ahead go, as far as drawing and data tell before anything is decided."""

from __future__ import annotations

from dataclasses import dataclass

from app.actions.running import MAIN, Running
from app.actions.whose import agency_of
from app.actions.work import Work
from app.engine.ahead import Ahead
from app.engine.instance import EngineIncident
from app.engine.steps import Assignment, Step
from app.store import organisation


@dataclass(frozen=True, slots=True)
class Destination:
    """Codes and names. `agency` is None where only what is still to be entered decides it; a name is None where there is no
    such agency, or no such position in it."""

    step: str
    step_name: str
    position: str
    agency: str | None
    position_name: str | None
    agency_name: str | None
    assign: Assignment


def destinations(work: Work, running: Running, ahead: Ahead) -> tuple[Destination, ...]:
    """Where each step ahead goes, in reading order; of side processes, whose roles are filled when they open, nothing."""
    if running.row.kind != MAIN:
        return ()
    agencies = {step.id: _agency(work, running, step) for step in ahead.steps}
    known = sorted({code for code in agencies.values() if code is not None})
    names = organisation.place_names(work.connection, known, sorted({step.position for step in ahead.steps}))
    found = []
    for step in ahead.steps:
        agency = agencies[step.id]
        agency_name, positions = names.get(agency or "", (None, {}))
        found.append(
            Destination(
                step.id, step.name, step.position, agency, positions.get(step.position), agency_name, step.assign
            )
        )
    return tuple(found)


def _agency(work: Work, running: Running, step: Step) -> str | None:
    try:
        return agency_of(work, running, step)
    except EngineIncident:  # the data does not say it yet
        return None
