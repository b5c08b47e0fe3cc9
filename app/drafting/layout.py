"""A diagram drawn anew: lanes as bands in their order, steps from left to right, lines straight and clear of every shape.

Only the drawing (BPMN DI) is replaced; what the diagram says stays byte for byte in UTF-8 files. Colours and whether a block
is open are taken over from the drawing that was there. The same document always gives the same drawing.
"""

from __future__ import annotations

from xml.parsers import expat

from lxml import etree

from app.drafting.layout_reading import FRAME, Reading, is_closed, read_block, read_collaboration
from app.drafting.layout_sheet import Box, Picture, lay_out_sheet
from app.drafting.layout_writing import Plane, write_plane
from app.engine.names import BPMNDI, bpmn
from app.engine.reading import parse

PAD = 30
HEAD = 34
EDGE = 120
"""Where the picture begins on the canvas."""
LOOSE_GAP = 40


def lay_out(content: bytes) -> bytes:
    """The document with a fresh drawing of everything in it. Raises `etree.XMLSyntaxError` for what is no XML; a document
    without a process comes back as it is."""
    root = parse(content).getroot()
    planes = _Layout(root).planes()
    if not planes:
        return content
    drawings = [write_plane(plane, root, number) for number, plane in enumerate(planes)]
    return _spliced(content, drawings) or _serialised(root, drawings)


class _Layout:
    def __init__(self, root: etree._Element) -> None:
        self._root = root
        self._shown = {shape.get("bpmnElement", ""): shape for shape in root.iterfind(f".//{{{BPMNDI}}}BPMNShape")}
        self._closed: list[etree._Element] = []

    def planes(self) -> list[Plane]:
        """The collaboration's first, then processes outside of it, then the insides of closed blocks."""
        processes = {process.get("id", ""): process for process in self._root.iterfind(bpmn("process"))}
        planes, pooled = [], set()
        for collaboration in self._root.iterfind(bpmn("collaboration")):
            pooled |= {pool.get("processRef") for pool in collaboration.iterfind(bpmn("participant"))}
            reading = read_collaboration(collaboration, processes, self._inside)
            planes.append(Plane(collaboration.get("id", ""), _framed(reading)))
        for name, process in processes.items():
            if name not in pooled:
                planes.append(Plane(name, _plain(read_block(process, self._inside), EDGE)))
        while self._closed:
            block = self._closed.pop(0)
            planes.append(Plane(block.get("id", ""), _plain(read_block(block, self._inside), EDGE)))
        return planes

    def _inside(self, block: etree._Element) -> Picture | None:
        if is_closed(block, self._shown):
            self._closed.append(block)
            return None
        inner = _plain(read_block(block, self._inside), 0)
        picture = Picture(width=max(inner.width, 160) + 2 * PAD - 40, height=inner.height + HEAD + PAD - 20)
        picture.add(inner, PAD - 20, HEAD - 10)
        return picture


def _plain(reading: Reading, edge: int) -> Picture:
    """Without pools."""
    inner = lay_out_sheet(reading.sheet)
    picture = Picture(width=inner.width, height=inner.height)
    picture.add(inner, edge, edge)
    _add_loose(reading, picture, edge, edge + inner.height)
    return picture


def _framed(reading: Reading) -> Picture:
    """With pools and lanes around it, all equally wide."""
    inner = lay_out_sheet(reading.sheet)
    depth = max((frame.depth for frame in reading.frames), default=0) + 1
    right = EDGE + FRAME * depth + inner.width
    picture = Picture(width=right - EDGE, height=inner.height)
    for frame in reading.frames:
        top, bottom = inner.bands[frame.first][0], inner.bands[frame.last][1]
        left = EDGE + FRAME * frame.depth
        picture.boxes[frame.id] = Box(left, EDGE + top, right - left, bottom - top)
    picture.add(inner, EDGE + FRAME * depth, EDGE)
    _add_loose(reading, picture, EDGE, EDGE + inner.height + LOOSE_GAP)
    return picture


def _add_loose(reading: Reading, picture: Picture, x: int, y: int) -> None:
    """In a line below: what hangs on nothing. Groups go around what is in them."""
    for name, size in reading.loose:
        picture.boxes[name] = Box(x, y, *size)
        x += size.width + LOOSE_GAP
        picture.height = max(picture.height, y + size.height)
        picture.width = max(picture.width, x)
    for group, members in reading.groups.items():
        boxes = [picture.boxes[name] for name in members if name in picture.boxes]
        if not boxes:
            picture.boxes[group] = Box(x, y, 100, 60)
            x += 100 + LOOSE_GAP
            continue
        left, top = min(box.x for box in boxes) - 10, min(box.y for box in boxes) - 10
        right = max(box.x + box.width for box in boxes) + 10
        bottom = max(box.y + box.height for box in boxes) + 10
        picture.boxes[group] = Box(left, top, right - left, bottom - top)
    for name, source, target in reading.ties:
        if source in picture.boxes and target in picture.boxes:
            one, other = picture.boxes[source], picture.boxes[target]
            start = (one.x + one.width // 2, one.y + (one.height if other.y >= one.y else 0))
            end = (other.x + other.width // 2, other.y + (0 if other.y >= one.y else other.height))
            picture.lines[name] = [start, end]


def _spliced(content: bytes, drawings: list[bytes]) -> bytes | None:
    """The bytes with only the drawing replaced; None where they are no UTF-8 in which places can be counted."""
    try:
        text = content.decode("utf-8")
        spans, end = _places(content)
    except (UnicodeDecodeError, expat.ExpatError):
        return None
    if "encoding=" in text[:200] and "utf-8" not in text[:200].lower():
        return None
    new = b"\n  ".join(drawings)
    begin = spans[0][0] if spans else end
    parts, last = [content[:begin]], begin
    parts.append(new if spans else b"  " + new + b"\n")
    for start, stop in spans:
        parts.append(content[last:start].rstrip() if last > begin else content[last:start])
        last = stop
    return b"".join([*parts, content[last:]])


def _places(content: bytes) -> tuple[list[tuple[int, int]], int]:
    """From where to where each drawing stands, and where the document's last tag begins."""
    parser = expat.ParserCreate(namespace_separator="}")
    spans: list[tuple[int, int]] = []
    state = {"depth": 0, "start": -1, "end": len(content)}
    drawing = f"{BPMNDI}}}BPMNDiagram"

    def begin(name: str, _attributes: object) -> None:
        state["depth"] += 1
        if state["depth"] == 2 and name == drawing:
            state["start"] = parser.CurrentByteIndex

    def finish(name: str) -> None:
        at = parser.CurrentByteIndex
        if state["depth"] == 2 and name == drawing:
            spans.append((state["start"], content.index(b">", at) + 1))
        if state["depth"] == 1:
            state["end"] = at
        state["depth"] -= 1

    parser.StartElementHandler = begin
    parser.EndElementHandler = finish
    parser.Parse(content, True)
    return spans, state["end"]


def _serialised(root: etree._Element, drawings: list[bytes]) -> bytes:
    for old in root.findall(f"{{{BPMNDI}}}BPMNDiagram"):
        root.remove(old)
    for drawing in drawings:
        root.append(etree.fromstring(drawing))
    result: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return result
