"""A shipped diagram as these tests see it: plain values read from the XML, without the engine."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lxml import etree

ROOT = Path(__file__).resolve().parents[2]
PROCEDURES = ROOT / "bpmn" / "procedures"
SHARED = ROOT / "bpmn" / "shared"
NAMES = {
    "bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "di": "http://www.omg.org/spec/DD/20100524/DI",
    "camunda": "http://camunda.org/schema/1.0/bpmn",
}
_CAMUNDA = f"{{{NAMES['camunda']}}}"

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of the picture, in its units; y grows downwards."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def bottom(self) -> float:
        return self.top + self.height

    def holds(self, other: Box) -> bool:
        return (
            self.left <= other.left
            and self.top <= other.top
            and other.right <= self.right
            and other.bottom <= self.bottom
        )

    def meets(self, other: Box) -> bool:
        """Whether the two share any area; touching sides do not count."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def on_border(self, point: Point) -> bool:
        x, y = point
        inside = self.left <= x <= self.right and self.top <= y <= self.bottom
        return inside and (x in (self.left, self.right) or y in (self.top, self.bottom))


@dataclass(frozen=True, slots=True)
class DrawnStep:
    id: str
    name: str
    position: str
    work: str
    properties: dict[str, str]
    form: str | None = None


@dataclass(frozen=True)
class Diagram:
    path: Path
    root: etree._Element
    process_id: str

    def find(self, query: str) -> list[etree._Element]:
        return list(self.root.iterfind(query, NAMES))

    @property
    def steps(self) -> dict[str, DrawnStep]:
        return {step.id: step for step in map(_step, self.find(".//bpmn:userTask"))}

    @property
    def flows(self) -> dict[str, tuple[str, str]]:
        found = self.find(".//bpmn:sequenceFlow")
        return {attr(flow, "id"): (attr(flow, "sourceRef"), attr(flow, "targetRef")) for flow in found}

    @property
    def lanes(self) -> dict[str, list[str]]:
        """Lane id -> ids of the nodes that it names."""
        return {
            attr(lane, "id"): [ref.text or "" for ref in lane.iterfind("bpmn:flowNodeRef", NAMES)]
            for lane in self.find(".//bpmn:lane")
        }

    @property
    def boxes(self) -> dict[str, Box]:
        """Element id -> its shape."""
        shapes = self.find(".//bpmndi:BPMNShape")
        return {attr(shape, "bpmnElement"): _box(shape.find("dc:Bounds", NAMES)) for shape in shapes}

    @property
    def labels(self) -> dict[str, Box]:
        """Element id -> where its name stands outside the shape."""
        return {
            attr(shape, "bpmnElement"): _box(bounds)
            for shape in self.find(".//bpmndi:BPMNShape")
            if (bounds := shape.find("bpmndi:BPMNLabel/dc:Bounds", NAMES)) is not None
        }

    @property
    def flow_labels(self) -> dict[str, Box]:
        """Flow id -> where its name stands."""
        return {
            attr(edge, "bpmnElement"): _box(bounds)
            for edge in self.find(".//bpmndi:BPMNEdge")
            if (bounds := edge.find("bpmndi:BPMNLabel/dc:Bounds", NAMES)) is not None
        }

    @property
    def edges(self) -> dict[str, list[Point]]:
        """Flow or association id -> its waypoints."""
        return {
            attr(edge, "bpmnElement"): [
                (float(attr(point, "x")), float(attr(point, "y"))) for point in edge.iterfind("di:waypoint", NAMES)
            ]
            for edge in self.find(".//bpmndi:BPMNEdge")
        }

    @property
    def solid(self) -> set[str]:
        """Elements whose shapes must stay clear of one another: everything but pools and lanes."""
        frames = {attr(frame, "id") for tag in ("participant", "lane") for frame in self.find(f".//bpmn:{tag}")}
        return set(self.boxes) - frames


def attr(element: etree._Element, name: str) -> str:
    """An attribute that must be there."""
    value = element.get(name)
    assert value is not None, f"{element.tag} has no {name}"
    return value


def _box(bounds: etree._Element | None) -> Box:
    assert bounds is not None
    left, top, width, height = (float(attr(bounds, name)) for name in ("x", "y", "width", "height"))
    return Box(left, top, width, height)


def _step(task: etree._Element) -> DrawnStep:
    entries = task.iterfind("bpmn:extensionElements/camunda:properties/camunda:property", NAMES)
    return DrawnStep(
        attr(task, "id"),
        attr(task, "name"),
        task.get(f"{_CAMUNDA}candidateGroups", ""),
        task.findtext("bpmn:documentation", "", NAMES),
        {attr(entry, "name"): attr(entry, "value") for entry in entries},
        task.get(f"{_CAMUNDA}formKey"),
    )


@cache
def read_diagram(path: Path) -> Diagram:
    root = etree.fromstring(path.read_bytes())
    processes = root.findall("bpmn:process", NAMES)
    assert len(processes) == 1, f"{path.name} holds {len(processes)} processes"
    return Diagram(path, root, attr(processes[0], "id"))


def procedure_diagrams() -> list[Path]:
    return sorted(PROCEDURES.glob("*.bpmn"))


def shared_diagrams() -> list[Path]:
    return sorted(SHARED.glob("*.bpmn"))
