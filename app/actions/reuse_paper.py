"""Reuse a paper (dùng lại giấy tờ): what the same applicant handed in before, or was given, is not asked for again (TN-21.7).

The row is copied, not the bytes; the new one says where it came from. Whose papers they are, the identity number says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from app.actions.attach import Attach, dossier_to_add_to
from app.actions.runner import Context, Outcome
from app.actions.work import Work
from app.errors import invalid
from app.store import attachments, dossiers
from app.store.reusable_papers import PaperRow, find_paper

_NOT_THEIRS = (
    "Không có giấy tờ này trong các hồ sơ trước của người nộp (theo số định danh), hoặc giấy tờ đang bị cách ly."
)


@dataclass(frozen=True, slots=True)
class ReusePaper:
    """`attachment` is the id of a file of an earlier dossier."""

    dossier: str
    attachment: int
    component: str | None = None

    def perform(self, connection: Connection, context: Context) -> Outcome:
        """As `Attach`; the new attachment is `extra["attachment"]`. Errors: DomainError not_found, forbidden, wrong_state,
        invalid."""
        dossier = dossier_to_add_to(connection, self.dossier, context.caller)
        paper = _paper_for(connection, dossier.id, self.attachment)
        if paper is None:
            raise invalid({"attachment": [_NOT_THEIRS]})
        return _again(self.dossier, paper, self.component).perform(connection, context)


def reuse_papers(work: Work, components: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Components that name a file of an earlier dossier name a copy of its row from now on; all others stay as they are.

    Errors: DomainError invalid, by `components.<number>.attachment`.
    """
    own = {row.id for row in attachments.attachments_of(work.connection, work.dossier.id)}
    named = []
    for number, component in enumerate(components):
        attachment_id = component.get("attachment")
        if attachment_id is None or attachment_id in own:
            named.append(dict(component))
            continue
        paper = _paper_for(work.connection, work.dossier.id, attachment_id)
        if paper is None:
            raise invalid({f"components.{number}.attachment": [_NOT_THEIRS]})
        added = _again(work.dossier.code, paper, component["code"]).add(work)
        origin = component.get("origin") or (paper.origin if paper.kind == attachments.PAPER else None)
        named.append({**component, "attachment": added} | ({"origin": origin} if origin else {}))
    return named


def _paper_for(connection: Connection, dossier_id: int, attachment_id: int) -> PaperRow | None:
    applicant = dossiers.contents(connection, dossier_id).applicant
    paper = find_paper(connection, applicant.get("id_number") or "", attachment_id)
    return paper if paper is not None and paper.dossier_id != dossier_id else None


def _again(code: str, paper: PaperRow, component: str | None) -> Attach:
    return Attach(
        code,
        paper.sha256,
        paper.size,
        paper.name,
        paper.media_type,
        component=component,
        origin=paper.origin if paper.kind == attachments.PAPER else None,
        reused_from=paper.id,
    )
