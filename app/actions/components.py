"""What of a dossier was handed in: checked against its procedure, and changed later on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.actions.reuse_paper import reuse_papers
from app.actions.work import Work
from app.errors import DomainError
from app.store import dossiers
from app.store.procedure_changes import as_received
from app.store.procedures import ProcedureRow


def change_contents(work: Work, components: Sequence[Mapping[str, Any]], data: Mapping[str, Any]) -> dict[str, Any]:
    """Put components and form data in the place of those of the same name; what was changed, for the history.

    Errors: DomainError invalid.
    """
    changed: dict[str, Any] = {}
    if components:
        procedure = as_received(work.connection, work.dossier.procedure, work.dossier.received_at)
        assert procedure is not None  # noqa: S101 - the dossier's foreign key
        check_components(procedure, components)
        components = reuse_papers(work, components)
        there = dossiers.contents(work.connection, work.dossier.id).components
        codes = [part["code"] for part in components]
        kept = [part for part in there if part["code"] not in codes]
        dossiers.write_components(work.connection, work.dossier.id, [*kept, *components])
        changed["components"] = list(dict.fromkeys(codes))
    if data:
        work.data.merge(data)
        changed["fields"] = sorted(data)
    return changed


def check_components(procedure: ProcedureRow, components: Sequence[Mapping[str, Any]]) -> None:
    """Errors: DomainError invalid for a component that the procedure does not have."""
    known = {component["code"] for component in procedure.components}
    for number, component in enumerate(components):
        if component["code"] not in known:
            raise DomainError(
                "invalid",
                f"Thủ tục {procedure.code} không có thành phần hồ sơ “{component['code']}”.",
                errors={"components": {str(number): {"code": ["Không có thành phần này."]}}},
            )
