"""The drawn half of a diagram (BPMN DI): making room in it for nodes that were added to the process."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from app.engine.names import BPMNDI, DC, DI, local

GAP = 60
_SIZES = {"userTask": (140, 80), "parallelGateway": (50, 50), "inclusiveGateway": (50, 50)}
_CONTAINERS = ("process", "participant", "lane", "subProcess", "transaction")


class Drawing:
    """A document without a drawing, or without the shape in question, is left without."""

    def __init__(self, root: etree._Element) -> None:
        self._plane = root.find(f".//{{{BPMNDI}}}BPMNPlane")
        self._ids = {element.get("id") for element in root.iter() if element.get("id")}
        self._containers = {element.get("id") for element in root.iter() if local(element) in _CONTAINERS}

    def make_room_after(
        self, anchor: etree._Element, nodes: list[etree._Element], moved: Iterable[etree._Element]
    ) -> None:
        """Places `nodes` to the right of `anchor`; the flows `moved` begin at the last of them."""
        bounds = self._bounds(anchor)
        if bounds is None:
            return
        right, middle = bounds[0] + bounds[2], bounds[1] + bounds[3] / 2
        self._shift(right, _room(nodes))
        x = right + GAP
        for node in nodes:
            x = self._place(node, x, middle) + GAP
        for flow in moved:
            self._set_end(flow, 0, (x - GAP, middle))

    def make_room_before(
        self, anchor: etree._Element, nodes: list[etree._Element], moved: Iterable[etree._Element]
    ) -> None:
        """Places `nodes` to the left of `anchor`; the flows `moved` end at the first of them."""
        bounds = self._bounds(anchor)
        if bounds is None:
            return
        left, middle = bounds[0], bounds[1] + bounds[3] / 2
        self._shift(left, _room(nodes))
        x = left
        for node in nodes:
            x = self._place(node, x, middle) + GAP
        for flow in moved:
            self._set_end(flow, -1, (left, middle))

    def connect(self, flow: etree._Element, source: etree._Element, target: etree._Element) -> None:
        """Draws a flow from the right of one shape to the left of the other."""
        begin, end = self._bounds(source), self._bounds(target)
        if self._plane is None or begin is None or end is None:
            return
        edge = etree.SubElement(self._plane, f"{{{BPMNDI}}}BPMNEdge", self._named(flow), nsmap={"di": DI})
        for x, y in ((begin[0] + begin[2], begin[1] + begin[3] / 2), (end[0], end[1] + end[3] / 2)):
            etree.SubElement(edge, f"{{{DI}}}waypoint", {"x": _number(x), "y": _number(y)})

    def _named(self, element: etree._Element) -> dict[str, str]:
        name, number = f"{element.get('id')}_di", 1
        while name in self._ids:
            number += 1
            name = f"{element.get('id')}_di_{number}"
        self._ids.add(name)
        return {"id": name, "bpmnElement": element.get("id", "")}

    def _bounds(self, node: etree._Element) -> tuple[float, float, float, float] | None:
        for shape in self._of("BPMNShape", node):
            box = shape.find(f"{{{DC}}}Bounds")
            if box is not None:
                return (
                    float(box.get("x", 0)),
                    float(box.get("y", 0)),
                    float(box.get("width", 0)),
                    float(box.get("height", 0)),
                )
        return None

    def _of(self, kind: str, element: etree._Element) -> list[etree._Element]:
        shapes = self._plane.iterfind(f"{{{BPMNDI}}}{kind}") if self._plane is not None else ()
        return [shape for shape in shapes if shape.get("bpmnElement") == element.get("id")]

    def _place(self, node: etree._Element, x: float, middle: float) -> float:
        """Draws a node; returns its right edge."""
        width, height = _SIZES[local(node)]
        if self._plane is not None:
            shape = etree.SubElement(self._plane, f"{{{BPMNDI}}}BPMNShape", self._named(node), nsmap={"dc": DC})
            sizes = {"x": x, "y": middle - height / 2, "width": width, "height": height}
            etree.SubElement(shape, f"{{{DC}}}Bounds", {key: _number(value) for key, value in sizes.items()})
        return x + width

    def _shift(self, edge: float, by: float) -> None:
        """Moves everything from `edge` rightwards, and widens what spans it (pools, lanes, open blocks)."""
        if self._plane is None:
            return
        for box in self._plane.iter(f"{{{DC}}}Bounds"):
            x, width = float(box.get("x", 0)), float(box.get("width", 0))
            shape = box.getparent()
            if x >= edge:
                box.set("x", _number(x + by))
            elif x + width > edge and shape is not None and shape.get("bpmnElement") in self._containers:
                box.set("width", _number(width + by))
        for point in self._plane.iter(f"{{{DI}}}waypoint"):
            x = float(point.get("x", 0))
            if x >= edge:
                point.set("x", _number(x + by))

    def _set_end(self, flow: etree._Element, index: int, place: tuple[float, float]) -> None:
        for edge in self._of("BPMNEdge", flow):
            points = edge.findall(f"{{{DI}}}waypoint")
            if points:
                points[index].set("x", _number(place[0]))
                points[index].set("y", _number(place[1]))


def _room(nodes: Iterable[etree._Element]) -> float:
    return sum(_SIZES[local(node)][0] + GAP for node in nodes)


def _number(value: float) -> str:
    return f"{value:g}" if abs(value) < 100_000 else f"{value:.0f}"
