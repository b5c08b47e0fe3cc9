"""Finding the slip that somebody has lost: by name and number together, among the dossiers of the caller's desks."""

from __future__ import annotations

from typing import Any

from app.access.caller import Caller
from app.errors import DomainError
from app.store import slips
from app.store.applicants import LEAST_OF_A_NUMBER, dossiers_of_person
from app.store.transaction import reading
from app.views.masking import masked_number, masked_phone
from app.views.slips import slip_view

MOST = 20


def lost_slips(caller: Caller, name: str, number: str) -> list[dict[str, Any]]:
    """`[{dossier, applicant, id_number, phone, procedure_name, received_at, slips}]`, newest first; `slips` as in `slip_view`.

    `number` is an identity or a telephone number or its beginning. Errors: DomainError forbidden for who sits at no desk.
    """
    desks = sorted({held.agency_id for held in caller.positions if held.unit_kind == "desk"})
    if not desks:
        raise DomainError("forbidden", "Chỉ cán bộ của bộ phận một cửa mới cấp lại phiếu.", extra={"rule": "ST-6.6"})
    with reading() as connection:
        return [
            {
                "dossier": row.code,
                "applicant": row.applicant_name,
                "id_number": masked_number(row.applicant.get("id_number")),
                "phone": masked_phone(row.applicant.get("phone")),
                "procedure_name": row.procedure_name,
                "received_at": row.received_at,
                "slips": [slip_view(one) for one in slips.slips_of(connection, row.dossier_id)],
            }
            for row in dossiers_of_person(connection, desks, name, number, MOST)
        ]


__all__ = ["LEAST_OF_A_NUMBER", "lost_slips"]
