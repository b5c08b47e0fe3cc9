"""One sheet of a drawing: the inside of a pool or of an open block, from its flow nodes to boxes and lines in numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import NamedTuple

from app.drafting.layout_cells import Link, Shape, place
from app.drafting.layout_routes import InShape, OnBand, OnRow, Place, Routes, Side, X, Y, route
from app.drafting.layout_text import Size, name_beside

CHANNEL = 50
TRACK = 12
ROW_GAP = 16
BAND_GAP = 24
POOL_GAP = 50
NOTE_GAP = 20
GUEST = 36
"""A border event's width."""
GUEST_NAME = 90
_Y_OF_BORDER = 2


class Box(NamedTuple):
    x: int
    y: int
    width: int
    height: int

    def moved(self, x: int, y: int) -> Box:
        return Box(self.x + x, self.y + y, self.width, self.height)


Point = tuple[int, int]


@dataclass(slots=True)
class Picture:
    """What is drawn where, all by the ids of the elements."""

    boxes: dict[str, Box] = field(default_factory=dict)
    names: dict[str, Box] = field(default_factory=dict)
    lines: dict[str, list[Point]] = field(default_factory=dict)
    bands: list[tuple[int, int]] = field(default_factory=list)
    """Top and bottom of each band."""
    width: int = 0
    height: int = 0

    def add(self, other: Picture, x: int, y: int) -> None:
        """Takes another picture in, moved."""
        self.boxes |= {name: box.moved(x, y) for name, box in other.boxes.items()}
        self.names |= {name: box.moved(x, y) for name, box in other.names.items()}
        self.lines |= {name: [(px + x, py + y) for px, py in line] for name, line in other.lines.items()}


@dataclass(frozen=True, slots=True)
class Note:
    """A text annotation or data object that hangs on a shape by the association `link`."""

    id: str
    size: Size
    link: str
    shape: str


@dataclass(slots=True)
class Sheet:
    """What is to be laid out. `heights`: the least height of each band; `gaps`: the bands before which a pool begins."""

    shapes: list[Shape]
    links: list[Link]
    messages: list[Link] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    insides: Mapping[str, Picture] = field(default_factory=dict)
    heights: Sequence[int] = (0,)
    gaps: frozenset[int] = frozenset()
    whole: frozenset[str] = frozenset()


def lay_out_sheet(sheet: Sheet) -> Picture:
    """The picture, its upper left corner at (0, 0)."""
    for shape in sheet.shapes:
        _reach(shape, sheet)
    rows = place(sheet.shapes, sheet.links)
    for shape in sheet.shapes:
        shape.column, shape.row = shape.cell.column, shape.cell.row
    routes = route(sheet.shapes, sheet.links, sheet.messages, sheet.whole)
    return _Numbers(sheet, routes, rows).picture()


def _reach(shape: Shape, sheet: Sheet) -> None:
    """How much room a shape needs around its middle for itself and what belongs to it."""
    if shape.host is not None:
        return
    _set_guests(shape)
    half, tall = shape.size.width // 2, shape.size.height // 2
    shape.left, shape.right, shape.up, shape.down = half, half, tall, tall
    shape.name_size = name_beside(shape.name) if half <= 25 else None
    if shape.name_size and shape.is_gateway:
        shape.left = max(half, shape.name_size.width + 4)
        shape.up += shape.name_size.height + 2
    elif shape.name_size:
        shape.left = shape.right = max(half, shape.name_size.width // 2)
        shape.down += shape.name_size.height + 4
    for guest in shape.guests:
        words = guest.name_size.height if guest.name_size else 0
        words += sum(size.height for size in _said(guest, sheet))
        shape.right = max(shape.right, guest.aside + GUEST // 2 + 6 + GUEST_NAME)
        shape.down = max(shape.down, tall + GUEST // 2 + 4 + words)
    said = _said(shape, sheet)
    if said:
        shape.right = max(shape.right, half + 8 + max(size.width for size in said))
        stacked = sum(size.height for size in said) + 4
        shape.up, shape.down = max(shape.up, tall + stacked + 6), max(shape.down, tall + stacked)
    for note in sheet.notes:
        if note.shape == shape.id:
            _make_room(shape, note.size)


def _make_room(shape: Shape, note: Size) -> None:
    half = shape.size.width // 2
    if _note_below(shape):
        shape.down += NOTE_GAP + note.height
        shape.right = max(shape.right, note.width + 12 - half)
    else:
        shape.up += NOTE_GAP + note.height
        shape.right = max(shape.right, note.width - (0 if half <= 25 else half - 12))
        shape.top_busy = True


def _note_below(shape: Shape) -> bool:
    return shape.size.width > 60 and not shape.guests


def _said(shape: Shape, sheet: Sheet) -> list[Size]:
    """The rooms of the names of the flows that leave a shape."""
    sizes = (name_beside(link.name) for link in sheet.links if link.source is shape and link.name)
    return [size for size in sizes if size]


def _set_guests(shape: Shape) -> None:
    """Border events stand along the lower edge, each with room for its name at its right."""
    slot = GUEST + 8 + (GUEST_NAME if any(guest.name for guest in shape.guests) else 0)
    width = max(shape.size.width, 48 + (len(shape.guests) - 1) * slot)
    if shape.guests:
        shape.size = Size(width, shape.size.height)
    for number, guest in enumerate(shape.guests):
        guest.aside = -(width // 2) + 24 + number * slot
        guest.name_size = name_beside(guest.name, GUEST_NAME)


class _Numbers:
    def __init__(self, sheet: Sheet, routes: Routes, rows: int) -> None:
        self._sheet = sheet
        self._routes = routes
        self._cells = [shape for shape in sheet.shapes if shape.host is None]
        self._row_band = self._bands_of_rows(rows)
        self._set_columns()
        self._set_rows(rows)

    def picture(self) -> Picture:
        picture = Picture(bands=self._band_edges, width=self._width, height=self._height)
        for shape in self._sheet.shapes:
            if shape.id not in self._sheet.whole:
                self._draw(shape, picture)
        for note in self._sheet.notes:
            self._draw_note(note, picture)
        for link in [*self._sheet.links, *self._sheet.messages]:
            picture.lines[link.id] = _joined([self._point(one) for one in self._routes.places[link.id]])
        self._name_links(picture)
        return picture

    # --- sizes of the grid ---

    def _bands_of_rows(self, rows: int) -> list[int]:
        bands = {shape.row: shape.band for shape in self._cells}
        found: list[int] = []
        for row in range(rows):
            found.append(bands[row] if row in bands else (found[-1] + 1 if found else 0))
        return found

    def _set_columns(self) -> None:
        count = max((cell.column for cell in self._cells), default=-1) + 1
        lefts = [max((c.left for c in self._cells if c.column == i), default=0) for i in range(count)]
        rights = [max((c.right for c in self._cells if c.column == i), default=0) for i in range(count)]
        channels = [CHANNEL + max(0, self._routes.tracks(i) - 1) * TRACK for i in range(count + 1)]
        starts = list(accumulate((channels[i] + lefts[i] + rights[i] for i in range(count)), initial=0))
        self._channel_x = starts
        self._column_x = [starts[i] + channels[i] + lefts[i] for i in range(count)]
        self._width = starts[-1] + channels[-1]

    def _set_rows(self, rows: int) -> None:
        ups = [max((c.up for c in self._cells if c.row == i), default=30) for i in range(rows)]
        downs = [max((c.down for c in self._cells if c.row == i), default=30) for i in range(rows)]
        rooms = [(self._room(i, "above"), self._room(i, "below")) for i in range(rows)]
        bands = self._row_band
        self._row_y, self._band_edges = [0] * rows, []
        self._above_y, self._below_y = [0] * rows, [0] * rows
        y = 0
        for band in range(max(bands, default=-1) + 1):
            own = [row for row in range(rows) if bands[row] == band]
            needed = sum(ups[row] + downs[row] + sum(rooms[row]) for row in own) + 2 * BAND_GAP
            spare = max(0, self._least(band) - needed) // 2
            y += POOL_GAP if band in self._sheet.gaps else 0
            top = y
            y += BAND_GAP + spare
            for row in own:
                self._above_y[row] = y
                self._row_y[row] = y + rooms[row][0] + ups[row]
                self._below_y[row] = self._row_y[row] + downs[row]
                y = self._below_y[row] + rooms[row][1]
            y += BAND_GAP + spare
            self._band_edges.append((top, y))
        self._height = y

    def _least(self, band: int) -> int:
        heights = self._sheet.heights
        return heights[band] if band < len(heights) else 0

    def _room(self, row: int, side: Side) -> int:
        return ROW_GAP // 2 + self._routes.tracks((row, side)) * TRACK

    # --- from what a place depends on to numbers ---

    def _point(self, one: Place) -> Point:
        return self._x(one[0]), self._y(one[1])

    def _x(self, spot: X) -> int:
        if isinstance(spot, InShape):
            return self._column_x[spot.shape.cell.column] + spot.offset
        return self._channel_x[spot.channel] + CHANNEL // 2 + self._routes.track(spot) * TRACK

    def _y(self, spot: Y) -> int:
        if isinstance(spot, InShape):
            return self._row_y[spot.shape.cell.row] + spot.offset
        if isinstance(spot, OnRow):
            return self._row_y[spot.row]
        if isinstance(spot, OnBand):
            return self._band_edges[spot.band][0 if spot.side == "above" else 1]
        row, side = spot.channel
        track = self._routes.track(spot)
        if side == "below":
            return self._below_y[row] + ROW_GAP // 2 + track * TRACK
        return self._above_y[row] + self._room(row, side) - ROW_GAP // 2 - track * TRACK

    # --- drawing ---

    def _draw(self, shape: Shape, picture: Picture) -> None:
        x = self._column_x[shape.cell.column] + shape.aside
        y = self._row_y[shape.cell.row]
        if shape.host is not None:
            y += shape.host.size.height // 2
        width, height = shape.size
        picture.boxes[shape.id] = Box(x - width // 2, y - height // 2, width, height)
        inside = self._sheet.insides.get(shape.id)
        if inside is not None:
            picture.add(inside, x - width // 2, y - height // 2)
        if shape.name_size is None:
            return
        if shape.host is not None:
            corner = (x + 5, y + GUEST // 2 + _Y_OF_BORDER)
        elif shape.is_gateway:
            corner = (x - 4 - shape.name_size.width, y - height // 2 - 2 - shape.name_size.height)
        else:
            corner = (x - shape.name_size.width // 2, y + height // 2 + 4)
        picture.names[shape.id] = Box(*corner, *shape.name_size)

    def _draw_note(self, note: Note, picture: Picture) -> None:
        """Notes of a shape stand under or over one another."""
        shape = next(one for one in self._cells if one.id == note.shape)
        host = picture.boxes[shape.id]
        before = [one for one in self._sheet.notes[: self._sheet.notes.index(note)] if one.shape == note.shape]
        used = sum(NOTE_GAP + one.size.height for one in before)
        x = host.x + (12 if host.width > 60 else host.width // 2)
        if _note_below(shape):
            foot = host.y + host.height
            top = foot + used + NOTE_GAP
            picture.lines[note.link] = [(x, foot), (x, top)]
        else:
            head = self._row_y[shape.row] - (shape.up - sum(NOTE_GAP + n.size.height for n in self._own_notes(shape)))
            top = head - used - NOTE_GAP - note.size.height
            picture.lines[note.link] = [(x, host.y), (x, top + note.size.height)]
        picture.boxes[note.id] = Box(x, top, *note.size)

    def _own_notes(self, shape: Shape) -> list[Note]:
        return [note for note in self._sheet.notes if note.shape == shape.id]

    def _name_links(self, picture: Picture) -> None:
        """Beside where a line leaves its shape: over it when it goes right, at its side when it goes up or down."""
        named = [link for link in self._sheet.links if link.name]
        right = [link for link in named if _way(picture.lines[link.id]) == "right"]
        stacked: dict[tuple[str, str], int] = {}
        for link in [*right, *(link for link in named if link not in right)]:
            size = name_beside(link.name)
            if size is None:
                continue
            x, y = picture.lines[link.id][0]
            way, source = _way(picture.lines[link.id]), link.source
            used = stacked.get((source.id, way), 0)
            if way == "down":
                below = source.name_size.height if source.host and source.name_size else 0
                top = y + 3 + below + used
            else:
                beside = stacked.get((source.id, "right"), 0) + 3 - source.size.height // 2 if way == "up" else 0
                top = y - 3 - max(0, beside) - used - size.height
            picture.names[link.id] = Box(x + 5, top, *size)
            stacked[source.id, way] = used + size.height


def _way(line: list[Point]) -> str:
    (_, y), second = line[:2]
    return "right" if second[1] == y else ("down" if second[1] > y else "up")


def _joined(points: list[Point]) -> list[Point]:
    """Without repeated points and points in the middle of a straight piece."""
    kept: list[Point] = []
    for point in points:
        if kept and kept[-1] == point:
            continue
        while len(kept) > 1 and (kept[-2][0] == kept[-1][0] == point[0] or kept[-2][1] == kept[-1][1] == point[1]):
            kept.pop()
        kept.append(point)
    return kept
