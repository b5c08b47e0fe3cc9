"""The gate that every diagram passes before it may run: what the engine would run wrongly is refused with a reason.

`check` looks at one file; the rooms are `gate_source` (bytes, XML, schema), `gate_structure` (ids, references, ways),
`gate_constructs` (what is not supported), `gate_timers`, `gate_steps`, `gate_side`, `gate_expressions`, `gate_calls`
and `gate_dry_run`. It trusts nothing in the file, but it bounds neither time nor memory: for files from
outside go through `guard`, which runs it in a process that is watched.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from app.engine.definition import build_definition
from app.engine.gate_calls import check_calls
from app.engine.gate_constructs import check_constructs
from app.engine.gate_dry_run import dry_run
from app.engine.gate_expressions import check_expressions
from app.engine.gate_lanes import check_lanes
from app.engine.gate_model import read_model
from app.engine.gate_side import check_side, is_side
from app.engine.gate_source import read_source
from app.engine.gate_steps import check_steps
from app.engine.gate_structure import check_limits, check_structure, is_oversized
from app.engine.gate_timers import check_timers
from app.engine.problems import DiagramRejected, Problem, error, warning
from app.engine.steps import Step

PROBLEM_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `motcua diagram check` prints of a file; "ok" may come with warnings."""

    file: str
    verdict: Literal["ok", "rejected"]
    problems: tuple[Problem, ...]
    steps: tuple[Step, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        return {
            "file": self.file,
            "verdict": self.verdict,
            "problems": [problem.to_dict() for problem in self.problems],
            "steps": [_step(step) for step in self.steps],
        }


def check(name: str, content: bytes, shared: Mapping[str, bytes] | None = None) -> Verdict:
    """The verdict on one file. `shared` (file name -> content) is what its call activities may call. Never raises."""
    try:
        problems, steps = _examine(name, content, shared or {})
    except Exception as failure:
        message = f"Không kiểm tra được sơ đồ này ({type(failure).__name__}). Hãy xuất lại tệp từ công cụ vẽ."
        problems, steps = [error("check.failed", message)], ()
    return verdict(name, problems, steps)


def verdict(name: str, problems: list[Problem], steps: tuple[Step, ...] = ()) -> Verdict:
    """Errors before warnings, each by line; beyond PROBLEM_LIMIT only their number is told."""
    refused = any(problem.severity == "error" for problem in problems)
    ordered = sorted(problems, key=lambda problem: (problem.severity, problem.line or 0))
    if len(ordered) > PROBLEM_LIMIT:
        more = len(ordered) - PROBLEM_LIMIT
        ordered[PROBLEM_LIMIT:] = [warning("limit.problems", f"Còn {more} vấn đề khác. Hãy sửa các vấn đề trên trước.")]
    return Verdict(name, "rejected" if refused else "ok", tuple(ordered), steps)


def _examine(name: str, content: bytes, shared: Mapping[str, bytes]) -> tuple[list[Problem], tuple[Step, ...]]:
    tree, problems = read_source(content)
    if tree is None:
        return problems, ()
    model = read_model(tree)
    problems += check_limits(model)
    if is_oversized(model):
        return problems, ()
    called = check_calls(model, shared)
    structure = list(check_structure(model))
    # A repeated id is also a schema error on the same line; ours says what to do.
    repeated = {problem.line for problem in structure if problem.code == "id.duplicate"}
    problems = [problem for problem in problems if not (problem.code == "xsd.invalid" and problem.line in repeated)]
    problems += structure
    problems += check_constructs(model)
    side = is_side(model)
    problems += check_timers(model, side=side)
    problems += check_steps(model, standalone=not side and content not in shared.values(), side=side)
    problems += check_side(model)
    problems += check_lanes(model)
    problems += check_expressions(model, called.models.values())
    problems += called.problems
    if any(problem.severity == "error" for problem in problems):
        return problems, ()
    return _run(name, content, called.files, model.processes[0].id, problems)


def _run(
    name: str, content: bytes, called: Mapping[str, bytes], process: str, problems: list[Problem]
) -> tuple[list[Problem], tuple[Step, ...]]:
    try:
        definition = build_definition({**called, name: content}, process)
    except DiagramRejected as refusal:
        return [*problems, *refusal.problems], ()
    problems += dry_run(definition)
    return problems, tuple(definition.steps.values())


def _step(step: Step) -> dict[str, Any]:
    return {
        "id": step.id,
        "name": step.name,
        "position": step.position,
        "limit": step.limit,
        "limit_unit": step.limit_unit,
        "limit_group": step.limit_group,
        "agency": step.agency,
        "stage": step.stage,
        "form": step.form,
        "effect": step.effect,
    }
