"""Diagrams as somebody redraws them for the next version: a step put in, taken out or renamed, a timer added or removed."""

from __future__ import annotations

from lxml import etree

from app.engine.definition import Definition, build_definition
from app.engine.names import bpmn
from app.engine.problems import DiagramRejected
from app.engine.rehearsal import Chooser, walk

XSI = "{http://www.w3.org/2001/XMLSchema-instance}type"
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}candidateGroups"


class Redrawn:
    """The file of one process; each change is made in it and says its name."""

    def __init__(self, content: bytes) -> None:
        self.root = etree.fromstring(content, etree.XMLParser(remove_blank_text=True))

    def bytes(self) -> bytes:
        return etree.tostring(self.root, xml_declaration=True, encoding="UTF-8")

    def flows(self) -> list[etree._Element]:
        return list(self.root.iter(bpmn("sequenceFlow")))

    def steps(self) -> list[str]:
        return [str(step.get("id")) for step in self.root.iter(bpmn("userTask"))]

    def events(self) -> list[str]:
        return [str(event.get("id")) for event in self.root.iter(bpmn("boundaryEvent"))]

    def insert(self, name: str, on: etree._Element, tag: str = "userTask") -> Redrawn:
        """A step in the middle of a flow."""
        scope = on.getparent()
        target = on.get("targetRef")
        step = etree.SubElement(scope, bpmn(tag), id=name, name=f"Bước {name}")
        if tag == "userTask":
            step.set(CAMUNDA, "specialist")
        on.set("targetRef", name)
        etree.SubElement(scope, bpmn("sequenceFlow"), id=f"{name}_on", sourceRef=name, targetRef=str(target))
        return self

    def insert_after(self, name: str, after: str) -> Redrawn:
        (flow,) = [flow for flow in self.flows() if flow.get("sourceRef") == after]
        return self.insert(name, flow)

    def remove(self, name: str) -> Redrawn:
        """Takes a node out; what came to it goes to where it led. A node with several ways out stays."""
        out = [flow for flow in self.flows() if flow.get("sourceRef") == name]
        if len(out) != 1 or any(event.get("attachedToRef") == name for event in self.root.iter(bpmn("boundaryEvent"))):
            return self
        for flow in self.flows():
            if flow.get("targetRef") == name:
                flow.set("targetRef", str(out[0].get("targetRef")))
        for gone in (out[0], self.node(name)):
            gone.getparent().remove(gone)
        return self

    def rename(self, name: str, new: str) -> Redrawn:
        for element in self.root.iter():
            for key, value in element.attrib.items():
                if value == name and key in ("id", "sourceRef", "targetRef", "attachedToRef"):
                    element.set(key, new)
        return self

    def attach(self, name: str, on: str, *, interrupting: bool, to: str | None = None) -> Redrawn:
        """A timer on the border of an activity; it leads to `to`, or to a step of its own and an end."""
        scope = self.node(on).getparent()
        event = etree.SubElement(
            scope, bpmn("boundaryEvent"), id=name, attachedToRef=on, cancelActivity=str(interrupting).lower()
        )
        timer = etree.SubElement(event, bpmn("timerEventDefinition"), id=f"{name}_timer")
        duration = etree.SubElement(timer, bpmn("timeDuration"))
        duration.text = "P1D"
        duration.set(XSI, "bpmn:tFormalExpression")
        if to is None:
            to = f"{name}_step"
            etree.SubElement(scope, bpmn("userTask"), {"id": to, CAMUNDA: "specialist"})
            etree.SubElement(scope, bpmn("endEvent"), id=f"{name}_end")
            etree.SubElement(scope, bpmn("sequenceFlow"), id=f"{to}_on", sourceRef=to, targetRef=f"{name}_end")
        etree.SubElement(scope, bpmn("sequenceFlow"), id=f"{name}_on", sourceRef=name, targetRef=to)
        return self

    def detach(self, name: str) -> Redrawn:
        """Takes a boundary event off; what only it led to is left standing in the drawing."""
        for flow in self.flows():
            if flow.get("sourceRef") == name:
                flow.getparent().remove(flow)
        event = self.node(name)
        event.getparent().remove(event)
        return self

    def node(self, name: str) -> etree._Element:
        (found,) = [element for element in self.root.iter() if element.get("id") == name]
        return found

    def definition(self, process: str, **called: bytes) -> Definition:
        return build_definition({"main": self.bytes(), **called}, process)


def sound(redrawn: Redrawn, process: str, called: dict[str, bytes]) -> Definition | None:
    """The definition, or None where a few walks find that it would not run."""
    try:
        definition = redrawn.definition(process, **called)
    except DiagramRejected:
        return None
    chooser = Chooser(60_000)
    for number in range(12):
        chooser.walk = number
        if walk(definition, chooser) is not None:
            return None
    return definition
