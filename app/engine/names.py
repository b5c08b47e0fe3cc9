"""Namespaces and tags of BPMN 2.0 and of the attributes that modellers add."""

from __future__ import annotations

from lxml import etree

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DI = "http://www.omg.org/spec/DD/20100524/DI"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"

NAMESPACES = {"bpmn": BPMN, "bpmndi": BPMNDI, "dc": DC, "di": DI, "camunda": CAMUNDA}


def bpmn(tag: str) -> str:
    return f"{{{BPMN}}}{tag}"


def camunda(tag: str) -> str:
    return f"{{{CAMUNDA}}}{tag}"


def local(element: etree._Element) -> str:
    """The tag without its namespace when it is BPMN's, the whole tag otherwise."""
    tag = element.tag
    prefix = f"{{{BPMN}}}"
    return tag[len(prefix) :] if isinstance(tag, str) and tag.startswith(prefix) else str(tag)


def properties(element: etree._Element) -> dict[str, str]:
    """The element's own `camunda:property` entries; the last of two equal names wins."""
    found = element.iterfind(f"{bpmn('extensionElements')}/{camunda('properties')}/{camunda('property')}")
    return {entry.get("name", ""): entry.get("value", "") for entry in found}


def link_target(event: etree._Element) -> etree._Element | None:
    """Where a throwing link event goes on: the catching one of its name in the same process or block."""
    thrown = event.find(bpmn("linkEventDefinition")) if local(event) == "intermediateThrowEvent" else None
    scope = event.getparent()
    if thrown is None or scope is None:
        return None
    for caught in scope.iterfind(f"{bpmn('intermediateCatchEvent')}/{bpmn('linkEventDefinition')}"):
        if caught.get("name") == thrown.get("name"):
            return caught.getparent()
    return None


def is_true(value: str | None) -> bool:
    """An XSD boolean, which may be a digit and may have spaces around it."""
    return (value or "").strip() in ("true", "1")
