"""Tiny diagrams written out in tests: only what matters is said."""

from __future__ import annotations

import re
from itertools import pairwise

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
    xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:modeler="http://camunda.org/schema/modeler/1.0"
    xmlns:other="urn:other" id="definitions" targetNamespace="urn:motcua:test"{attributes}>
"""


def drawn(body: str, roots: str = "", attributes: str = "", process: str = "", name: str = "drawn") -> bytes:
    """A file with one process of this body; tags of BPMN need no prefix. `roots` go before it, `process` is said of it."""
    inside = f'{roots}<process id="{name}" isExecutable="true"{process}>{body}</process></definitions>'
    text = _HEAD.format(attributes=attributes) + _prefixed(inside)
    return text.encode()


def _prefixed(text: str) -> str:
    return re.sub(r"<(/?)([A-Za-z]+)(?=[ />])", r"<\1bpmn:\2", text)


def line(*ids: str) -> str:
    """Flows that join these one after the other."""
    flow = '<sequenceFlow id="{0}_{1}" sourceRef="{0}" targetRef="{1}" />'
    return "".join(flow.format(one, other) for one, other in pairwise(ids))


def step(name: str, inside: str = "", properties: str = "", attributes: str = "") -> str:
    """A user task; `properties` as `name=value|name=value`."""
    entries = "".join(
        f'<camunda:property name="{key}" value="{value}" />'
        for key, _, value in (each.partition("=") for each in properties.split("|") if each)
    )
    extra = (
        f"<extensionElements><camunda:properties>{entries}</camunda:properties></extensionElements>" if entries else ""
    )
    said = f'id="{name}" name="Bước {name}" camunda:candidateGroups="specialist"{attributes}'
    return f"<userTask {said}>{extra}{inside}</userTask>"


def start(name: str = "start") -> str:
    return f'<startEvent id="{name}" />'


def end(name: str = "done", inside: str = "") -> str:
    return f'<endEvent id="{name}">{inside}</endEvent>'


def event(kind: str, name: str, inside: str, attributes: str = "") -> str:
    return f'<{kind} id="{name}"{attributes}>{inside}</{kind}>'


def border(name: str, host: str, inside: str, *, interrupts: bool = True) -> str:
    said = f'id="{name}" attachedToRef="{host}" cancelActivity="{str(interrupts).lower()}"'
    return f"<boundaryEvent {said}>{inside}</boundaryEvent>"


def items(attributes: str = ' camunda:collection="units"', inside: str = "") -> str:
    return f"<multiInstanceLoopCharacteristics{attributes}>{inside}</multiInstanceLoopCharacteristics>"
