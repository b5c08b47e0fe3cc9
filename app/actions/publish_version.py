"""Publish a version (ban hành): a diagram that passed the gate becomes what new dossiers of its procedure follow (QT-22.3).

The version is a closed set: the diagram as uploaded, with the desk's standard steps added where it has none, and the side
processes in force, all hashed as one. Running dossiers keep the version under which they were received.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Connection

from app.actions.library import SIDE_PROCESSES
from app.actions.runner import Context, whole_second
from app.config import PROJECT_ROOT
from app.engine.definition import Definition, build_definition
from app.engine.gate import check
from app.engine.problems import DiagramRejected, Problem
from app.engine.standard_steps import add_standard_steps
from app.errors import DomainError
from app.store import organisation, procedures
from app.store.transaction import transaction


@dataclass(frozen=True, slots=True)
class PublishVersion:
    procedure: str
    diagram: bytes
    file_name: str
    decision_number: str
    decided_on: date
    effective_from: date


@dataclass(frozen=True, slots=True)
class Published:
    version: int
    sha256: str
    steps: list[dict[str, Any]]
    warnings: list[dict[str, Any]]


@cache
def side_files() -> Mapping[str, bytes]:
    """The side processes as shipped; a version takes its own copy of them."""
    folder = PROJECT_ROOT / "bpmn" / "shared"
    return {f"{name}.bpmn": (folder / f"{name}.bpmn").read_bytes() for name in SIDE_PROCESSES}


def publish(command: PublishVersion, context: Context | None, now_published: Any) -> Published:
    """Check, complete and store a diagram as the procedure's next version; raises `diagram_rejected` with the problems."""
    verdict = check(command.file_name, command.diagram)
    if verdict.verdict != "ok":
        raise _rejected(verdict.problems)
    diagram = add_standard_steps(command.diagram)
    try:
        definition = build_definition({command.file_name: diagram})
    except DiagramRejected as rejected:
        raise _rejected(tuple(rejected.problems)) from rejected
    files = [_file(command.file_name, "main", diagram)]
    files += [_file(name, "side", content) for name, content in side_files().items()]
    digest = hashlib.sha256("\n".join(f"{file['name']} {file['sha256']}" for file in files).encode()).hexdigest()
    steps = [_step_view(step) for step in definition.steps.values()]
    warnings = [asdict(problem) for problem in verdict.problems]
    with transaction() as connection:
        procedure = procedures.find_procedure(connection, command.procedure)
        if procedure is None:
            raise DomainError("not_found", f"Không có thủ tục mã “{command.procedure}”.")
        warnings += _position_problems(connection, definition)
        number = procedures.add_version(
            connection,
            {
                "procedure_id": procedure.id,
                "sha256": digest,
                "process": definition.process_id,
                "decision_number": command.decision_number,
                "decided_on": command.decided_on,
                "effective_from": command.effective_from,
                "published_at": whole_second(now_published),
                "published_by": context.caller.account_id if context else None,
                "steps": steps,
                "warnings": warnings,
            },
            files,
        )
    return Published(number, digest, steps, warnings)


def _file(name: str, kind: str, content: bytes) -> dict[str, Any]:
    return {"name": name, "kind": kind, "sha256": hashlib.sha256(content).hexdigest(), "content": content}


def _step_view(step: Any) -> dict[str, Any]:
    return {
        "id": step.id,
        "name": step.name,
        "position": step.position,
        "agency": step.agency,
        "limit": step.limit,
        "limit_unit": step.limit_unit,
        "stage": step.stage,
    }


def _rejected(problems: tuple[Problem, ...]) -> DomainError:
    return DomainError(
        "diagram_rejected",
        "Sơ đồ có lỗi nên chưa ban hành được; xem từng lỗi kèm cách sửa.",
        extra={"problems": [asdict(problem) for problem in problems]},
    )


def _position_problems(connection: Connection, definition: Definition) -> list[dict[str, Any]]:
    """Positions that no agency has: an error at deployment, for no inbox would ever show such a step (QT-22.2a)."""
    known = organisation.position_codes(connection)
    missing = [step for step in definition.steps.values() if step.position not in known]
    if missing:
        raise DomainError(
            "diagram_rejected",
            "Sơ đồ dùng vị trí việc làm chưa khai báo ở cơ quan nào.",
            extra={
                "problems": [
                    {
                        "code": "step.position-unknown",
                        "severity": "error",
                        "message": f"Bước “{step.name}” dùng vị trí “{step.position}” chưa được khai báo; hãy tạo vị trí này.",
                        "element": step.id,
                        "line": None,
                    }
                    for step in missing
                ]
            },
        )
    return []
