"""How far somebody looks at the work of others, and whom she may press: her unit, her agency, or the whole province.

ST-26.1 (heads follow progress and press), HT-21.4 (agencies), QT-27.3 and QT-27.4 (control focal points, control office).
"""

from __future__ import annotations

from dataclasses import dataclass

from app.access.caller import Caller
from app.store.monitor import UnitRow


@dataclass(frozen=True, slots=True)
class Reach:
    """Ids of the agencies and of the single units that somebody may look at; `everywhere` for the control office. `led` are
    those of the agencies at whose head she stands."""

    everywhere: bool
    agencies: frozenset[int]
    units: frozenset[int]
    led: frozenset[int]

    @property
    def nowhere(self) -> bool:
        return not (self.everywhere or self.agencies or self.units)

    def covers(self, unit: UnitRow) -> bool:
        return self.everywhere or unit.agency_id in self.agencies or unit.id in self.units

    def presses(self, unit: int, agencies: frozenset[int]) -> bool:
        """Whether she may press who holds a step: heads of its unit, the leaders of its agency and of the receiving one."""
        return self.everywhere or unit in self.units or not self.led.isdisjoint(agencies)


def reach_of(caller: Caller) -> Reach:
    """Heads look at their unit, and those of the leadership at their agency; who may see reports at her agencies; the control
    office at the province."""
    headed = {held.unit_id for held in caller.positions if held.head}
    led = {held.agency_id for held in caller.positions if held.head and held.unit_kind == "leadership"}
    agencies = led | (set(caller.agency_ids) if caller.may("report.view") else set())
    return Reach(caller.may("control.view"), frozenset(agencies), frozenset(headed), frozenset(led))
