"""What of the work of others somebody asked to see: a unit, an agency or the province (ST-26.1, HT-21.4, QT-27.4)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from app.access.caller import Caller
from app.access.reach import Reach, reach_of
from app.errors import DomainError, invalid
from app.store import inbox, monitor, organisation
from app.store.inbox import Scope
from app.store.monitor import UnitRow
from app.store.organisation import AgencyRow


@dataclass(frozen=True, slots=True)
class Looked:
    """What is looked at: a unit, an agency, several (`agencies`), or, with none of them, the province."""

    reach: Reach
    unit: UnitRow | None
    agency: AgencyRow | None
    units: tuple[int, ...]
    agencies: tuple[int, ...] | None

    @property
    def level(self) -> str:
        if self.unit is not None or self.agencies == ():
            return "unit"
        return "agency" if self.agency is not None or self.agencies is not None else "province"

    @property
    def inbox(self) -> str:
        return "unit" if self.level == "unit" else "agency"


def looked_at(connection: Connection, caller: Caller, agency: str | None, unit: str | None) -> Looked:
    """What the caller asked to see, an agency's code and a unit's code in it; without any, all that she may.

    Errors: DomainError forbidden, invalid.
    """
    reach = reach_of(caller)
    if reach.nowhere:
        raise DomainError(
            "forbidden", "Chỉ phụ trách đơn vị, lãnh đạo cơ quan, người được xem báo cáo và bộ phận kiểm soát xem được."
        )
    found = _agency(connection, agency)
    if found is None and unit is None and len(reach.agencies) == 1 and not reach.everywhere:
        found = organisation.agency_by_id(connection, next(iter(reach.agencies)))
    if unit is not None:
        return _one_unit(connection, reach, found, unit)
    if found is not None:
        if reach.everywhere or found.id in reach.agencies:
            return Looked(reach, None, found, (), (found.id,))
        own = tuple(one.id for one in monitor.units_in(connection, [found.id]) if one.id in reach.units)
        if not own:
            raise DomainError("forbidden", f"Bạn không phụ trách đơn vị nào của {found.name}.")
        return _units(connection, reach, own)
    if reach.everywhere:
        return Looked(reach, None, None, (), None)
    if reach.agencies:
        return Looked(reach, None, None, (), tuple(sorted(reach.agencies)))
    return _units(connection, reach, tuple(sorted(reach.units)))


def scope_of(connection: Connection, looked: Looked) -> Scope:
    """Whose tasks those are."""
    positions = inbox.positions_in_units(connection, looked.units) if looked.level == "unit" else ()
    agencies = looked.agencies
    if agencies is None:
        agencies = tuple(sorted(organisation.agency_ids(connection).values()))
    return Scope(0, (), unit_positions=positions, agencies=agencies)


def _agency(connection: Connection, code: str | None) -> AgencyRow | None:
    if code is None:
        return None
    found = organisation.find_agency(connection, code)
    if found is None:
        raise invalid({"agency": ["Không có cơ quan này."]})
    return found


def _one_unit(connection: Connection, reach: Reach, agency: AgencyRow | None, code: str) -> Looked:
    agencies = [agency.id] if agency is not None else sorted(reach.agencies)
    units = monitor.units_in(connection, agencies) if agencies else []
    units += [one for one in monitor.units_by_id(connection, sorted(reach.units)).values() if agency is None]
    found = [one for one in units if one.code == code]
    if not found:
        raise invalid({"unit": ["Không có đơn vị này trong cơ quan."]})
    if not reach.covers(found[0]):
        raise DomainError("forbidden", f"Bạn không phụ trách {found[0].name}.")
    return _looked_unit(connection, reach, found[0])


def _units(connection: Connection, reach: Reach, units: tuple[int, ...]) -> Looked:
    if len(units) == 1:
        return _looked_unit(connection, reach, monitor.units_by_id(connection, units)[units[0]])
    return Looked(reach, None, None, units, ())


def _looked_unit(connection: Connection, reach: Reach, unit: UnitRow) -> Looked:
    return Looked(reach, unit, organisation.agency_by_id(connection, unit.agency_id), (unit.id,), ())
