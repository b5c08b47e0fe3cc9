"""Slips about no dossier: the head that they share, printed with the agency's own template and logo."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.access.caller import Caller
from app.lawbook import profile_named
from app.slips.content import clean_values
from app.slips.forms import form_of
from app.slips.replacing import TYPST, current_template, logo_of, press_slip
from app.store import organisation
from app.store.organisation import AgencyRow
from app.wording import LOCAL


def print_office_slip(
    connection: Connection,
    caller: Caller,
    agency: AgencyRow,
    profile: str,
    now: datetime,
    kind: str,
    values: Mapping[str, Any],
    **head: Any,
) -> bytes:
    """A slip of that kind in the name of an agency, as PDF; `head` replaces what of the head there is something to say of.

    Errors: SlipError for values that the form does not take.
    """
    day = now.astimezone(LOCAL).date()
    desk = organisation.desk_of(connection, agency.id)
    form = form_of(kind, profile_named(profile).slip_set, day)
    content = {
        "form": form,
        "code": "",
        "lookup_url": "",
        "parent_agency_name": organisation.parent_name(connection, agency),
        "agency_name": agency.name,
        "desk_name": desk[1] if desk else agency.name,
        "place_name": profile_named(profile).name,
        "number": "",
        "issued_at": now.replace(microsecond=0).isoformat(),
        "applicant_name": "",
        "applicant_id_number": "",
        "applicant_address": "",
        "applicant_phone": "",
        "applicant_email": "",
        "procedure_name": "",
        "received_at": None,
        "appointment_at": None,
        "signer_name": caller.name,
        "signer_title": "",
        "demonstration": False,
        "values": clean_values(form, values),
        **head,
    }
    template = current_template(connection, form, agency.id, TYPST, day)
    return press_slip(content, template, logo_of(connection, agency.id, day))
