"""Correct a version (sửa lỗi cấu hình): under the same decision an earlier configuration is in force again, from now on.

A decision that was published is replaced or repealed, never rolled back; what can be wrong and is put right is only how it
was configured (defect 24). So the configuration that is taken must be one of that decision. Dossiers that run keep theirs
until somebody moves them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from app.actions.administering import log
from app.actions.announce_version import announce
from app.actions.keyed import keyed
from app.actions.prepare_publication import correctable
from app.actions.runner import Context, whole_second
from app.errors import DomainError, invalid
from app.rules.publication import IN_FORCE
from app.store import procedures, version_reviews
from app.store.version_reviews import VersionReviewRow
from app.wording import LOCAL


@dataclass(frozen=True, slots=True)
class CorrectVersion:
    """`number` is faulty; `using`: the number of the version whose configuration takes its place."""

    procedure: str
    number: int
    using: int
    reason: str


@dataclass(frozen=True, slots=True)
class Corrected:
    """`version`: the number of the correction; `told`: how many officials heard of it."""

    version: int
    told: int


def correct_version(command: CorrectVersion, context: Context) -> Corrected:
    """Errors: DomainError not_found, invalid, wrong_state (not in force, repealed, or of another decision), key_reused."""
    if not command.reason.strip():
        raise invalid({"reason": ["Phải ghi cấu hình sai ở đâu."]})

    def make(connection: Connection) -> dict[str, Any]:
        procedure = procedures.find_procedure(connection, command.procedure)
        if procedure is None:
            raise DomainError("not_found", f"Không có thủ tục mã “{command.procedure}”.")
        procedures.lock_versions(connection, procedure.id)
        wrong = correctable(connection, command.procedure, command.number, context)
        right = _configuration(connection, command, wrong)
        return _correct(connection, command, wrong, right, context)

    return Corrected(**keyed(context, make))


def configurations(wrong: VersionReviewRow, every: Iterable[VersionReviewRow]) -> list[VersionReviewRow]:
    """Those of `every` whose configuration may take the faulty one's place: of that decision, checked if they had to be."""
    return [
        one
        for one in every
        if one.number != wrong.number
        and (one.decision_number, one.decided_on) == (wrong.decision_number, wrong.decided_on)
        and one.review in IN_FORCE
        and one.repealed_on is None
    ]


def _configuration(connection: Connection, command: CorrectVersion, wrong: VersionReviewRow) -> VersionReviewRow:
    found = version_reviews.find_version(connection, command.procedure, command.using)
    if found is None:
        raise DomainError("not_found", f"Thủ tục “{command.procedure}” không có phiên bản số {command.using}.")
    if configurations(wrong, [found]):
        return found
    if found.number == wrong.number:
        raise invalid({"using": ["Phải chọn cấu hình của một phiên bản khác."]})
    if (found.decision_number, found.decided_on) != (wrong.decision_number, wrong.decided_on):
        why = (
            f"Phiên bản số {found.number} theo quyết định khác ({found.decision_number}). Quyết định đã công bố chỉ được thay "
            "thế hoặc bãi bỏ bằng quyết định khác; hãy sửa cấu hình bằng một bản vẽ mới của quyết định này."
        )
        raise DomainError("wrong_state", why)
    raise DomainError("wrong_state", f"Phiên bản số {found.number} chưa từng được áp dụng hoặc đã bãi bỏ.")


def _correct(
    connection: Connection,
    command: CorrectVersion,
    wrong: VersionReviewRow,
    right: VersionReviewRow,
    context: Context,
) -> dict[str, Any]:
    account, now = context.caller.account_id, whole_second(context.now)
    kept = procedures.version_by_id(connection, right.id)
    files = procedures.version_files(connection, right.id)
    hashes = {name: sha256 for name, _, sha256 in procedures.file_names(connection, right.id)}
    values = {
        "procedure_id": wrong.procedure_id,
        "sha256": kept.sha256,
        "process": kept.process,
        "decision_number": wrong.decision_number,
        "decided_on": wrong.decided_on,
        "effective_from": wrong.effective_from,
        "published_at": now,
        "published_by": account,
        "steps": kept.steps,
        "warnings": kept.warnings,
        # What was in force once was checked then.
        "review": right.review,
        "decision_file_id": wrong.decision_file,
        "amends": wrong.amends,
        "corrects": wrong.number,
        "stands_for": wrong.version.place,
        "applies_from": context.now.astimezone(LOCAL).date(),
        "correction_reason": command.reason.strip(),
    }
    rows = [
        {"name": name, "kind": kind, "sha256": hashes[name], "content": content}
        for name, (kind, content) in files.items()
    ]
    number = procedures.add_version(connection, values, rows)
    after = {"version": number, "corrects": wrong.number, "using": right.number, "reason": command.reason.strip()}
    log(connection, context, "version_corrected", f"procedure:{command.procedure}", None, {}, after)
    row = version_reviews.find_version(connection, command.procedure, number)
    assert row is not None  # noqa: S101 - it was added just now
    return {"version": number, "told": announce(connection, row, now, account)}
