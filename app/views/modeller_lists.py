"""What the modeller offers to pick from: positions, agencies, procedures; names for people, codes for the diagram."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.store import organisation, procedures
from app.store.transaction import reading


def modeller_lists(day: date) -> dict[str, Any]:
    """`positions` [{code, name, agencies: how many have it}], `agencies` and `procedures` [{code, name}], of that day."""
    with reading() as connection:
        return {
            "positions": [
                {"code": code, "name": name, "agencies": agencies}
                for code, name, agencies in organisation.position_choices(connection, day)
            ],
            "agencies": [{"code": code, "name": name} for code, name in organisation.agency_names(connection, day)],
            "procedures": [
                {"code": row.code, "name": row.name}
                for row in procedures.search_procedures(connection, None, None, 500)
            ],
        }
