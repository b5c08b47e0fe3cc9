"""The pictures: bpmn-js and Camunda Modeler draw exactly these boxes, so their geometry is checked as numbers."""

from __future__ import annotations

from itertools import combinations, pairwise
from pathlib import Path

import pytest

from tests.content.diagram_reading import Box, Diagram, Point, attr, procedure_diagrams, read_diagram, shared_diagrams

every_diagram = pytest.mark.parametrize("path", [*procedure_diagrams(), *shared_diagrams()], ids=lambda path: path.stem)
every_procedure = pytest.mark.parametrize("path", procedure_diagrams(), ids=lambda path: path.stem)

LABEL_WIDTH = 6.5
"""More than what a letter of the modeller's 12 px font takes on average."""


def hull(start: Point, end: Point) -> Box:
    """The area of one straight piece of an edge, given a little thickness."""
    left, top = min(start[0], end[0]), min(start[1], end[1])
    return Box(left, top, abs(end[0] - start[0]) + 0.1, abs(end[1] - start[1]) + 0.1)


def connections(diagram: Diagram) -> dict[str, tuple[str, str]]:
    links = {
        attr(link, "id"): (attr(link, "sourceRef"), attr(link, "targetRef"))
        for link in diagram.find(".//bpmn:association")
    }
    return diagram.flows | links


@every_diagram
def test_everything_is_drawn_once(path: Path) -> None:
    diagram = read_diagram(path)
    nodes = {
        attr(node, "id")
        for node in diagram.find("bpmn:process/*")
        if "id" in node.attrib and not node.tag.endswith(("}laneSet", "}sequenceFlow", "}association"))
    }
    assert diagram.solid == nodes
    assert len(diagram.find(".//bpmndi:BPMNShape")) == len(diagram.boxes)
    assert set(diagram.edges) == set(connections(diagram))
    assert len(diagram.find(".//bpmndi:BPMNEdge")) == len(diagram.edges)


@every_procedure
def test_each_lane_contains_its_shapes_and_no_others(path: Path) -> None:
    diagram = read_diagram(path)
    named = [node for nodes in diagram.lanes.values() for node in nodes]
    notes = {attr(note, "id") for note in diagram.find(".//bpmn:textAnnotation")}
    assert sorted(named) == sorted(diagram.solid - notes)
    for lane, nodes in diagram.lanes.items():
        frame = diagram.boxes[lane]
        with_notes = [*nodes, *(f"note_{node}" for node in nodes if f"note_{node}" in notes)]
        assert {node for node in diagram.solid if frame.holds(diagram.boxes[node])} == set(with_notes)
        assert all(frame.holds(diagram.labels[node]) for node in nodes if node in diagram.labels)


@every_procedure
def test_lanes_fill_the_pool_without_gap_or_overlap(path: Path) -> None:
    diagram = read_diagram(path)
    (pool,) = (diagram.boxes[attr(participant, "id")] for participant in diagram.find(".//bpmn:participant"))
    lanes = sorted((diagram.boxes[lane] for lane in diagram.lanes), key=lambda lane: lane.top)
    assert all(lane.right == pool.right and lane.left == pool.left + 30 for lane in lanes)
    assert [lanes[0].top, lanes[-1].bottom] == [pool.top, pool.bottom]
    assert all(upper.bottom == lower.top for upper, lower in pairwise(lanes))


@every_procedure
def test_names_of_pool_and_lanes_fit_on_their_upright_line(path: Path) -> None:
    diagram = read_diagram(path)
    for tag in ("participant", "lane"):
        for frame in diagram.find(f".//bpmn:{tag}"):
            assert len(attr(frame, "name")) * LABEL_WIDTH * 0.85 <= diagram.boxes[attr(frame, "id")].height


@every_diagram
def test_shapes_and_labels_do_not_overlap(path: Path) -> None:
    diagram = read_diagram(path)
    boxes = {node: diagram.boxes[node] for node in diagram.solid}
    boxes |= {f"label of {node}": box for node, box in diagram.labels.items()}
    hosts = {attr(event, "id"): attr(event, "attachedToRef") for event in diagram.find(".//bpmn:boundaryEvent")}
    on_border = {frozenset(pair) for pair in hosts.items()}
    meeting = [pair for pair in combinations(boxes, 2) if boxes[pair[0]].meets(boxes[pair[1]])]
    assert [pair for pair in meeting if frozenset(pair) not in on_border] == []


@every_diagram
def test_edges_start_and_end_on_their_shapes_and_cross_no_other(path: Path) -> None:
    diagram = read_diagram(path)
    for edge, (source, target) in connections(diagram).items():
        points = diagram.edges[edge]
        assert diagram.boxes[source].on_border(points[0]), edge
        assert diagram.boxes[target].on_border(points[-1]), edge
        others = diagram.solid - {source, target}
        for start, end in pairwise(points):
            piece = hull(start, end)
            assert [other for other in others if piece.meets(diagram.boxes[other])] == [], edge
            assert [node for node, label in diagram.labels.items() if piece.meets(label)] == [], edge


@every_diagram
def test_edges_run_straight_across_or_down_and_leftwards_only_where_a_loop_goes_back(path: Path) -> None:
    diagram = read_diagram(path)
    for edge, points in diagram.edges.items():
        for start, end in pairwise(points):
            assert start != end, edge
            assert start[0] == end[0] or start[1] == end[1], edge
            assert end[0] >= start[0] or goes_back(diagram, edge), edge


def goes_back(diagram: Diagram, edge: str) -> bool:
    """Whether what the edge leads to leads to where it came from."""
    source, target = diagram.flows[edge]
    found, todo = {target}, [target]
    while todo:
        name = todo.pop()
        fresh = {after for before, after in diagram.flows.values() if before == name} - found
        found |= fresh
        todo += fresh
    return source in found


@every_diagram
def test_names_of_flows_stand_clear_of_every_shape(path: Path) -> None:
    diagram = read_diagram(path)
    for edge, label in diagram.flow_labels.items():
        assert [node for node in diagram.solid if label.meets(diagram.boxes[node])] == [], edge
        assert [node for node, other in diagram.labels.items() if label.meets(other)] == [], edge


@every_diagram
def test_names_outside_shapes_have_room_on_one_line(path: Path) -> None:
    diagram = read_diagram(path)
    names = {attr(node, "id"): node.get("name", "") for node in diagram.find("bpmn:process/*") if "id" in node.attrib}
    # Labels of events are set in 11 px.
    assert [n for n, box in diagram.labels.items() if len(names[n]) * LABEL_WIDTH * 0.85 > box.width] == []
