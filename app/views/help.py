"""Whom somebody may ask: who administers accounts for her agency, and for the province."""

from __future__ import annotations

from typing import Any

from app.access.caller import Caller
from app.store import administrators
from app.store.transaction import reading


def administrators_for(caller: Caller) -> list[dict[str, Any]]:
    """`[{name, agency_name, email}]`, those of her own agency first; at most ten."""
    with reading() as connection:
        found = administrators.administrators_of(connection, caller.agency_id)
    return [{"name": one.name, "agency_name": one.agency_name, "email": one.email} for one in found]
