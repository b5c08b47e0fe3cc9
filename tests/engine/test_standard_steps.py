from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from app.engine.definition import build_definition
from app.engine.gate.verdict import check
from app.engine.instance import Instance
from app.engine.names import BPMNDI, DC, DI, NAMESPACES
from app.engine.problems import DiagramRejected
from app.engine.standard_steps import add_standard_steps
from tests.engine.faults import altered
from tests.engine.runs import diagram

SHIPPED = sorted((Path(__file__).parents[2] / "bpmn" / "procedures").glob("*.bpmn"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_procedure_that_has_both_is_left_byte_for_byte(path: Path) -> None:
    assert add_standard_steps(path.read_bytes()) == path.read_bytes()


@pytest.mark.parametrize(
    "name", ["parallel", "decision", "inclusive", "boundary_beside", "terminate", "subprocess", "data"]
)
def test_the_desks_steps_come_first_and_last(name: str) -> None:
    content = add_standard_steps(diagram(name))
    verdict = check(name, content)
    codes = {problem.code for problem in verdict.problems}
    assert verdict.verdict == "ok", verdict.problems
    assert not codes & {"procedure.receive-missing", "procedure.return-missing"}
    steps = build_definition({name: content}).steps
    assert next(iter(steps)) == "receive"
    assert (steps["receive"].name, steps["return"].name) == ("Tiếp nhận hồ sơ", "Trả kết quả")
    assert {steps[step].position for step in ("receive", "return")} == {"desk_officer"}
    assert (steps["receive"].stage, steps["return"].stage) == ("receive", "return")
    assert steps["receive"].agency == "lead"


def test_branches_that_meet_at_the_end_deliver_once() -> None:
    instance = Instance.start(build_definition({"x": add_standard_steps(diagram("parallel_ends"))}), {}, {})
    done = []
    while not instance.finished:
        (first, *_) = instance.open_steps()
        done.append(first.step.id)
        instance.complete(first.engine_task, {})
    assert done == ["receive", "b", "c", "return"]


def test_only_the_missing_one_is_added_under_a_free_id_with_the_given_limits() -> None:
    content = altered("linear", ('name="stage" value="receive"', 'name="stage" value="resolve"'))
    steps = build_definition({"x": add_standard_steps(content, receive_limit="PT4H", position="clerk")}).steps
    assert list(steps) == ["receive_2", "receive", "review", "deliver"]
    assert (steps["receive_2"].limit, steps["receive_2"].position) == ("PT4H", "clerk")


def test_a_start_with_several_ways_keeps_them_all() -> None:
    content = altered("parallel_three", ('<bpmn:parallelGateway id="split" />', "")).decode()
    content = content.replace('<bpmn:sequenceFlow id="start_to_split" sourceRef="start" targetRef="split" />', "")
    content = content.replace('sourceRef="split"', 'sourceRef="start"')
    instance = Instance.start(build_definition({"x": add_standard_steps(content.encode())}), {}, {})
    instance.complete(instance.open_steps()[0].engine_task, {})
    assert [opened.step.id for opened in instance.open_steps()] == ["b", "c", "d"]


def test_the_drawing_makes_room() -> None:
    content = altered(
        "xml_order",
        (
            "    </bpmndi:BPMNPlane>",
            '      <bpmndi:BPMNShape id="pool" bpmnElement="xml_order"><dc:Bounds x="-50" y="0" width="800" height="400" />'
            '</bpmndi:BPMNShape>\n      <bpmndi:BPMNEdge id="e" bpmnElement="start_to_a">'
            f'<di:waypoint xmlns:di="{DI}" x="100" y="140" /><di:waypoint xmlns:di="{DI}" x="100" y="140" />'
            "</bpmndi:BPMNEdge>\n    </bpmndi:BPMNPlane>",
        ),
    )
    before, after = (boxes(text) for text in (content, add_standard_steps(content)))
    nodes = [box for name, box in after.items() if name != "xml_order"]
    for index, (x, y, width, height) in enumerate(nodes):
        for left, top, wide, high in nodes[index + 1 :]:
            assert x + width <= left or left + wide <= x or y + height <= top or top + high <= y, "shapes overlap"
    assert after["receive"][0] > after["start"][0]
    assert after["a"][0] > after["receive"][0]
    assert after["done"][0] > after["return"][0] > before["done"][0] - 1
    pool = after["xml_order"]
    assert pool[0] + pool[2] >= after["done"][0] + after["done"][2]
    edges = etree.fromstring(add_standard_steps(content)).findall(f".//{{{BPMNDI}}}BPMNEdge")
    drawn = {edge.get("bpmnElement"): [float(point.get("x", 0)) for point in edge] for edge in edges}
    assert drawn["start_to_a"][0] == after["receive"][0] + after["receive"][2]
    assert drawn["return_to_done"][-1] == after["done"][0]


def boxes(content: bytes) -> dict[str, tuple[float, float, float, float]]:
    found = {}
    for shape in etree.fromstring(content).findall(f".//{{{BPMNDI}}}BPMNShape"):
        box = shape.find(f"{{{DC}}}Bounds")
        assert box is not None
        x, y, width, height = (float(box.get(name, 0)) for name in ("x", "y", "width", "height"))
        found[str(shape.get("bpmnElement"))] = (x, y, width, height)
    return found


def test_lanes_hold_the_new_steps() -> None:
    lane = '<bpmn:lane id="desk"><bpmn:flowNodeRef>start</bpmn:flowNodeRef></bpmn:lane>'
    lanes = f'<bpmn:laneSet id="lanes">{lane}</bpmn:laneSet>'
    content = altered("parallel", ('<bpmn:startEvent id="start" />', lanes + '<bpmn:startEvent id="start" />'))
    tree = etree.fromstring(add_standard_steps(content))
    assert tree.xpath("//bpmn:lane/bpmn:flowNodeRef/text()", namespaces=NAMESPACES) == ["start", "receive"]
    assert check("x", add_standard_steps(content)).verdict == "ok"


def test_a_process_without_a_start_is_refused() -> None:
    with pytest.raises(DiagramRejected):
        add_standard_steps(altered("linear", ('<bpmn:startEvent id="start" />', "")))


def test_the_end_behind_a_link_gets_the_desks_step_too() -> None:
    content = add_standard_steps(diagram("links"))
    steps = list(build_definition({"links": content}).steps.values())
    assert [step.stage for step in steps] == ["receive", None, None, None, "return"]
