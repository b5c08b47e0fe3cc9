"""A procedure as administrators edit it: what holds, what waits for its day, what was changed when and by whom."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.actions.procedure_data import data_of
from app.errors import DomainError
from app.rules.procedure_data import without_account
from app.store import organisation, procedure_changes, procedure_issues, procedures
from app.store.procedure_changes import ChangeRow
from app.store.transaction import reading
from app.views.differences import differences


def edited_procedure(code: str, day: date) -> dict[str, Any]:
    """Its data and changes. `without_account`: names of agencies that collect a fee and have no account (HT-9.3).

    Errors: DomainError not_found.
    """
    with reading() as connection:
        procedure = procedures.find_procedure(connection, code)
        if procedure is None:
            raise DomainError("not_found", f"Không có thủ tục mã “{code}”.")
        data = data_of(connection, procedure)
        changes = procedure_changes.changes_of(connection, procedure.id)
        names = dict(organisation.agency_names(connection, day))
        issues = procedure_issues.count_issues(connection, procedure.id, open_only=True)
    shown = [_change(row, data) for row in changes]
    return {
        "code": procedure.code,
        "revision": procedure.revision,
        "demonstration": procedure.demonstration,
        "data": data,
        "agency_names": {one: names.get(one, one) for one in data["agencies"]},
        "without_account": [names.get(one, one) for one in without_account(data)],
        "waiting": next((one for one in shown if one["state"] == "waiting"), None),
        "changes": shown,
        "open_issues": issues,
    }


def _change(row: ChangeRow, data: Mapping[str, Any]) -> dict[str, Any]:
    before = row.before or {name: data.get(name) for name in row.after} if row.waits else row.before
    state = "cancelled" if row.cancelled_at else "waiting" if row.waits else "applied"
    return {
        "id": row.id,
        "state": state,
        "effective_from": row.effective_from,
        "applied_at": row.applied_at,
        "cancelled_at": row.cancelled_at,
        "decision_number": row.decision_number,
        "decided_on": row.decided_on,
        "reason": row.reason,
        "made_at": row.made_at,
        "made_by": row.made_by,
        "lines": differences(before if state != "cancelled" else {}, row.after),
    }
