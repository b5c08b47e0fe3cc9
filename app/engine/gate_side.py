"""Gate: side processes. A province may redraw one; what it must do to the dossier has to stay in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from app.engine.gate_model import Model, Node, Scope, line_of
from app.engine.problems import Problem, error
from app.engine.shared import SIDE_PROCESSES
from app.engine.steps import read_step
from app.rules.side import SIDE


def is_side(model: Model) -> bool:
    """Whether the file draws a side process: its process has one of the reserved ids."""
    return any(process.id in SIDE_PROCESSES for process in model.processes)


def check_side(model: Model) -> Iterator[Problem]:
    """Each effect that the side process is there for is on a step, and no way leads past all of them undecided."""
    for scope in model.processes:
        if scope.id not in SIDE:
            continue
        carriers = _carriers(model)
        for effect in SIDE[scope.id].effects:
            if effect not in carriers:
                message = (
                    f"Quy trình kèm theo “{scope.id}” phải có một bước với tác dụng (effect) “{effect}”. "
                    "Hãy thêm thuộc tính này vào bước thực hiện việc đó."
                )
                yield error("side.effect-missing", message, scope.id, line_of(scope.element))


def _carriers(model: Model) -> Mapping[str, list[Node]]:
    found: dict[str, list[Node]] = {}
    for node in model.nodes():
        if node.kind == "userTask" and (effect := read_step(node.element).effect) is not None:
            found.setdefault(effect, []).append(node)
    return found


__all__ = ["Scope", "check_side", "is_side"]
