"""The desk's own two steps, added at deployment to a diagram that has none of them.

Ends that terminate or throw an error, and ends that only a reminder beside a running step leads to, get no `return`
step: nothing is delivered there.
"""

from __future__ import annotations

from itertools import pairwise

from lxml import etree

from app.engine.drawing import Drawing
from app.engine.names import CAMUNDA, bpmn, camunda, is_true, link_target
from app.engine.problems import DiagramRejected, error
from app.engine.reading import parse
from app.engine.steps import read_step

DESK = "desk_officer"
RECEIVE_NAME = "Tiếp nhận hồ sơ"
RETURN_NAME = "Trả kết quả"

_BEFORE_FLOWS = ("documentation", "extensionElements", "auditing", "monitoring", "categoryValueRef")


def add_standard_steps(
    content: bytes, *, position: str = DESK, receive_limit: str = "none", return_limit: str = "none"
) -> bytes:
    """The diagram with a `receive` step right after its start and a `return` step before its ends, each only where the
    diagram has no step of that stage. Limits are ISO 8601 or "none". A diagram that has both comes back byte for byte.
    Raises DiagramRejected when there is no single process with a single start.
    """
    tree = parse(content)
    processes = tree.getroot().findall(bpmn("process"))
    if len(processes) != 1 or len(processes[0].findall(bpmn("startEvent"))) != 1:
        raise DiagramRejected([error("start.missing", "Sơ đồ phải có đúng một quy trình với một sự kiện bắt đầu.")])
    process = processes[0]
    stages = {read_step(step).stage for step in process.iter(bpmn("userTask"))}
    editor = _Editor(tree.getroot(), process, position)
    if "receive" not in stages:
        editor.insert_after(process.findall(bpmn("startEvent"))[0], receive_limit)
    if "return" not in stages:
        for end in _delivering_ends(process):
            editor.insert_before(end, return_limit)
    if not editor.changed:
        return content
    etree.indent(tree, "  ")
    result: bytes = etree.tostring(tree, xml_declaration=True, encoding="UTF-8")
    return result


def _delivering_ends(process: etree._Element) -> list[etree._Element]:
    edges: dict[str, list[str]] = {}
    for flow in process.iterfind(bpmn("sequenceFlow")):
        edges.setdefault(flow.get("sourceRef", ""), []).append(flow.get("targetRef", ""))
    for event in process.iterfind(bpmn("boundaryEvent")):
        if is_true(event.get("cancelActivity", "true")):
            edges.setdefault(event.get("attachedToRef", ""), []).append(event.get("id", ""))
    for event in process.iterfind(bpmn("intermediateThrowEvent")):
        linked = link_target(event)
        if linked is not None:
            edges.setdefault(event.get("id", ""), []).append(linked.get("id", ""))
    reached = {start.get("id", "") for start in process.iterfind(bpmn("startEvent"))}
    todo = list(reached)
    while todo:
        for name in edges.get(todo.pop(), []):
            if name not in reached:
                reached.add(name)
                todo.append(name)
    abrupt = [bpmn("terminateEventDefinition"), bpmn("errorEventDefinition")]
    return [
        end
        for end in process.iterfind(bpmn("endEvent"))
        if end.get("id") in reached and all(end.find(tag) is None for tag in abrupt)
    ]


class _Editor:
    def __init__(self, root: etree._Element, process: etree._Element, position: str) -> None:
        self.changed = False
        self._root = root
        self._process = process
        self._position = position
        self._drawing = Drawing(root)
        self._ids = {element.get("id") for element in root.iter() if element.get("id")}

    def insert_after(self, start: etree._Element, limit: str) -> None:
        """start -> receive -> (a parallel gateway, should the start have had several ways) -> what followed it."""
        self.changed = True
        outgoing = self._flows("sourceRef", start)
        step = self._step("receive", RECEIVE_NAME, "receive", limit, beside=start)
        last = step
        if len(outgoing) > 1:
            last = self._node("parallelGateway", "receive_split", beside=start)
        for flow in outgoing:
            self._move(flow, "sourceRef", start, last)
        self._drawing.make_room_after(start, [step] if last is step else [step, last], outgoing)
        self._connect([start, step] if last is step else [start, step, last])

    def insert_before(self, end: etree._Element, limit: str) -> None:
        """what led to the end -> (an inclusive gateway, should several ways lead there) -> return -> end."""
        self.changed = True
        incoming = self._flows("targetRef", end)
        first = step = self._step("return", RETURN_NAME, "return", limit, beside=end)
        if len(incoming) > 1:
            # Whether the ways exclude each other or run side by side: this waits for just those that are on their way.
            first = self._node("inclusiveGateway", "return_join", beside=end)
        for flow in incoming:
            self._move(flow, "targetRef", end, first)
        self._drawing.make_room_before(end, [step] if first is step else [first, step], incoming)
        self._connect([step, end] if first is step else [first, step, end])

    def _flows(self, side: str, node: etree._Element) -> list[etree._Element]:
        return [flow for flow in self._process.iterfind(bpmn("sequenceFlow")) if flow.get(side) == node.get("id")]

    def _step(self, name: str, title: str, stage: str, limit: str, beside: etree._Element) -> etree._Element:
        step = self._node("userTask", name, beside)
        step.set("name", title)
        step.set(camunda("candidateGroups"), self._position)
        extensions = etree.SubElement(step, bpmn("extensionElements"))
        entries = etree.SubElement(extensions, camunda("properties"), nsmap={"camunda": CAMUNDA})
        for key, value in (("stage", stage), ("timeLimit", limit), ("agency", "lead")):
            etree.SubElement(entries, camunda("property"), {"name": key, "value": value})
        return step

    def _node(self, kind: str, name: str, beside: etree._Element) -> etree._Element:
        node = etree.Element(bpmn(kind), {"id": self._free(name)}, nsmap={"camunda": CAMUNDA})
        beside.addnext(node)
        for reference in self._process.iter(bpmn("flowNodeRef")):
            if (reference.text or "").strip() == beside.get("id"):
                twin = etree.Element(bpmn("flowNodeRef"))
                twin.text = node.get("id")
                reference.addnext(twin)
        return node

    def _free(self, name: str) -> str:
        number, free = 1, name
        while free in self._ids:
            number += 1
            free = f"{name}_{number}"
        self._ids.add(free)
        return free

    def _move(self, flow: etree._Element, side: str, old: etree._Element, new: etree._Element) -> None:
        flow.set(side, new.get("id", ""))
        kind = "outgoing" if side == "sourceRef" else "incoming"
        for mark in old.findall(bpmn(kind)):
            if (mark.text or "").strip() == flow.get("id"):
                old.remove(mark)
        _mark(new, kind, flow.get("id", ""))

    def _connect(self, nodes: list[etree._Element]) -> None:
        for source, target in pairwise(nodes):
            name = self._free(f"{source.get('id')}_to_{target.get('id')}")
            flow = etree.SubElement(self._process, bpmn("sequenceFlow"), {"id": name})
            flow.set("sourceRef", source.get("id", ""))
            flow.set("targetRef", target.get("id", ""))
            # Artifacts come after the flow elements of a process.
            others = [other for other in self._process.iterfind(bpmn("sequenceFlow")) if other is not flow]
            if others:
                others[-1].addnext(flow)
            _mark(source, "outgoing", name)
            _mark(target, "incoming", name)
            self._drawing.connect(flow, source, target)


def _mark(node: etree._Element, kind: str, flow: str) -> None:
    """Adds an `incoming` or `outgoing` entry where the schema wants it."""
    before = [bpmn(tag) for tag in (*_BEFORE_FLOWS, "incoming")]
    if kind == "outgoing":
        before.append(bpmn("outgoing"))
    entry = etree.Element(bpmn(kind))
    entry.text = flow
    index = sum(1 for child in node if child.tag in before)
    node.insert(index, entry)
