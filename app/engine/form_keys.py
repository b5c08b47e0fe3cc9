"""Which steps of a diagram have which form, and what its expressions read: for the forms that go with a drawing.

A drawing is looked at while it is being drawn: what cannot be read has no steps and reads nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from app.engine import feel
from app.engine.gate.items import item_variable, results_variable
from app.engine.gate.model import Model, read_model
from app.engine.gate.variables import read_expressions
from app.engine.names import bpmn, camunda
from app.engine.reading import parse
from app.engine.steps import Step, read_step


@dataclass(frozen=True, slots=True)
class FormSurroundings:
    """What a diagram has to do with forms: its steps in order of the file, the variables that its expressions read, and the
    names that are not free for a form's data, with what they stand for."""

    steps: tuple[Step, ...] = ()
    reads: frozenset[str] = frozenset()
    taken: Mapping[str, str] = field(default_factory=dict)


def surroundings(diagram: bytes) -> FormSurroundings:
    """What the diagram has to do with forms."""
    model = _model(diagram)
    if model is None:
        return FormSurroundings()
    nodes = list(model.nodes())
    steps = tuple(read_step(node.element) for node in nodes if node.kind == "userTask")
    taken = {step.decision_variable: f"lựa chọn của bước “{step.name}”" for step in steps if step.decisions}
    for node in nodes:
        if node.loop is not None:
            taken[results_variable(node)] = f"kết quả của “{node.name or node.id}”"
            taken[item_variable(node.loop)] = f"phần tử của “{node.name or node.id}”"
    return FormSurroundings(steps, frozenset(_read(model)), taken)


def with_forms(diagram: bytes, forms: Mapping[str, str | None]) -> bytes:
    """The diagram with other forms at some steps: id of the step -> the form's name, None for no form.

    Errors: ValueError when the diagram cannot be read.
    """
    try:
        tree = parse(diagram)
    except etree.XMLSyntaxError as problem:
        raise ValueError("not XML") from problem
    for element in tree.iter(bpmn("userTask")):
        if (step := element.get("id", "")) not in forms:
            continue
        if name := forms[step]:
            element.set(camunda("formKey"), name)
        else:
            element.attrib.pop(camunda("formKey"), "")
    content: bytes = etree.tostring(tree, xml_declaration=True, encoding="UTF-8")
    return content


def _model(diagram: bytes) -> Model | None:
    try:
        return read_model(parse(diagram))
    except (etree.XMLSyntaxError, ValueError, AttributeError, RecursionError):
        return None


def _read(model: Model) -> Iterator[str]:
    for text in read_expressions(model):
        try:
            yield from feel.names(text)
        except feel.FeelError:
            continue  # said by the gate
