"""A table of accounts that was handed in, row by row as it would be taken; what is handed out when the accounts are there."""

from __future__ import annotations

from collections import Counter
from typing import Any

from app.actions.account_plans import CHANGED, NEW, UNCHANGED, WRONG, Plan, digest
from app.actions.account_rows import COLUMNS
from app.actions.import_accounts import known_import, planned
from app.actions.runner import Context
from app.rules.permissions import PERMISSIONS
from app.store.transaction import reading

STATES = {NEW: "Tạo mới", CHANGED: "Thay đổi", UNCHANGED: "Không đổi", WRONG: "Sai"}


def import_view(import_id: int, context: Context) -> dict[str, Any]:
    """{id, file_name, made_at, accepted_at, result, counts, digest, rows}. Errors: DomainError not_found.

    Once accounts were made of it there are no rows any more, only `result`.
    """
    with reading() as connection:
        found = known_import(connection, import_id, context.caller.account_id)
        plans = planned(connection, found, context) if found.accepted_at is None else []
    counted = Counter(plan.state for plan in plans)
    return {
        "id": found.id,
        "file_name": found.file_name,
        "made_at": found.made_at,
        "accepted_at": found.accepted_at,
        "result": found.result,
        "counts": {state: counted.get(state, 0) for state in STATES},
        "digest": digest(plans),
        "rows": [row_view(plan) for plan in plans],
    }


def row_view(plan: Plan) -> dict[str, Any]:
    """One row: what it says, what it would do, and what is wrong in which column."""
    return {
        "line": plan.line,
        "state": plan.state,
        "username": plan.username,
        "name": plan.name or (plan.account.name if plan.account else ""),
        "email": plan.email,
        "agency": plan.agency,
        "agency_name": plan.agency_name,
        "permissions": [PERMISSIONS[name].title for name in plan.permissions or () if name in PERMISSIONS],
        "positions": [{"position": code, "name": name, "from_day": since} for code, name, since in plan.positions],
        "changes": [
            {"column": column, "title": COLUMNS[column], "before": before, "after": after}
            for column, before, after in plan.changes
        ],
        "faults": [{"column": column, "title": COLUMNS[column], "message": why} for column, why in plan.faults],
    }
