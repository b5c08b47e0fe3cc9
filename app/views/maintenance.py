"""Maintenance as whoever manages it sees it: the one that goes on or is announced, and those that are over."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.actions.maintain import KINDS, MODES
from app.store import maintenance
from app.store.maintenance import MaintenanceRow
from app.store.transaction import reading

PAST = 20


def maintenance_state(now: datetime) -> dict[str, Any]:
    """`current` (or None) and `past`, the newest first."""
    with reading() as connection:
        row = maintenance.open_maintenance(connection)
        past = maintenance.past_maintenance(connection, PAST)
    return {
        "current": None if row is None else maintenance_view(row, now),
        "past": [maintenance_view(one, now) for one in past],
    }


def maintenance_view(row: MaintenanceRow, now: datetime) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "kind_title": KINDS[row.kind],
        "mode": row.mode,
        "mode_title": MODES[row.mode],
        "words": row.words,
        "basis": row.basis,
        "starts_at": row.starts_at,
        "ends_at": row.ends_at,
        "made_at": row.made_at,
        "made_by": row.made_by,
        "ended_at": row.ended_at,
        "entry_id": row.entry_id,
        "in_force": row.holds(now),
    }
