"""A procedure's versions: how each stands on a day, what it holds, and what a later one has otherwise than an earlier one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.engine.diff import compare
from app.engine.shared import DEADLINE_WATCH, INTAKE
from app.errors import DomainError
from app.lawbook import profile_named
from app.rules import versions
from app.rules.side import SIDE
from app.store import procedures, version_moves, version_reviews
from app.store.transaction import reading
from app.store.version_reviews import VersionReviewRow
from app.views.cursors import whole_answer
from app.views.publications import known_procedure, version_view
from app.wording import LOCAL

SIDE_TITLES = {
    INTAKE: "Kiểm tra hồ sơ trực tuyến",
    DEADLINE_WATCH: "Theo dõi thời hạn",
    **{name: rule.title for name, rule in SIDE.items()},
}


def versions_of(code: str, profile: str, now: datetime) -> dict[str, Any]:
    """Every version of a procedure, the newest first; `profile`: the province's. Errors: DomainError not_found."""
    with reading() as connection:
        procedure = known_procedure(connection, code)
        rows = version_reviews.versions_of(connection, procedure.id)
        running = version_moves.running_by_version(connection, procedure.id)
        return whole_answer([_standing(connection, row, rows, profile, now, running.get(row.id, 0)) for row in rows])


def _standing(
    connection: Connection,
    row: VersionReviewRow,
    every: Sequence[VersionReviewRow],
    profile: str,
    now: datetime,
    running: int,
) -> dict[str, Any]:
    day = now.astimezone(LOCAL).date()
    state = versions.state_of(row.version, [one.version for one in every], day)
    repealed = row.repealed_on is not None
    return version_view(connection, row, profile_named(profile), now) | {
        "state": state,
        "state_title": versions.STATES[state],
        "in_force": state == versions.IN_FORCE,
        "running": running,
        "corrects": row.corrects,
        "applies_from": row.applies_from,
        "correction_reason": row.correction_reason,
        "amends": row.amends,
        "announcement": row.announcement,
        "vacancy_reason": row.vacancy_reason,
        "decision_file": row.decision_file,
        "repeal": {
            "number": row.repeal_number,
            "decided_on": row.repeal_decided_on,
            "repealed_on": row.repealed_on,
            "reason": row.repeal_reason,
            "repealed_at": row.repealed_at,
            "repealed_by": row.repealed_by,
        }
        if repealed
        else None,
    }


def version_detail(code: str, number: int, profile: str, now: datetime) -> dict[str, Any]:
    """One version with its steps, its files and what was warned of when it was published. Errors: DomainError not_found."""
    with reading() as connection:
        row = known_version(connection, code, number)
        every = version_reviews.versions_of(connection, row.procedure_id)
        running = version_moves.running_by_version(connection, row.procedure_id)
        version = procedures.version_by_id(connection, row.id)
        return _standing(connection, row, every, profile, now, running.get(row.id, 0)) | {
            "sha256": version.sha256,
            "process": version.process,
            "steps": version.steps,
            "warnings": version.warnings,
            "files": [
                {"name": name, "kind": kind, "sha256": sha256}
                for name, kind, sha256 in procedures.file_names(connection, row.id)
            ],
        }


def version_diagram(code: str, number: int) -> bytes:
    """The diagram as it was published, byte for byte. Errors: DomainError not_found."""
    with reading() as connection:
        return procedures.main_diagram(connection, known_version(connection, code, number).id)


def version_diff(code: str, number: int, against: int | None) -> dict[str, Any]:
    """What the version has otherwise than `against`, or than the one before it. Errors: DomainError not_found."""
    with reading() as connection:
        row = known_version(connection, code, number)
        if against is None:
            earlier = [one.number for one in version_reviews.versions_of(connection, row.procedure_id)]
            against = max((one for one in earlier if one < number), default=number)
        other = known_version(connection, code, against)
        before, after = (procedures.version_files(connection, one.id) for one in (other, row))
    changes = [asdict(change) for change in compare(before, after, SIDE_TITLES)]
    return {"procedure": code, "version": number, "against": against, "changes": changes}


def known_version(connection: Connection, code: str, number: int) -> VersionReviewRow:
    """Errors: DomainError not_found."""
    found = version_reviews.find_version(connection, code, number)
    if found is None:
        raise DomainError("not_found", f"Thủ tục “{code}” không có phiên bản số {number}.")
    return found
