"""Side processes as a province redraws them: they take the place of the shipped ones in a version's closed set (QT-22.3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.engine.definition import Definition, build_definition
from app.engine.guard import Guard
from app.engine.problems import DiagramRejected
from app.engine.shared import SIDE_PROCESSES, side_files

_NOT_A_SIDE = {"step.position-role", "step.agency-asker", "effect.misplaced"}
"""What the gate says of a side process whose process id is none of the reserved ones."""


@dataclass(slots=True)
class SideSet:
    """The side processes of a version: `files` by the name under which it keeps them; `definitions` of the redrawn ones."""

    files: dict[str, bytes] = field(default_factory=lambda: dict(side_files()))
    definitions: list[Definition] = field(default_factory=list)
    warnings: list[dict[str, Any]] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)


def side_set(redrawn: Mapping[str, bytes], guard: Guard) -> SideSet:
    """The shipped side processes with those of `redrawn` (uploaded name -> content) in their place. Each passes the gate by
    itself: a side process calls no other. Problems name their `file`."""
    found = SideSet()
    seen: dict[str, str] = {}
    for name, content in redrawn.items():
        verdict = guard.check(name, content, {})
        problems = [{**problem, "file": name} for problem in verdict["problems"]]
        if verdict["verdict"] != "ok":
            found.errors += [*problems, *_hint(name, problems)]
            continue
        found.warnings += problems
        try:
            definition = build_definition({name: content})
        except DiagramRejected as rejected:
            found.errors += [{**problem.to_dict(), "file": name} for problem in rejected.problems]
            continue
        process = definition.process_id
        if process not in SIDE_PROCESSES:
            found.errors.append(_unknown(name, process))
        elif process in seen:
            message = f"Hai tệp {seen[process]} và {name} cùng vẽ quy trình kèm theo “{process}”. Hãy gửi một tệp."
            found.errors.append(_problem("side.repeated", message, process, name))
        else:
            seen[process] = name
            found.files[f"{process}.bpmn"] = content
            found.definitions.append(definition)
    return found


def _hint(name: str, problems: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    if any(problem["code"] in _NOT_A_SIDE for problem in problems):
        yield _unknown(name, None)


def _unknown(name: str, process: str | None) -> dict[str, Any]:
    what = f"Mã quy trình “{process}”" if process else "Mã quy trình"
    message = (
        f"{what} của tệp {name} không phải mã của quy trình kèm theo nào. "
        f"Hãy đặt mã (id) là một trong: {', '.join(SIDE_PROCESSES)}."
    )
    return _problem("side.unknown", message, process, name)


def _problem(code: str, message: str, element: str | None, file: str) -> dict[str, Any]:
    return {
        "code": code,
        "severity": "error",
        "message": message,
        "element": element,
        "name": None,
        "line": None,
        "file": file,
    }
