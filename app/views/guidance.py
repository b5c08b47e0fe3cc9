"""What to bring for a procedure, as a sheet that the desk hands out before there is a dossier (QT-15.1a)."""

from __future__ import annotations

from datetime import datetime

from app.access.caller import Caller
from app.actions.slip_content import guidance_items
from app.errors import DomainError
from app.store import organisation, procedures
from app.store.transaction import reading
from app.views.office_slips import print_office_slip


def guidance_pdf(caller: Caller, code: str, profile: str, now: datetime) -> tuple[str, bytes]:
    """File name and print of the guidance sheet of a procedure, in the name of the caller's agency.

    Errors: DomainError not_found.
    """
    with reading() as connection:
        procedure = procedures.find_procedure(connection, code)
        if procedure is None:
            raise DomainError("not_found", "Không có thủ tục này.")
        agency = organisation.agency_by_id(connection, caller.agency_id)
        pdf = print_office_slip(
            connection,
            caller,
            agency,
            profile,
            now,
            "guidance",
            {"items": guidance_items(procedure), "instructions": ""},
            procedure_name=procedure.name,
            demonstration=procedure.demonstration,
        )
    return f"huong-dan-{code}.pdf", pdf
