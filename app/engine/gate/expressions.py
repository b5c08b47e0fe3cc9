"""Gate: every expression is FEEL, can be read by the same feelin that will evaluate it, and names decisions that exist."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from lxml import etree

from app.engine import feel
from app.engine.gate.model import CONDITIONAL, Flow, Model, Node
from app.engine.names import camunda
from app.engine.problems import Problem, error
from app.engine.steps import Step, read_step

_FEEL = re.compile(r"feel|https?://www\.omg\.org/spec/(DMN/[0-9]+/)?FEEL/?", re.IGNORECASE)
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_COMPARED = re.compile(r'\b([A-Za-z_]\w*)_decision\s*(?:!=|=)\s*"([^"]*)"')


def check_expressions(model: Model, called: Iterable[Model] = ()) -> Iterator[Problem]:
    """`called` are the diagrams whose steps a condition may name besides its own."""
    nodes = [node for known in (*called, model) for node in known.nodes() if node.kind == "userTask"]
    steps = {node.id: read_step(node.element) for node in nodes}
    for scope, flow in model.flows():
        source = scope.nodes.get(flow.source)
        if flow.condition is not None and source is not None and source.kind in CONDITIONAL:
            yield from _condition(model, flow, flow.condition, steps)


def check_language(model: Model, expression: etree._Element, place: Flow | Node) -> Iterator[Problem]:
    """An expression that says that it is written in another language than FEEL, or whose file says so of all."""
    language = expression.get("language") or model.root.get("expressionLanguage")
    if language is not None and not _FEEL.fullmatch(language.strip()):
        message = f"Biểu thức ở “{place.id[:120]}” viết bằng “{language[:80]}”. Hãy viết lại bằng FEEL."
        yield error("expression.language", message, place.id, place.line)


def _condition(model: Model, flow: Flow, condition: etree._Element, steps: Mapping[str, Step]) -> Iterator[Problem]:
    foreign = list(check_language(model, condition, flow))
    if foreign:
        yield from foreign
        return
    if condition.get(camunda("resource")) is not None:
        message = "Điều kiện của đường nối trỏ tới tệp mã bên ngoài. Hãy viết thẳng điều kiện FEEL."
        yield error("expression.resource", message, flow.id, flow.line)
        return
    text = "".join(str(part) for part in condition.itertext()).strip()
    found = list(check_expression(text, "Điều kiện của đường nối", flow.id, flow.line))
    yield from found
    if not found:
        yield from _decisions(text, flow, steps)


def check_expression(text: str, what: str, element: str, line: int | None) -> Iterator[Problem]:
    """One FEEL expression; `what` begins the message."""
    text = text.strip()
    if not text:
        yield error("expression.empty", f"{what} để trống. Hãy ghi biểu thức FEEL.", element, line)
    elif text.startswith(("${", "#{")):
        message = f'{what} “{text}” viết theo kiểu Camunda. Hãy viết bằng FEEL, ví dụ review_decision = "agree".'
        yield error("expression.juel", message, element, line)
    elif text.startswith("="):
        yield error("expression.leading-equals", f"{what} “{text}” thừa dấu = ở đầu. Hãy xóa dấu đó.", element, line)
    elif len(text) > feel.EXPRESSION_LIMIT:
        message = f"{what} dài quá {feel.EXPRESSION_LIMIT} ký tự. Hãy viết ngắn gọn lại."
        yield error("expression.too-long", message, element, line)
    elif "==" in _STRING.sub("", text):
        # feelin reads it, as a comparison with nothing, and yields null.
        message = f"{what} “{text[:200]}” dùng dấu ==. Trong FEEL hãy so sánh bằng một dấu =."
        yield error("expression.syntax", message, element, line)
    else:
        try:
            feel.names(text)
        except feel.FeelSyntaxError as problem:
            rest = text[problem.position : problem.position + 20]
            place = f"gần “{rest}”" if rest else "ở cuối"
            message = (
                f'{what} “{text[:200]}” sai cú pháp FEEL {place}. Hãy sửa lại (so sánh bằng một dấu =, chuỗi trong "").'
            )
            yield error("expression.syntax", message, element, line)
        except feel.FeelError as problem:
            yield error(
                "expression.not-checked", f"{what} “{text[:200]}”: {problem}. Hãy viết đơn giản hơn.", element, line
            )


def _decisions(text: str, flow: Flow, steps: Mapping[str, Step]) -> Iterator[Problem]:
    for name, value in _COMPARED.findall(text):
        step = steps.get(name)
        if step is not None and value not in {decision.value for decision in step.decisions}:
            values = ", ".join(decision.value for decision in step.decisions) or "không có"
            message = (
                f"Bước “{name}” không có lựa chọn “{value}” (các lựa chọn: {values}). Hãy sửa điều kiện hoặc lựa chọn."
            )
            yield error("expression.decision-unknown", message, flow.id, flow.line)
