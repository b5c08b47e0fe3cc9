"""Issue a slip (lập phiếu) for a dossier by itself: filled in, numbered, printed, kept (QT-15.1, QT-15.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from app.actions.issuing import Filled, check_till, issue, issuing_agency
from app.actions.on_dossier import work_on_dossier
from app.actions.runner import Context, Outcome
from app.actions.slip_kinds import BY_ITSELF, right_to_issue
from app.errors import invalid
from app.slips.forms import KIND_TITLES


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
        work = work_on_dossier(connection, context, right_to_issue(self.kind), self.dossier)
        check_till(work, self.kind)
        filled = Filled(self.kind, self.values, self.sign, self.key)
        issued = issue(work, filled, issuing_agency(work))
        work.finish()
        told = {"slip": issued.slip_id, "attachment": issued.attachment_id, "number": issued.number}
        return Outcome(work, None, [], told)
