"""What a diagram asks of a dossier's data, and on what each of its branches depends: read from the drawing alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from app.engine import feel
from app.engine.gate.items import item_variable, results_variable
from app.engine.gate.model import CONDITIONAL, Model, Node, read_model
from app.engine.gate.variables import read_expressions
from app.engine.names import camunda
from app.engine.reading import parse
from app.engine.steps import read_step

_COMPARED = re.compile(r'([^\W\d]\w*)\s*(!=|>=|<=|=|>|<)\s*("(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|true|false)')
_DECISION, _MESSAGE = "_decision", "_message"
MOST_VALUES = 6

Value = str | float | bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A member of the dossier's data that expressions read. `values`: what it is compared with, and one beside each number;
    `several`: a list of such values is wanted; `position`: they are codes of agencies that have this position."""

    name: str
    values: tuple[Value, ...] = ()
    several: bool = False
    position: str | None = None


@dataclass(frozen=True, slots=True)
class Branch:
    """A conditional flow: from which gateway to which element, and its condition; None for the default."""

    flow: str
    source: str
    source_name: str
    target: str
    condition: str | None


class Drawing:
    """The files of a procedure, looked at as a drawing; the first is its own diagram."""

    def __init__(self, files: Iterable[bytes]) -> None:
        self.models: tuple[Model, ...] = tuple(read_model(parse(content)) for content in files)

    @cached_property
    def nodes(self) -> Mapping[str, Node]:
        return {node.id: node for model in self.models for node in model.nodes()}

    @cached_property
    def asked(self) -> tuple[Asked, ...]:
        """What the dossier's data has to say, in the order of the drawing."""
        known = {f"{name}{end}" for name in self.nodes for end in (_DECISION, _MESSAGE)}
        loops = [node for node in self.nodes.values() if node.loop is not None]
        known |= {results_variable(node) for node in loops}
        known |= {item_variable(node.loop) for node in loops if node.loop is not None}
        lists = {
            (node.loop.get(camunda("collection")) or "").lstrip("=").strip(): node
            for node in loops
            if node.loop is not None
        }
        positions = self._positions(lists)
        conditions = {branch.condition for branch in self.branches}
        found: dict[str, list[Value]] = {}
        for text in self._expressions():
            try:
                names = feel.names(text)
            except feel.FeelError:
                continue
            for name in names:
                if name not in known:
                    found.setdefault(name, [])
            for name, sign, value in _COMPARED.findall(text):
                if name in found:
                    found[name] += _values(sign, value)
            bare = text.strip().removeprefix("not(").removesuffix(")")
            if bare in found and bare not in lists and " ".join(text.split()) in conditions:
                found[bare] += [True, False]
        return tuple(
            Asked(name, tuple(dict.fromkeys(values))[:MOST_VALUES], name in lists, positions.get(name))
            for name, values in found.items()
        )

    def _positions(self, lists: Mapping[str, Node]) -> dict[str, str]:
        """The data that says whose a step is, with the position that its agency must have."""
        found: dict[str, str] = {}
        for node in self.nodes.values():
            step = read_step(node.element) if node.kind == "userTask" else None
            if step is None or not step.agency.startswith("="):
                continue
            said = step.agency[1:].strip()
            found.setdefault(said, step.position)
            for name, looping in lists.items():
                if looping.loop is not None and item_variable(looping.loop) == said:
                    found.setdefault(name, step.position)
        return found

    @cached_property
    def branches(self) -> tuple[Branch, ...]:
        """The ways out of the gateways that choose."""
        found = []
        for model in self.models:
            for scope, flow in model.flows():
                source = scope.nodes.get(flow.source)
                if source is None or source.kind not in CONDITIONAL or len(scope.outgoing(flow.source)) < 2:
                    continue
                text = (
                    None if flow.condition is None else " ".join("".join(map(str, flow.condition.itertext())).split())
                )
                found.append(Branch(flow.id, source.id, source.label, flow.target, text))
        return tuple(found)

    def gates_before(self, node: str) -> tuple[Branch, ...]:
        """The conditional flows through which alone a node is reached, the nearest ones: looking back over what leads to it."""
        incoming: dict[str, list[tuple[str, str]]] = {}
        for model in self.models:
            for _scope, flow in model.flows():
                incoming.setdefault(flow.target, []).append((flow.source, flow.id))
        branches = {branch.flow: branch for branch in self.branches}
        found, seen, todo = [], {node}, [node]
        while todo:
            for source, name in incoming.get(todo.pop(), []):
                if name in branches:
                    found.append(branches[name])
                elif source not in seen:
                    seen.add(source)
                    todo.append(source)
        return tuple(found)

    def why_never(self, node: str) -> str | None:
        """Why a step can never be reached, as far as its conditions tell: a decision that no step gives; else None."""
        gates = self.gates_before(node)
        reasons = [_impossible(branch, self.nodes) for branch in gates]
        if not gates or not all(reasons):
            return None
        return " ".join(dict.fromkeys(reason for reason in reasons if reason))

    def _expressions(self) -> Iterator[str]:
        for model in self.models:
            yield from read_expressions(model)


def _values(sign: str, text: str) -> list[Value]:
    if text in ("true", "false"):
        return [True, False]
    if text.startswith('"'):
        return [text[1:-1]]
    number = float(text)
    whole: Value = int(number) if number.is_integer() else number
    return [whole, int(number) + 1, int(number) - 1] if sign != "=" else [whole]


def _impossible(branch: Branch, nodes: Mapping[str, Node]) -> str | None:
    """What makes a condition false whatever people choose."""
    if branch.condition is None or " or " in branch.condition:
        return None
    for name, sign, value in _COMPARED.findall(branch.condition):
        step = nodes.get(name.removesuffix(_DECISION)) if name.endswith(_DECISION) else None
        if step is None or sign != "=" or not value.startswith('"'):
            continue
        given = {one.value: one.title for one in read_step(step.element).decisions}
        if value[1:-1] not in given:
            known = ", ".join(f"“{one}”" for one in given) or "không có lựa chọn nào"
            return (
                f"Điều kiện “{branch.condition}” ở {branch.source_name} chờ giá trị {value}, "
                f"mà bước {step.label} chỉ cho: {known}."
            )
    return None
