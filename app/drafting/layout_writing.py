"""A laid-out picture as BPMN DI."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from app.drafting.layout_sheet import Box, Picture
from app.engine.gate.model import BLOCKS
from app.engine.names import BPMNDI, DC, DI, local

_FRAMES = ("participant", "lane")


@dataclass(frozen=True, slots=True)
class Plane:
    """What is drawn on one plane: of the collaboration, process or closed block `element`."""

    element: str
    picture: Picture


def write_plane(plane: Plane, root: etree._Element, number: int) -> bytes:
    """One BPMNDiagram element, complete in itself."""
    return _Writer(root, number).write(plane)


class _Writer:
    def __init__(self, root: etree._Element, number: int) -> None:
        self._elements = {element.get("id"): element for element in root.iter() if element.get("id")}
        old = [*root.iter(f"{{{BPMNDI}}}BPMNShape"), *root.iter(f"{{{BPMNDI}}}BPMNEdge")]
        self._old = {one.get("bpmnElement"): one for one in old}
        self._number = number
        drawn = {one for diagram in root.iter(f"{{{BPMNDI}}}BPMNDiagram") for one in diagram.iter()}
        self._ids = {name for name, element in self._elements.items() if element not in drawn}

    def write(self, plane: Plane) -> bytes:
        spaces = {"bpmndi": BPMNDI, "dc": DC, "di": DI}
        diagram = etree.Element(f"{{{BPMNDI}}}BPMNDiagram", nsmap=spaces)
        diagram.set("id", self._free(f"diagram_{plane.element}"))
        surface = etree.SubElement(diagram, f"{{{BPMNDI}}}BPMNPlane")
        surface.set("id", self._free(f"plane_{plane.element}"))
        surface.set("bpmnElement", plane.element)
        ordered = sorted(plane.picture.boxes.items(), key=lambda one: self._rank(one[0]))
        for name, box in ordered:
            self._shape(surface, name, box, plane.picture.names.get(name))
        for name, line in plane.picture.lines.items():
            self._edge(surface, name, line, plane.picture.names.get(name))
        etree.indent(diagram, "  ", level=1)
        return etree.tostring(diagram, encoding="unicode").encode().rstrip()

    def _rank(self, name: str) -> int:
        """Frames before what stands in them, open blocks before their insides."""
        element = self._elements[name]
        kind = local(element)
        if kind in _FRAMES:
            return _FRAMES.index(kind)
        return 2 + sum(1 for above in element.iterancestors() if local(above) in BLOCKS) + (kind == "boundaryEvent")

    def _shape(self, surface: etree._Element, name: str, box: Box, label: Box | None) -> None:
        shape = self._named(surface, "BPMNShape", name)
        kind = local(self._elements[name])
        if kind in _FRAMES:
            shape.set("isHorizontal", "true")
        elif kind == "exclusiveGateway":
            shape.set("isMarkerVisible", "true")
        elif kind in BLOCKS:
            old = self._old.get(name)
            closed = old is not None and old.get("isExpanded", "true").strip() in ("false", "0")
            shape.set("isExpanded", "false" if closed else "true")
        _bounds(shape, box)
        if label is not None:
            _bounds(etree.SubElement(shape, f"{{{BPMNDI}}}BPMNLabel"), label)

    def _edge(self, surface: etree._Element, name: str, line: list[tuple[int, int]], label: Box | None) -> None:
        edge = self._named(surface, "BPMNEdge", name)
        for x, y in line:
            etree.SubElement(edge, f"{{{DI}}}waypoint", {"x": str(x), "y": str(y)})
        if label is not None:
            _bounds(etree.SubElement(edge, f"{{{BPMNDI}}}BPMNLabel"), label)

    def _named(self, surface: etree._Element, kind: str, name: str) -> etree._Element:
        old = self._old.get(name)
        foreign = (
            {key: value for key, value in old.attrib.items() if str(key).startswith("{")} if old is not None else {}
        )
        spaces = {key: value for key, value in old.nsmap.items() if key} if old is not None and foreign else {}
        shape = etree.SubElement(surface, f"{{{BPMNDI}}}{kind}", nsmap=spaces)
        shape.set("id", self._free(f"{name}_di"))
        shape.set("bpmnElement", name)
        for key, value in foreign.items():
            shape.set(key, value)
        return shape

    def _free(self, wanted: str) -> str:
        name, number = wanted, 1
        if self._number:
            name = wanted = f"{wanted}_{self._number + 1}"
        while name in self._ids:
            number += 1
            name = f"{wanted}_{number}"
        self._ids.add(name)
        return name


def _bounds(parent: etree._Element, box: Box) -> None:
    sizes = {"x": box.x, "y": box.y, "width": box.width, "height": box.height}
    etree.SubElement(parent, f"{{{DC}}}Bounds", {key: str(value) for key, value in sizes.items()})
