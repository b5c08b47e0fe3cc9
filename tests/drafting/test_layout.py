"""The drawing that the layout makes, of every shipped diagram, of the engine's examples and of random ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from lxml import etree

from app.drafting.layout import lay_out
from app.engine.gate.verdict import check
from tests.content.diagram_reading import ROOT, procedure_diagrams, shared_diagrams
from tests.drafting.drawn import faults
from tests.engine.random_diagrams import RandomDiagram, random_diagrams

EXAMPLES = sorted((ROOT / "tests" / "engine" / "diagrams").glob("*.bpmn"))
HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="definitions" targetNamespace="https://motcua.vn/t">'
)


@pytest.mark.parametrize("path", [*procedure_diagrams(), *shared_diagrams(), *EXAMPLES], ids=lambda path: path.stem)
def test_every_diagram_is_drawn_clear_of_itself(path: Path) -> None:
    assert faults(lay_out(path.read_bytes())) == []


@pytest.mark.parametrize("path", procedure_diagrams(), ids=lambda path: path.stem)
def test_what_a_diagram_says_stays_byte_for_byte(path: Path) -> None:
    before, after = path.read_bytes(), lay_out(path.read_bytes())
    assert after.partition(b"<bpmndi:BPMNDiagram")[0].rstrip() == before.partition(b"<bpmndi:BPMNDiagram")[0].rstrip()
    assert lay_out(after) == after
    assert check(path.name, after).to_dict()["problems"] == check(path.name, before).to_dict()["problems"]


@given(random_diagrams())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_random_diagrams_are_drawn_clear_of_themselves(diagram: RandomDiagram) -> None:
    for content in diagram.files.values():
        assert faults(lay_out(content)) == []


def test_a_long_line_of_steps_is_one_row() -> None:
    steps = "".join(f'<bpmn:userTask id="s{n}" name="Bước {n}" />' for n in range(200))
    flows = "".join(f'<bpmn:sequenceFlow id="f{n}" sourceRef="s{n}" targetRef="s{n + 1}" />' for n in range(199))
    drawn = etree.fromstring(
        lay_out(f'{HEAD}<bpmn:process id="p">{steps}{flows}</bpmn:process></bpmn:definitions>'.encode())
    )
    tops = {box.get("y") for box in drawn.iter("{http://www.omg.org/spec/DD/20100524/DC}Bounds")}
    assert len(tops) == 1


def test_pools_nested_lanes_and_messages_between_them() -> None:
    content = f"""{HEAD}
  <bpmn:collaboration id="c">
    <bpmn:participant id="a" name="Sở" processRef="p" /><bpmn:participant id="b" name="Thuế" processRef="q" />
    <bpmn:participant id="w" name="Người dân" />
    <bpmn:messageFlow id="m1" sourceRef="s2" targetRef="t1" /><bpmn:messageFlow id="m2" sourceRef="t1" targetRef="s3" />
    <bpmn:messageFlow id="m3" sourceRef="t2" targetRef="w" /><bpmn:messageFlow id="m4" sourceRef="w" targetRef="s1" />
  </bpmn:collaboration>
  <bpmn:process id="p"><bpmn:laneSet id="ls"><bpmn:lane id="l1" name="Phòng"><bpmn:childLaneSet id="cs">
      <bpmn:lane id="l11" name="Trưởng phòng"><bpmn:flowNodeRef>s1</bpmn:flowNodeRef></bpmn:lane>
      <bpmn:lane id="l12" name="Chuyên viên"><bpmn:flowNodeRef>s2</bpmn:flowNodeRef></bpmn:lane></bpmn:childLaneSet></bpmn:lane>
    <bpmn:lane id="l2" name="Văn thư"><bpmn:flowNodeRef>s3</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>
    <bpmn:userTask id="s1" /><bpmn:userTask id="s2" /><bpmn:userTask id="s3" />
    <bpmn:sequenceFlow id="f1" sourceRef="s1" targetRef="s2" /><bpmn:sequenceFlow id="f2" sourceRef="s2" targetRef="s3" />
    <bpmn:sequenceFlow id="f3" sourceRef="s3" targetRef="s1" /><bpmn:sequenceFlow id="f4" sourceRef="s3" targetRef="s3" />
  </bpmn:process>
  <bpmn:process id="q"><bpmn:userTask id="t1" /><bpmn:userTask id="t2" />
    <bpmn:sequenceFlow id="g1" sourceRef="t1" targetRef="t2" /></bpmn:process>
</bpmn:definitions>""".encode()
    assert faults(lay_out(content)) == []


def test_a_file_in_another_encoding_is_drawn_too() -> None:
    content = (
        procedure_diagrams()[0].read_text("utf-8").replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16")
    )
    assert faults(lay_out(content)) == []


def test_colours_and_closed_blocks_stay() -> None:
    content = f"""{HEAD}<bpmn:process id="p"><bpmn:subProcess id="b"><bpmn:userTask id="s" /></bpmn:subProcess></bpmn:process>
  <bpmndi:BPMNDiagram xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" id="d"><bpmndi:BPMNPlane id="pl" bpmnElement="p">
    <bpmndi:BPMNShape xmlns:bioc="http://bpmn.io/schema/bpmn/biocolor/1.0" id="x" bpmnElement="b" isExpanded="false"
      bioc:fill="red" /></bpmndi:BPMNPlane></bpmndi:BPMNDiagram></bpmn:definitions>""".encode()
    drawn = lay_out(content)
    assert faults(drawn) == []
    assert all(word in drawn for word in (b'bioc:fill="red"', b'isExpanded="false"'))
    assert drawn.count(b"<bpmndi:BPMNPlane") == 2


def test_a_document_without_a_process_stays_as_it_is() -> None:
    assert lay_out(f"{HEAD}</bpmn:definitions>".encode()) == f"{HEAD}</bpmn:definitions>".encode()
