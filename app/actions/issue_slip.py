"""Issue a slip (lập phiếu) for a dossier by itself: filled in, numbered, printed, kept (QT-15.1, QT-15.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from app.actions.issuing import Filled, issue
from app.actions.on_dossier import work_on_dossier
from app.actions.runner import Context, Outcome
from app.actions.slip_kinds import BY_ITSELF
from app.actions.work import Work
from app.errors import invalid
from app.slips.forms import KIND_TITLES
from app.store import tasks


@dataclass(frozen=True, slots=True)
class IssueSlip:
    """`values` by the form's fields, complete; see `issuing.Filled` for the rest."""

    dossier: str
    kind: str
    values: Mapping[str, Any] = field(default_factory=dict)
    sign: bool = False
    key: str | None = None

    def perform(self, connection: Connection, context: Context) -> Outcome:
        """`extra`: {slip, attachment, number}. Errors: DomainError not_found, forbidden, wrong_state, invalid."""
        if self.kind not in BY_ITSELF:
            known = ", ".join(f"{kind} ({KIND_TITLES[kind]})" for kind in BY_ITSELF)
            raise invalid({"kind": [f"Phải là một trong: {known}."]})
        work = work_on_dossier(connection, context, "issue-slip", self.dossier)
        filled = Filled(self.kind, self.values, self.sign, self.key)
        issued = issue(work, filled, issuing_agency(work))
        work.finish()
        told = {"slip": issued.slip_id, "attachment": issued.attachment_id, "number": issued.number}
        return Outcome(work, None, [], told)


def issuing_agency(work: Work) -> int:
    """In whose name the caller issues: the receiving agency's if she works there, else her own that has a part in it."""
    assert work.caller is not None  # noqa: S101 - a slip is always somebody's act
    mine = work.caller.agency_ids
    if work.dossier.agency_id in mine:
        return work.dossier.agency_id
    parts = tasks.agencies_with_part(work.connection, work.dossier.id)
    return min(mine & parts, default=work.dossier.agency_id)
