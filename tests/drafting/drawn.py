"""What a good drawing must fulfil, looked up in the XML alone: `faults` says in words what it does not."""

from __future__ import annotations

from itertools import combinations, pairwise

from lxml import etree

from tests.content.diagram_reading import NAMES, Box, Diagram, Point, attr

_BPMN = f"{{{NAMES['bpmn']}}}"
_BLOCKS = {f"{_BPMN}{kind}" for kind in ("subProcess", "transaction", "adHocSubProcess")}
_FRAMES = {f"{_BPMN}{kind}" for kind in ("participant", "lane")}
_DRAWN = {
    f"{_BPMN}{kind}"
    for kind in """task userTask manualTask serviceTask scriptTask sendTask receiveTask businessRuleTask callActivity
    subProcess transaction adHocSubProcess exclusiveGateway inclusiveGateway parallelGateway eventBasedGateway complexGateway
    startEvent endEvent intermediateCatchEvent intermediateThrowEvent boundaryEvent textAnnotation dataObjectReference
    dataStoreReference group participant lane""".split()  # noqa: SIM905
}
_LINES = {f"{_BPMN}{kind}" for kind in ("sequenceFlow", "messageFlow", "association")}


def faults(content: bytes) -> list[str]:
    root = etree.fromstring(content)
    diagram = Diagram(None, root, "")  # type: ignore[arg-type]
    return [*_missing(diagram), *_overlaps(diagram), *_lanes(diagram), *_lines(diagram)]


def _missing(diagram: Diagram) -> list[str]:
    shapes, edges = diagram.find(".//bpmndi:BPMNShape"), diagram.find(".//bpmndi:BPMNEdge")
    said = []
    for kinds, drawn in ((_DRAWN, shapes), (_LINES, edges)):
        names = sorted(attr(element, "id") for element in diagram.root.iter() if element.tag in kinds)
        if names != sorted(attr(shape, "bpmnElement") for shape in drawn):
            said.append(f"drawn are others than {names}")
    ids = [element.get("id") for element in diagram.root.iter() if element.get("id")]
    return said + [f"id twice: {one}" for one in set(ids) if ids.count(one) > 1]


def _sheets(diagram: Diagram) -> dict[str, str]:
    """Element -> the plane on which it is drawn."""
    found = {}
    for number, plane in enumerate(diagram.find(".//bpmndi:BPMNPlane")):
        for shape in plane:
            found[attr(shape, "bpmnElement")] = str(number)
    return found


def _blocks(element: etree._Element) -> list[str]:
    return [attr(above, "id") for above in element.iterancestors() if above.tag in _BLOCKS]


def _overlaps(diagram: Diagram) -> list[str]:
    elements = {element.get("id"): element for element in diagram.root.iter() if element.get("id")}
    sheets = _sheets(diagram)
    solid = {name: box for name, box in diagram.boxes.items() if elements[name].tag not in _FRAMES}
    solid = {name: box for name, box in solid.items() if elements[name].tag != f"{_BPMN}group"}
    boxes = [(name, name, box) for name, box in solid.items()]
    boxes += [(f"name of {name}", name, box) for name, box in (diagram.labels | diagram.flow_labels).items()]
    said = []
    for (what, one, box), (that, other, room) in combinations(boxes, 2):
        if sheets[one] != sheets[other] or not box.meets(room):
            continue
        related = {elements[one].get("attachedToRef"), elements[other].get("attachedToRef")}
        inside = one in _blocks(elements[other]) or other in _blocks(elements[one])
        if not inside and not ({one, other} & related):
            said.append(f"{what} meets {that}")
    for name, box in solid.items():
        blocks = _blocks(elements[name])
        if blocks and sheets[blocks[0]] == sheets[name] and not solid[blocks[0]].holds(box):
            said.append(f"{name} is not inside {blocks[0]}")
        host = elements[name].get("attachedToRef")
        if host and solid[host].holds(box):
            said.append(f"{name} is not on the border of {host}")
    return said


def _lanes(diagram: Diagram) -> list[str]:
    said = []
    for lane, nodes in diagram.lanes.items():
        frame = diagram.boxes[lane]
        for name in nodes:
            inside = [diagram.boxes[name], *([diagram.labels[name]] if name in diagram.labels else [])]
            said += [f"{name} leaves {lane}" for box in inside if not frame.holds(box)]
    leaves = [lane for lane in diagram.find(".//bpmn:lane") if lane.find("bpmn:childLaneSet", NAMES) is None]
    frames = [attr(lane, "id") for lane in leaves]
    for one, other in combinations(frames, 2):
        if diagram.boxes[one].meets(diagram.boxes[other]):
            said.append(f"lane {one} meets {other}")
    for element in diagram.find(".//bpmn:lane"):
        above = next(one for one in element.iterancestors() if one.tag in _FRAMES or one.tag == f"{_BPMN}process")
        around = attr(above, "id") if above.tag in _FRAMES else _pool(diagram, attr(above, "id"))
        if around and not diagram.boxes[around].holds(diagram.boxes[attr(element, "id")]):
            said.append(f"{element.get('id')} leaves {around}")
    return said


def _pool(diagram: Diagram, process: str) -> str | None:
    pools = (pool for pool in diagram.find(".//bpmn:participant") if pool.get("processRef") == process)
    return next((attr(pool, "id") for pool in pools), None)


def _lines(diagram: Diagram) -> list[str]:
    elements = {element.get("id"): element for element in diagram.root.iter() if element.get("id")}
    sheets, said = _sheets(diagram), []
    passive = _FRAMES | {f"{_BPMN}group"}
    for name, points in diagram.edges.items():
        source, target = attr(elements[name], "sourceRef"), attr(elements[name], "targetRef")
        if not diagram.boxes[source].on_border(points[0]) or not diagram.boxes[target].on_border(points[-1]):
            said.append(f"{name} is not tied to its ends")
        apart = {source, target, *_blocks(elements[name])}
        others = [one for one in diagram.boxes if one not in apart and elements[one].tag not in passive]
        others = [one for one in others if sheets[one] == sheets[name]]
        for start, end in pairwise(points):
            if start[0] != end[0] and start[1] != end[1]:
                said.append(f"{name} runs aslant")
            piece = _hull(start, end)
            said += [f"{name} runs through {one}" for one in others if piece.meets(diagram.boxes[one])]
            rooms = {**diagram.labels, **diagram.flow_labels}
            said += [
                f"{name} runs through the name of {one}" for one in rooms if _over(piece, one, rooms, sheets, name)
            ]
    return said


def _over(piece: Box, one: str, rooms: dict[str, Box], sheets: dict[str, str], line: str) -> bool:
    return sheets[one] == sheets[line] and piece.meets(rooms[one])


def _hull(start: Point, end: Point) -> Box:
    left, top = min(start[0], end[0]), min(start[1], end[1])
    return Box(left, top, abs(end[0] - start[0]) + 0.1, abs(end[1] - start[1]) + 0.1)
