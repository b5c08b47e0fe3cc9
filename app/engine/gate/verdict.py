"""The gate that every diagram passes before it may run: what the engine would run wrongly is refused with a reason.

`check` looks at one file; the rooms are `gate.source` (bytes, XML, schema), `gate.structure` (ids, references, ways),
`gate.vocabulary` (what of BPMN means anything), `gate.extensions` (what is written beside it), `gate.constructs`,
`gate.events`, `gate.items` (what may stand where), `gate.timers`, `gate.steps`, `gate.totals`, `gate.side`, `gate.lanes`,
`gate.expressions`, `gate.variables`, `gate.calls`, `gate.soundness` and `gate.dry_run`. It trusts nothing in the file, but it
bounds neither time nor memory: for files from outside go through `guard`, which runs it in a process that is watched.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from app.engine.definition import build_definition
from app.engine.gate.calls import check_calls
from app.engine.gate.constructs import check_constructs
from app.engine.gate.dry_run import dry_run
from app.engine.gate.events import check_events
from app.engine.gate.expressions import check_expressions
from app.engine.gate.extensions import check_extensions
from app.engine.gate.items import check_items
from app.engine.gate.lanes import check_lanes
from app.engine.gate.model import Model, line_of, read_model
from app.engine.gate.side import check_side, is_side
from app.engine.gate.soundness import check_soundness
from app.engine.gate.source import read_source
from app.engine.gate.steps import check_steps
from app.engine.gate.structure import NAME_LIMIT, check_limits, check_structure, is_oversized
from app.engine.gate.timers import check_timers
from app.engine.gate.totals import check_totals
from app.engine.gate.variables import check_variables
from app.engine.gate.vocabulary import check_vocabulary
from app.engine.problems import DiagramRejected, Problem, error, warning
from app.engine.steps import Step

PROBLEM_LIMIT = 200
MESSAGE_LIMIT = 1_200  # characters


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
    problems = [_clipped(problem) for problem in problems]
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
    problems, steps = _look(name, content, shared, model, problems)
    return _placed(model, problems), steps


def _look(
    name: str, content: bytes, shared: Mapping[str, bytes], model: Model, problems: list[Problem]
) -> tuple[list[Problem], tuple[Step, ...]]:
    called = check_calls(model, shared)
    processes = called.processes(model)
    side = is_side(model)
    standalone = not side and content not in shared.values()
    structure = list(check_structure(model, processes))
    # A repeated id is also a schema error on the same line; ours says what to do.
    repeated = {problem.line for problem in structure if problem.code == "id.duplicate"}
    problems = [problem for problem in problems if not (problem.code == "xsd.invalid" and problem.line in repeated)]
    problems += structure
    problems += check_vocabulary(model)
    problems += check_extensions(model)
    problems += check_constructs(model)
    problems += check_events(model, processes, standalone=standalone or side)
    problems += check_items(model)
    problems += check_timers(model, side=side)
    problems += check_steps(model, called, standalone=standalone, side=side)
    problems += check_side(model)
    problems += check_lanes(model)
    problems += check_totals(model, processes)
    problems += check_expressions(model, called.models.values())
    problems += check_variables(model, called.models.values(), side=side)
    problems += called.problems
    if any(problem.severity == "error" for problem in problems):
        return problems, ()
    problems += check_soundness(model, called.models.values())
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
    # A fragment whose errors are caught where it is called cannot be run to the end by itself.
    if not any(problem.code == "error.uncaught" for problem in problems):
        problems += dry_run(definition)
    return problems, tuple(definition.steps.values())


def _placed(model: Model, problems: list[Problem]) -> list[Problem]:
    """Each with the name of its element, and with its line where only the element was known."""
    known = {element.get("id"): element for element in reversed(list(model.root.iter())) if element.get("id")}

    def placed(problem: Problem) -> Problem:
        element = known.get(problem.element)
        if problem.element is None or element is None:
            return problem
        name = " ".join((element.get("name") or "").split())[:NAME_LIMIT] or None
        return replace(problem, name=name, line=problem.line or line_of(element))

    return [placed(problem) for problem in problems]


def _clipped(problem: Problem) -> Problem:
    """What a message quotes of a file may be as long as the file."""
    message, element = problem.message, problem.element
    if len(message) <= MESSAGE_LIMIT and len(element or "") <= NAME_LIMIT:
        return problem
    if len(message) > MESSAGE_LIMIT:
        message = f"{message[: MESSAGE_LIMIT // 2]}…{message[-MESSAGE_LIMIT // 2 :]}"
    return replace(problem, message=message, element=element[:NAME_LIMIT] if element else element)


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
