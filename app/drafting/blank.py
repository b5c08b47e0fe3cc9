"""The smallest procedure that can be drawn on: received, resolved, returned; who resolves it is for the designer to say."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

from app.engine.names import NAMESPACES
from app.engine.shared import SIDE_PROCESSES
from app.engine.standard_steps import DESK, RECEIVE_NAME, RETURN_NAME

_LANES = (
    # id, name, its nodes
    ("lane_desk", "Bộ phận một cửa", ("start", "receive", "return_result", "end")),
    ("lane_lead", "Cơ quan giải quyết", ("resolve",)),
)
_STEPS = (
    # id, name, position, stage, limit
    ("receive", RECEIVE_NAME, DESK, "receive", "none"),
    ("resolve", "Giải quyết hồ sơ", "", "resolve", ""),
    ("return_result", RETURN_NAME, DESK, "return", "none"),
)
_ORDER = ("start", "receive", "resolve", "return_result", "end")
_TOP, _HEIGHT, _LEFT = 80, 170, 160
_PLACES = {
    "start": (250, 147, 36, 36),
    "receive": (346, 120, 160, 90),
    "resolve": (566, 290, 160, 90),
    "return_result": (786, 120, 160, 90),
    "end": (1006, 147, 36, 36),
}
_WIDTH = 962


def process_id(code: str) -> str:
    """The process id of a procedure without a version: `1.000001` becomes `procedure_1_000001`."""
    plain = unicodedata.normalize("NFD", code.replace("đ", "d").replace("Đ", "D")).encode("ascii", "ignore").decode()
    words = re.sub(r"[^A-Za-z0-9]+", "_", plain).strip("_").lower()
    return words if words[:1].isalpha() and words not in SIDE_PROCESSES else f"procedure_{words or 'new'}"


def blank_diagram(code: str, name: str) -> bytes:
    """A laid-out diagram of the procedure of that code and name. The gate asks for the position that resolves it, and for
    nothing else."""
    process = process_id(code)
    names = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
    flows = [(f"flow_{one}_{other}", one, other) for one, other in pairwise(_ORDER)]
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<bpmn:definitions {names} xmlns:modeler="http://camunda.org/schema/modeler/1.0" id="definitions_{process}"',
        '  targetNamespace="urn:motcua:bpmn" modeler:executionPlatform="Camunda Platform"',
        '  modeler:executionPlatformVersion="7.21.0">',
        f'  <bpmn:collaboration id="collaboration_{process}">',
        f'    <bpmn:participant id="participant_{process}" name={quoteattr(name)} processRef="{process}" />',
        "  </bpmn:collaboration>",
        f'  <bpmn:process id="{process}" name={quoteattr(name)} isExecutable="true"'
        ' camunda:historyTimeToLive="P3650D">',
        *_lane_set(process),
        *_nodes(flows),
        *(f'    <bpmn:sequenceFlow id="{flow}" sourceRef="{one}" targetRef="{other}" />' for flow, one, other in flows),
        "  </bpmn:process>",
        *_drawn(process, flows),
        "</bpmn:definitions>",
        "",
    ]
    return "\n".join(parts).encode()


def _lane_set(process: str) -> list[str]:
    lines = [f'    <bpmn:laneSet id="lanes_{process}">']
    for lane, name, nodes in _LANES:
        lines.append(f'      <bpmn:lane id="{lane}" name={quoteattr(name)}>')
        lines += [f"        <bpmn:flowNodeRef>{node}</bpmn:flowNodeRef>" for node in nodes]
        lines.append("      </bpmn:lane>")
    return [*lines, "    </bpmn:laneSet>"]


def _nodes(flows: list[tuple[str, str, str]]) -> list[str]:
    into = {other: f"<bpmn:incoming>{flow}</bpmn:incoming>" for flow, _, other in flows}
    out = {one: f"<bpmn:outgoing>{flow}</bpmn:outgoing>" for flow, one, _ in flows}
    lines = [f'    <bpmn:startEvent id="start" name="Nộp hồ sơ">{out["start"]}</bpmn:startEvent>']
    for step, name, position, stage, limit in _STEPS:
        held = f' camunda:candidateGroups="{position}"' if position else ""
        entries = {"stage": stage, "agency": "lead", "timeLimit": limit}
        told = "".join(f'<camunda:property name="{key}" value="{value}" />' for key, value in entries.items() if value)
        lines += [
            f'    <bpmn:userTask id="{step}" name="{escape(name)}"{held}>',
            f"      <bpmn:extensionElements><camunda:properties>{told}</camunda:properties></bpmn:extensionElements>",
            f"      {into[step]}{out[step]}",
            "    </bpmn:userTask>",
        ]
    return [*lines, f'    <bpmn:endEvent id="end" name="Kết thúc">{into["end"]}</bpmn:endEvent>']


def _drawn(process: str, flows: list[tuple[str, str, str]]) -> list[str]:
    lines = [f'  <bpmndi:BPMNDiagram id="diagram_{process}">']
    lines.append(f'    <bpmndi:BPMNPlane id="plane_{process}" bpmnElement="collaboration_{process}">')
    lines += _shape(f"participant_{process}", (_LEFT, _TOP, _WIDTH, 2 * _HEIGHT), ' isHorizontal="true"')
    for place, (lane, _, _) in enumerate(_LANES):
        bounds = (_LEFT + 30, _TOP + place * _HEIGHT, _WIDTH - 30, _HEIGHT)
        lines += _shape(lane, bounds, ' isHorizontal="true"')
    for node in _ORDER:
        lines += _shape(node, _PLACES[node])
    for flow, one, other in flows:
        lines.append(f'      <bpmndi:BPMNEdge id="{flow}_di" bpmnElement="{flow}">')
        lines += [f'        <di:waypoint x="{x}" y="{y}" />' for x, y in _points(_PLACES[one], _PLACES[other])]
        lines.append("      </bpmndi:BPMNEdge>")
    return [*lines, "    </bpmndi:BPMNPlane>", "  </bpmndi:BPMNDiagram>"]


def _shape(element: str, bounds: tuple[int, int, int, int], more: str = "") -> list[str]:
    x, y, width, height = bounds
    return [
        f'      <bpmndi:BPMNShape id="{element}_di" bpmnElement="{element}"{more}>',
        f'        <dc:Bounds x="{x}" y="{y}" width="{width}" height="{height}" />',
        "      </bpmndi:BPMNShape>",
    ]


def _points(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> list[tuple[int, int]]:
    (x, y), (to_x, to_y) = (one[0] + one[2], one[1] + one[3] // 2), (other[0], other[1] + other[3] // 2)
    middle = (x + to_x) // 2
    return [(x, y), (to_x, to_y)] if y == to_y else [(x, y), (middle, y), (middle, to_y), (to_x, to_y)]
