"""From a BPMN document to sheets: which nodes lie in which lane, what is inside of what, what hangs on what."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from lxml import etree

from app.drafting.layout_cells import Link, Shape
from app.drafting.layout_sheet import Note, Picture, Sheet
from app.drafting.layout_text import Size, even, note_size, task_size
from app.engine.gate.model import BLOCKS, EVENTS, FLOW_NODES, GATEWAYS
from app.engine.names import BPMN, bpmn, is_true, local

FRAME = 30
"""The width of a pool's or lane's heading."""
_EVENT, _GATEWAY, _DATA = Size(36, 36), Size(50, 50), Size(36, 50)
_DATA_KINDS = ("dataObjectReference", "dataStoreReference")


@dataclass(slots=True)
class Frame:
    """A pool or lane over the bands `first` to `last`; `inside`: the lanes that it is divided into."""

    id: str
    name: str
    depth: int
    first: int
    last: int


@dataclass(slots=True)
class Reading:
    """A sheet that is ready to be laid out, and what is drawn around and below it."""

    sheet: Sheet
    frames: list[Frame] = field(default_factory=list)
    loose: list[tuple[str, Size]] = field(default_factory=list)
    """Notes, data and groups that hang on no shape."""
    ties: list[tuple[str, str, str]] = field(default_factory=list)
    """Associations beside the one that a note hangs on: id, source, target."""
    groups: dict[str, list[str]] = field(default_factory=dict)
    """Group -> the elements in it."""


Inside = Callable[[etree._Element], Picture | None]
"""The picture of an open block's inside; None for a block that is drawn closed."""


def read_block(block: etree._Element, inside: Inside) -> Reading:
    """A process without a pool, or what is inside of a block."""
    reader = _Reader(inside)
    reader.nodes(block, {}, 0)
    reader.flows([block])
    reader.artifacts([block])
    return reader.reading(1)


def read_collaboration(collaboration: etree._Element, processes: dict[str, etree._Element], inside: Inside) -> Reading:
    """All pools with their lanes; what is said between them."""
    reader = _Reader(inside)
    band, drawn = 0, []
    for pool in collaboration.iterfind(bpmn("participant")):
        process = processes.get(pool.get("processRef", ""))
        if band:
            reader.gaps.append(band)
        band = reader.pool(pool, process, band)
        if process is not None:
            drawn.append(process)
    reader.flows(drawn)
    reader.message_flows(collaboration)
    reader.artifacts([*drawn, collaboration])
    return reader.reading(band)


class _Reader:
    def __init__(self, inside: Inside) -> None:
        self._inside = inside
        self._shapes: dict[str, Shape] = {}
        self._links: list[Link] = []
        self._messages: list[Link] = []
        self._insides: dict[str, Picture] = {}
        self._frames: list[Frame] = []
        self._whole: set[str] = set()
        self._notes: list[Note] = []
        self._loose: list[tuple[str, Size]] = []
        self._ties: list[tuple[str, str, str]] = []
        self._groups: dict[str, list[str]] = {}
        self.gaps: list[int] = []

    def reading(self, bands: int) -> Reading:
        sheet = Sheet(
            list(self._shapes.values()),
            self._links,
            self._messages,
            self._notes,
            self._insides,
            self._heights(bands),
            frozenset(self.gaps),
            frozenset(self._whole),
        )
        return Reading(sheet, self._frames, self._loose, self._ties, self._groups)

    def pool(self, pool: etree._Element, process: etree._Element | None, band: int) -> int:
        """Takes a pool in; the number of the band after it."""
        frame = Frame(pool.get("id", ""), pool.get("name", ""), 0, band, band)
        self._frames.append(frame)
        if process is None:
            self._whole.add(frame.id)
            self._shapes[frame.id] = Shape(frame.id, "participant", "", pool, band, Size(100, 40), len(self._shapes))
            return band + 1
        bands: dict[str, int] = {}
        after = band
        for lanes in process.iterfind(bpmn("laneSet")):
            after = self._lanes(lanes, 1, after, bands)
        after = max(after, band + 1)
        self.nodes(process, bands, band)
        frame.last = after - 1
        return after

    def _lanes(self, lane_set: etree._Element, depth: int, band: int, bands: dict[str, int]) -> int:
        for lane in lane_set.iterfind(bpmn("lane")):
            frame = Frame(lane.get("id", ""), lane.get("name", ""), depth, band, band)
            self._frames.append(frame)
            after = band
            for inner in lane.iterfind(bpmn("childLaneSet")):
                after = self._lanes(inner, depth + 1, after, bands)
            for ref in lane.iterfind(bpmn("flowNodeRef")):
                bands.setdefault((ref.text or "").strip(), band)
            band = max(after, band + 1)
            frame.last = band - 1
        return band

    def nodes(self, scope: etree._Element, bands: dict[str, int], band: int) -> None:
        border = []
        for element in scope:
            kind = local(element)
            if kind == "boundaryEvent":
                border.append(element)
            elif kind in FLOW_NODES:
                name = element.get("id", "")
                self._shapes[name] = self._shape(element, kind, bands.get(name, band))
        for element in border:
            host = self._shapes.get(element.get("attachedToRef", ""))
            name = element.get("id", "")
            where = host.band if host else bands.get(name, band)
            guest = Shape(
                name, "boundaryEvent", element.get("name", ""), element, where, _EVENT, len(self._shapes), host
            )
            self._shapes[name] = guest
            if host is not None:
                host.guests.append(guest)

    def _shape(self, element: etree._Element, kind: str, band: int) -> Shape:
        size = task_size(element.get("name", ""))
        if kind in EVENTS:
            size = _EVENT
        elif kind in GATEWAYS:
            size = _GATEWAY
        elif kind in BLOCKS:
            inside = self._inside(element)
            if inside is not None:
                self._insides[element.get("id", "")] = inside
                size = Size(even(inside.width), even(inside.height))
        return Shape(element.get("id", ""), kind, element.get("name", ""), element, band, size, len(self._shapes))

    def flows(self, scopes: Iterable[etree._Element]) -> None:
        for scope in scopes:
            for flow in scope.iterfind(bpmn("sequenceFlow")):
                link = self._link(flow)
                if link is not None:
                    self._links.append(link)

    def message_flows(self, collaboration: etree._Element) -> None:
        for flow in collaboration.iterfind(bpmn("messageFlow")):
            link = self._link(flow)
            if link is not None:
                self._messages.append(link)

    def _link(self, flow: etree._Element) -> Link | None:
        source = self._shapes.get(flow.get("sourceRef", ""))
        target = self._shapes.get(flow.get("targetRef", ""))
        if source is None or target is None:
            return None
        return Link(flow.get("id", ""), source, target, flow.get("name", ""))

    def artifacts(self, scopes: Iterable[etree._Element]) -> None:
        """Notes and data hang on the first shape that they are tied to."""
        scopes = list(scopes)
        sizes: dict[str, Size] = {}
        ties: list[tuple[str, str, str]] = []
        for scope in scopes:
            for element in scope:
                kind, name = local(element), element.get("id", "")
                if kind == "textAnnotation":
                    sizes[name] = note_size(element.findtext(bpmn("text"), "", {"bpmn": BPMN}) or "")
                elif kind in _DATA_KINDS:
                    sizes[name] = _DATA
                elif kind == "association":
                    ties.append((name, element.get("sourceRef", ""), element.get("targetRef", "")))
                elif kind == "group":
                    self._group(element, scope)
        for name, source, target in ties:
            note, shape = (source, target) if source in sizes else (target, source)
            if (
                note in sizes
                and shape in self._shapes
                and self._shapes[shape].host is None
                and shape not in self._whole
            ):
                self._notes.append(Note(note, sizes.pop(note), name, shape))
            else:
                self._ties.append((name, source, target))
        self._loose += sizes.items()

    def _group(self, group: etree._Element, scope: etree._Element) -> None:
        value = group.get("categoryValueRef")
        members = [
            element.get("id", "")
            for element in scope
            if value and value in [(ref.text or "").strip() for ref in element.iterfind(bpmn("categoryValueRef"))]
        ]
        self._groups[group.get("id", "")] = [name for name in members if name in self._shapes]

    def _heights(self, bands: int) -> list[int]:
        """What the upright names of lanes need; those of pools and divided lanes go to their last band."""
        heights = [60] * bands
        for frame in sorted(self._frames, key=lambda one: -one.depth):
            needed = min(480, even(len(frame.name) * 5.7 + 12))
            lacking = needed - sum(heights[frame.first : frame.last + 1])
            if lacking > 0:
                heights[frame.last] += lacking
        return heights


def is_closed(block: etree._Element, shown: dict[str, etree._Element]) -> bool:
    """Whether the drawing that there is shows a block closed."""
    shape = shown.get(block.get("id", ""))
    return shape is not None and shape.get("isExpanded") is not None and not is_true(shape.get("isExpanded"))
