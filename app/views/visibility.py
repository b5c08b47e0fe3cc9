"""What the caller may see: a dossier that is not hers to see is one that does not exist."""

from __future__ import annotations

from sqlalchemy import Connection

from app.access.caller import Caller
from app.access.looks import looked_at
from app.errors import DomainError, invalid
from app.rules.permissions import sees_dossier
from app.store import dossiers, organisation, tasks
from app.store.dossiers import DossierRow


def visible_dossier(connection: Connection, code: str, caller: Caller) -> DossierRow:
    """The dossier, if one of the caller's agencies has a part in it or she controls all. The look is noted.

    Errors: DomainError not_found.
    """
    dossier = dossiers.find_dossier(connection, code) or dossiers.find_by_old_code(connection, code)
    if dossier is not None:
        parts = tasks.agencies_with_part(connection, dossier.id)
        if sees_dossier(caller.permissions, caller.agency_ids, parts):
            looked_at(caller, dossier.id, parts)
            return dossier
    raise DomainError("not_found", "Không có hồ sơ này, hoặc cơ quan của bạn không tham gia giải quyết.")


def agencies_asked(connection: Connection, code: str | None, caller: Caller) -> tuple[int, ...]:
    """The agencies that a list is about: the named one, else all of the caller's. Errors: DomainError invalid, forbidden."""
    if code is None:
        return tuple(sorted(caller.agency_ids))
    agency = organisation.find_agency(connection, code)
    if agency is None:
        raise invalid({"agency": ["Không có cơ quan này."]})
    if agency.id not in caller.agency_ids and not caller.may("control.view"):
        raise DomainError("forbidden", f"Bạn không làm việc ở {agency.name}.")
    return (agency.id,)
