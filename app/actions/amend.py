"""Amend (sửa đổi, bổ sung theo đề nghị của người nộp): the applicant changes the dossier of his own accord (HT-7.4).

Nobody asked for it, so it does nothing to the time: whoever holds the dossier is told and goes on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from app.actions.checks import comment_of
from app.actions.components import change_contents
from app.actions.given import Given
from app.actions.on_dossier import work_on_dossier
from app.actions.runner import Context, Outcome
from app.actions.telling_officials import tell_officials


@dataclass(frozen=True, slots=True)
class Amend:
    """`reason`: what the applicant changes and why; `components` and `data` replace those of the same name."""

    dossier: str
    reason: str | None
    components: tuple[Mapping[str, Any], ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    attachments: tuple[int, ...] = ()

    def perform(self, connection: Connection, context: Context) -> Outcome:
        """Errors: DomainError not_found, forbidden, wrong_state, invalid, comment_required."""
        work = work_on_dossier(connection, context, "amend", self.dossier)
        reason = comment_of(self.reason)
        Given(attachments=self.attachments).check_attachments(work)
        changed = change_contents(work, self.components, self.data)
        details = {"comment": reason, "attachments": list(self.attachments) or None, **changed}
        work.record("amended", None, details)
        tell_officials(work, ("holder",), "dossier_amended")
        work.finish()
        return Outcome(work, None)
