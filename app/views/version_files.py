"""A version's decision as a file, and what is left to do once it was published."""

from __future__ import annotations

from typing import Any

from app.errors import DomainError
from app.store import decision_files, version_moves
from app.store.decision_files import DecisionFileRow
from app.store.transaction import reading
from app.views.versions import known_version


def decision_file(file_id: int | None) -> DecisionFileRow:
    """Errors: DomainError not_found."""
    found = None
    if file_id is not None:
        with reading() as connection:
            found = decision_files.find_decision_file(connection, file_id)
    if found is None:
        raise DomainError("not_found", "Chưa có bản quét quyết định.")
    return found


def running_elsewhere(code: str, number: int) -> dict[str, Any]:
    """The version, and how many open dossiers follow others. Errors: DomainError not_found."""
    with reading() as connection:
        row = known_version(connection, code, number)
        running = version_moves.running_by_version(connection, row.procedure_id)
        others = sum(count for version_id, count in running.items() if version_id != row.id)
    return {"version": row, "running": others}
