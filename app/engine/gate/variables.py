"""Gate: the variables that expressions read: decisions, results of multi-instance activities, items; all else is form data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.engine import feel as language
from app.engine.gate.items import COUNTERS, feel, item_variable, items_around, results_variable
from app.engine.gate.model import CONDITIONAL, Model, Node
from app.engine.names import bpmn, camunda
from app.engine.problems import Problem, error, warning
from app.engine.steps import read_step

SIDE_VARIABLES = frozenset(
    ("by_desk", "by_unit_head", "by_leader", "has_clerk", "has_leader", "agency", "merged", "separate")
)
"""What a side process is told when it is asked for."""

_DECISION = "_decision"


@dataclass(frozen=True, slots=True)
class _Reading:
    """An expression and where it is evaluated: `inside` are the multi-instance activities whose items it sees."""

    text: str
    what: str
    element: str
    line: int | None
    inside: tuple[Node, ...]
    counting: bool = False


def check_variables(model: Model, called: Iterable[Model], *, side: bool) -> Iterator[Problem]:
    """`called` are the diagrams whose decisions an expression may name besides its own; a `side` process is told more."""
    nodes = [node for known in (model, *called) for node in known.nodes()]
    steps = {node.id: node for node in nodes if node.kind == "userTask"}
    lists = {results_variable(node): node for node in nodes if node.loop is not None}
    items = {item_variable(node.loop) for node in nodes if node.loop is not None}
    known = set(lists) | (SIDE_VARIABLES if side else set())
    unknown: dict[str, list[_Reading]] = {}
    for reading in _readings(model):
        try:
            names = dict.fromkeys(language.names(reading.text))
        except language.FeelError:
            continue  # said by `gate.expressions`
        visible = known | {item_variable(node.loop) for node in reading.inside if node.loop is not None}
        for name in names:
            step = steps.get(name.removesuffix(_DECISION)) if name.endswith(_DECISION) else None
            if step is not None:
                yield from _decided(step, reading)
            elif name in visible or (reading.counting and name in COUNTERS):
                continue
            elif name in items:
                message = f"{reading.what} dùng “{name}”, chỉ có bên trong hoạt động lặp theo danh sách. Hãy sửa lại."
                yield error("expression.item-outside", message, reading.element, reading.line)
            elif name.endswith(_DECISION):
                missing = name.removesuffix(_DECISION)
                message = f"{reading.what} nhắc tới “{name}” nhưng sơ đồ không có bước “{missing}”. Hãy sửa mã bước."
                yield error("expression.step-unknown", message, reading.element, reading.line)
            else:
                unknown.setdefault(name, []).append(reading)
    for name, readings in unknown.items():
        first, more = readings[0], f" và {len(readings) - 1} chỗ khác" if len(readings) > 1 else ""
        message = (
            f"{first.what}{more} dùng “{name[:120]}”: không phải lựa chọn của bước nào, nên phải là dữ liệu trong biểu mẫu "
            "của hồ sơ. Hãy kiểm tra tên."
        )
        yield warning("expression.variable-unknown", message, first.element, first.line)


def read_expressions(model: Model) -> Iterator[str]:
    """The expressions of a diagram that read variables, those that cannot be read too."""
    return (reading.text for reading in _readings(model))


def _decided(step: Node, reading: _Reading) -> Iterator[Problem]:
    """A decision inside an item is seen in that item only."""
    outside = [node for node in items_around(step) if not any(node is seen for seen in reading.inside)]
    if outside:
        message = (
            f"{reading.what} dùng “{step.id}{_DECISION}”, được chọn riêng trong từng phần tử của {outside[0].label}. "
            f"Hãy dùng kết quả chung, ví dụ some r in {results_variable(outside[0])} satisfies r.{step.id}{_DECISION} = …."
        )
        yield error("expression.decided-inside", message, reading.element, reading.line)


def _readings(model: Model) -> Iterator[_Reading]:
    for scope, flow in model.flows():
        source = scope.nodes.get(flow.source)
        if flow.condition is not None and source is not None and source.kind in CONDITIONAL:
            text = "".join(map(str, flow.condition.itertext())).strip()
            yield _Reading(text, "Điều kiện của đường nối", flow.id, flow.line, _inside(source))
    for node in model.nodes():
        if node.kind == "userTask":
            step, within = read_step(node.element), tuple(items_around(node))
            if step.agency.startswith("="):
                yield _Reading(step.agency[1:].strip(), f"Cơ quan của bước {node.label}", node.id, node.line, within)
            if step.limit is not None and step.limit.startswith("="):
                yield _Reading(step.limit[1:].strip(), f"Thời hạn của bước {node.label}", node.id, node.line, within)
        loop, around = node.loop, _inside(node)
        if loop is None:
            continue
        texts = (
            (loop.get(camunda("collection")), "Danh sách"),
            (loop.findtext(bpmn("loopCardinality")), "Số lần lặp"),
        )
        for written, what in texts:
            if written:
                yield _Reading(feel(written), f"{what} của {node.label}", node.id, node.line, around)
        until = loop.findtext(bpmn("completionCondition"))
        if until:
            what = f"Điều kiện kết thúc sớm của {node.label}"
            yield _Reading(feel(until), what, node.id, node.line, around, counting=True)


def _inside(node: Node) -> tuple[Node, ...]:
    """The multi-instance blocks around a node, not the node itself."""
    return tuple(each for each in node.scope.around() if each.loop is not None)
