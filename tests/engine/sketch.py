"""Diagrams written in a line or two: `sketch("start a split+ b join+ end | split+ c join+")`.

A word is a node, and neighbours are joined by a flow. Its first letters say what it is: `start`, `end`, `stop` (terminates),
`x…` an exclusive gateway, `…+` a parallel one, `o…` an inclusive one, `v…` an event-based one, `t_…` a timer,
`m_…` a message, `r_…` a receive task; anything else is a step. `late@a` is a timer on the border of `a`, `late@@a` one that
does not interrupt. What leaves an exclusive or inclusive gateway has the condition `<gateway> = "<target>"`, the last way
out none: it is the default.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
    id="definitions" targetNamespace="urn:motcua:test">
"""

DAY = "<bpmn:timerEventDefinition><bpmn:timeDuration>P1D</bpmn:timeDuration></bpmn:timerEventDefinition>"
MESSAGE = '<bpmn:messageEventDefinition messageRef="letter" />'


@dataclass
class Drawing:
    """A process or the inside of a sub-process: elements first, then flows."""

    nodes: list[str] = field(default_factory=list)
    flows: list[str] = field(default_factory=list)

    def node(self, tag: str, code: str, inner: str = "", **attributes: str) -> str:
        given = "".join(f" {key.replace('__', ':')}={quoteattr(value)}" for key, value in attributes.items())
        self.nodes.append(f'<bpmn:{tag} id="{code}"{given}>{inner}</bpmn:{tag}>')
        return code

    def step(self, name: str, inner: str = "") -> str:
        return self.node("userTask", name, inner, name=f"Bước {name}", camunda__candidateGroups="specialist")

    def flow(self, source: str, target: str, condition: str = "") -> str:
        name = f"{source}_to_{target}"
        kind = 'xsi:type="bpmn:tFormalExpression"'
        inner = f"<bpmn:conditionExpression {kind}>{escape(condition)}</bpmn:conditionExpression>" if condition else ""
        self.flows.append(
            f'<bpmn:sequenceFlow id="{name}" sourceRef="{source}" targetRef="{target}">{inner}</bpmn:sequenceFlow>'
        )
        return name

    @property
    def inside(self) -> str:
        return "\n".join([*self.nodes, *self.flows])


def document(name: str, drawing: Drawing, declared: str = "") -> bytes:
    process = f'<bpmn:process id="{name}" name="Thử {name}" isExecutable="true">\n{drawing.inside}\n</bpmn:process>'
    return f'{_HEAD}<bpmn:message id="letter" name="letter" />{declared}\n{process}\n</bpmn:definitions>\n'.encode()


def sketch(text: str, declared: str = "", **bodies: str) -> bytes:
    """A document; `bodies` draws sub-processes: those of its words that are named so."""
    return document("sketch", _draw(text, bodies), declared)


def _draw(text: str, bodies: dict[str, str]) -> Drawing:
    drawing = Drawing()
    pairs: list[tuple[str, str]] = []
    for way in text.split("|"):
        words = way.split()
        pairs += pairwise(words)
    names = dict.fromkeys(word for pair in pairs for word in pair)
    for word in names:
        last = [target for source, target in pairs if source == word][-1:]
        _draw_node(drawing, word, f"{_id(word)}_to_{_id(last[0])}" if last else "", bodies)
    for source, target in pairs:
        is_last = (source, target) == [pair for pair in pairs if pair[0] == source][-1]
        asks = source[0] in "xo" and not is_last
        drawing.flow(_id(source), _id(target), f'{_id(source)} = "{_id(target)}"' if asks else "")
    return drawing


def _id(word: str) -> str:
    return word.partition("@")[0].replace("+", "")


def _draw_node(drawing: Drawing, word: str, default: str, bodies: dict[str, str]) -> None:
    name = _id(word)
    if "@" in word:
        host = word.rpartition("@")[2]
        drawing.node("boundaryEvent", name, DAY, attachedToRef=host, cancelActivity="false" if "@@" in word else "true")
    elif name in bodies:
        drawing.node("subProcess", name, _draw(bodies[name], bodies).inside)
    elif word.startswith("start"):
        drawing.node("startEvent", name)
    elif word.startswith("end"):
        drawing.node("endEvent", name)
    elif word.startswith("stop"):
        drawing.node("endEvent", name, "<bpmn:terminateEventDefinition />")
    elif word.endswith("+"):
        drawing.node("parallelGateway", name)
    elif word[0] in "xo":
        drawing.node("exclusiveGateway" if word[0] == "x" else "inclusiveGateway", name, default=default)
    elif word[0] == "v":
        drawing.node("eventBasedGateway", name)
    elif word.startswith(("t_", "m_")):
        drawing.node("intermediateCatchEvent", name, DAY if word[0] == "t" else MESSAGE)
    elif word.startswith("r_"):
        drawing.node("receiveTask", name, messageRef="letter")
    else:
        drawing.step(name)
