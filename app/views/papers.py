"""Papers of an applicant that need not be handed in again (TN-21.7), matched with what a procedure asks for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.access.caller import Caller
from app.errors import DomainError
from app.store import file_accesses, procedures
from app.store.attachments import RESULT
from app.store.file_accesses import LISTED
from app.store.reusable_papers import PaperRow, papers_of_applicant
from app.store.transaction import transaction

MOST = 50


def papers_for(
    caller: Caller, id_number: str, procedure: str | None, now: datetime, address: str | None = None
) -> list[dict[str, Any]]:
    """What the applicant with that identity number handed in or was given before, the newest first.

    Each with `components`: codes of the procedure's components that it is likely to be, by code in the same procedure and by
    name in others. That it was shown is written down for each. Errors: DomainError not_found for an unknown procedure.
    """
    with transaction() as connection:
        asked = _components(procedures.find_procedure(connection, procedure), procedure) if procedure else []
        rows = papers_of_applicant(connection, id_number, MOST)
        for row in rows:
            file_accesses.note_access(connection, row.id, caller.account_id, LISTED, now, address=address)
    return [_view(row, asked, procedure) for row in rows]


def _components(found: Any, code: str) -> list[Any]:
    if found is None:
        raise DomainError("not_found", f"Không có thủ tục mã “{code}”.")
    return list(found.components)


def _view(row: PaperRow, asked: list[Any], procedure: str | None) -> dict[str, Any]:
    name = _name(row)
    return {
        "attachment": row.id,
        "name": row.name,
        "size": row.size,
        "media_type": row.media_type,
        "kind": row.kind,
        "component": row.component,
        "component_name": name,
        "origin": row.origin,
        "added_at": row.added_at,
        "dossier": row.dossier,
        "procedure": row.procedure,
        "procedure_name": row.procedure_name,
        "components": [part["code"] for part in asked if _fits(part, row, name, procedure)],
    }


def _name(row: PaperRow) -> str:
    if row.kind == RESULT:
        return row.result_name or "Kết quả giải quyết"
    return next((part["name"] for part in row.components if part["code"] == row.component), "Giấy tờ của hồ sơ")


def _fits(part: Any, row: PaperRow, name: str, procedure: str | None) -> bool:
    if part.get("present_only"):
        return False
    same_list = row.procedure == procedure and row.component is not None and row.kind != RESULT
    if same_list and part["code"] == row.component:
        return True
    return _folded(part["name"]) == _folded(name) or (
        row.kind == RESULT and len(_folded(name)) > 8 and _folded(name) in _folded(part["name"])
    )


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
