"""A draft that begins with a version: to do again what the centre returned, or to put a faulty configuration right."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from app.actions.draft_beginnings import files_of_version
from app.actions.keyed import keyed
from app.actions.prepare_publication import Preparation, correctable
from app.actions.runner import Context, whole_second
from app.errors import DomainError
from app.rules.publication import RETURNED
from app.store import diagram_drafts, procedures, version_comments, version_reviews
from app.store.version_reviews import VersionReviewRow


def draft_of_returned(procedure: str, number: int, context: Context) -> int:
    """The draft's id; its decision is the version's, and what was said of the version goes along by its origin.

    Errors: DomainError not_found, wrong_state, key_reused."""

    def make(connection: Connection) -> dict[str, Any]:
        version = _known(connection, procedure, number)
        if version.review != RETURNED:
            raise DomainError("wrong_state", f"Phiên bản số {number} không bị trả lại nên không phải làm lại.")
        known = Preparation(
            decision_number=version.decision_number,
            decided_on=version.decided_on,
            effective_from=version.effective_from,
            amends=version.amends or "",
            note=version.announcement or "",
            scan=version.decision_file,
            corrects=version.corrects,
            reason=version.correction_reason or "",
        )
        origin = {"returned": True, "comments": version_comments.count_comments(connection, version.id)}
        return {"id": _begin(connection, version, known, origin, f"Làm lại phiên bản số {number}", context)}

    return int(keyed(context, make)["id"])


def draft_of_correction(procedure: str, number: int, context: Context) -> int:
    """The draft's id; published, it puts the version's configuration right. Errors: DomainError not_found, wrong_state."""

    def make(connection: Connection) -> dict[str, Any]:
        version = correctable(connection, procedure, number, context)
        known = Preparation(
            decision_number=version.decision_number,
            decided_on=version.decided_on,
            effective_from=version.effective_from,
            corrects=version.number,
        )
        return {"id": _begin(connection, version, known, {}, f"Sửa cấu hình phiên bản số {number}", context)}

    return int(keyed(context, make)["id"])


def _begin(
    connection: Connection,
    version: VersionReviewRow,
    known: Preparation,
    origin: dict[str, Any],
    title: str,
    context: Context,
) -> int:
    values = {
        "procedure_id": version.procedure_id,
        "title": title,
        "base_version": version.number,
        "origin": {"kind": "version", "version": version.number, **origin},
        "preparation": known.to_dict(),
    }
    files = files_of_version(procedures.version_files(connection, version.id))
    return diagram_drafts.add_draft(connection, values, files, context.caller.account_id, whole_second(context.now))


def _known(connection: Connection, procedure: str, number: int) -> VersionReviewRow:
    found = version_reviews.find_version(connection, procedure, number)
    if found is None:
        raise DomainError("not_found", f"Thủ tục “{procedure}” không có phiên bản số {number}.")
    return found
