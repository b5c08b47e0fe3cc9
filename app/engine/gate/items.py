"""Gate: multi-instance activities: which list, under which name, until when."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from app.engine.gate.expressions import check_expression, check_language
from app.engine.gate.model import LOOPING, Model, Node
from app.engine.items import ITEM_LIMIT
from app.engine.names import bpmn, camunda
from app.engine.problems import Problem, error

COUNTERS = ("nrOfInstances", "nrOfCompletedInstances", "nrOfActiveInstances")
"""What a completion condition may count with, besides the results so far."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")
_FEEL_WORDS = frozenset(
    [
        "and",
        "or",
        "not",
        "if",
        "then",
        "else",
        "for",
        "in",
        "return",
        "some",
        "every",
        "satisfies",
        "between",
        "true",
        "false",
        "null",
        "function",
        "external",
        "instance",
        "of",
        "partial",
    ]
)


def results_variable(node: Node) -> str:
    """Where the results of a multi-instance activity are found afterwards."""
    return f"{node.id}_results"


def item_variable(loop: etree._Element) -> str:
    """Under which name an item is known inside the activity."""
    return (loop.get(camunda("elementVariable")) or "item").strip()


def items_around(node: Node) -> list[Node]:
    """The multi-instance blocks that the node lies in, inner ones first, and the node itself when it is one."""
    return [each for each in (node, *node.scope.around()) if each.loop is not None]


def feel(text: str | None) -> str:
    """An expression that may begin with "=", as it does in Camunda's newer tools."""
    return (text or "").strip().removeprefix("=").strip()


def check_items(model: Model) -> Iterator[Problem]:
    for node in model.nodes():
        loop = node.loop
        if loop is None:
            continue
        if node.kind not in LOOPING:
            message = (
                f"{node.label} không lặp theo danh sách được: chỉ bước của người dùng, khối con và quy trình được gọi."
            )
            yield error("items.host", message, node.id, node.line)
            continue
        if not _NAME.fullmatch(node.id):
            message = (
                f"Mã “{node.id}” không dùng được trong điều kiện ({results_variable(node)}). "
                "Hãy chỉ dùng chữ không dấu, số và gạch dưới."
            )
            yield error("id.not-identifier", message, node.id, node.line)
        yield from _list(model, node, loop)
        yield from _variable(model, node, loop)


def _list(model: Model, node: Node, loop: etree._Element) -> Iterator[Problem]:
    collection = loop.get(camunda("collection"))
    cardinality = loop.find(bpmn("loopCardinality"))
    if (collection is None) == (cardinality is None):
        message = (
            f"{node.label} lặp theo danh sách phải có đúng một: danh sách (Collection) hoặc số lần (Loop cardinality)."
        )
        yield error("items.list", message, node.id, node.line)
    if collection is not None:
        yield from check_expression(feel(collection), f"Danh sách của {node.label}", node.id, node.line)
    for name, what in (("loopCardinality", "Số lần lặp"), ("completionCondition", "Điều kiện kết thúc sớm")):
        element = loop.find(bpmn(name))
        if element is None:
            continue
        text = feel("".join(map(str, element.itertext())))
        yield from check_language(model, element, node)
        yield from check_expression(text, f"{what} của {node.label}", node.id, node.line)
        if name == "loopCardinality" and re.fullmatch(r"-?\d+([.]\d+)?", text) and not _is_count(text):
            message = f"Số lần lặp “{text[:40]}” của {node.label} không đúng. Hãy ghi số nguyên từ 1 đến {ITEM_LIMIT}."
            yield error("items.count", message, node.id, node.line)


def _is_count(text: str) -> bool:
    return text.isdigit() and 1 <= int(text[:9]) <= ITEM_LIMIT


def _variable(model: Model, node: Node, loop: etree._Element) -> Iterator[Problem]:
    name = item_variable(loop)
    if not _NAME.fullmatch(name) or name in _FEEL_WORDS:
        message = (
            f"Tên phần tử “{name[:80]}” của {node.label} không dùng được. Hãy chỉ dùng chữ không dấu, số và gạch dưới."
        )
        yield error("items.variable", message, node.id, node.line)
        return
    for outer in items_around(node)[1:]:
        if outer.loop is not None and item_variable(outer.loop) == name:
            message = (
                f"{node.label} và {outer.label} bao ngoài cùng gọi phần tử là “{name}”. Hãy đặt tên khác ở một nơi."
            )
            yield error("items.variable-hidden", message, node.id, node.line)
    taken = {f"{step.id}_decision" for step in model.nodes() if step.kind == "userTask"}
    taken |= {results_variable(each) for each in model.nodes() if each.loop is not None}
    if name in taken or name in COUNTERS:
        message = f"Tên phần tử “{name}” của {node.label} đã là biến của quy trình. Hãy đặt tên khác."
        yield error("items.variable-hidden", message, node.id, node.line)
