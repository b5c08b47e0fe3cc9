"""Which way a line goes through the grid: along rows and columns where nothing stands, else in the channels between them.

A place is said by what it depends on (`X`, `Y`) and becomes a number when the grid has its sizes.
Channels widen with the number of lines that run in them beside each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from app.drafting.layout_cells import Link, Shape

Side = Literal["above", "below"]


class InShape(NamedTuple):
    """So far from the middle of a shape's cell."""

    shape: Shape
    offset: int


class OnRow(NamedTuple):
    row: int


class Upright(NamedTuple):
    """A line's own track in the channel left of a column."""

    channel: int
    use: int


class Across(NamedTuple):
    """A line's own track in the channel above or below a row."""

    channel: tuple[int, Side]
    use: int


class OnBand(NamedTuple):
    """The upper or lower edge of a band."""

    band: int
    side: Side


X = InShape | Upright
Y = InShape | OnRow | Across | OnBand
Place = tuple[X, Y]


@dataclass(slots=True)
class Use:
    """How far a line runs in a channel, in counts of what it passes; the rows at which it comes in from the left (`enters`)
    and goes out to the right (`leaves`)."""

    link: Link
    low: int
    high: int
    enters: int | None = None
    leaves: int | None = None
    track: int = 0


@dataclass(slots=True)
class Routes:
    """The ways of all lines: `places` by link id, channels by their number."""

    places: dict[str, list[Place]] = field(default_factory=dict)
    upright: dict[int, list[Use]] = field(default_factory=dict)
    across: dict[tuple[int, Side], list[Use]] = field(default_factory=dict)

    def tracks(self, channel: int | tuple[int, Side]) -> int:
        return max((use.track + 1 for use in self._uses(channel)), default=0)

    def track(self, lane: Upright | Across) -> int:
        return self._uses(lane.channel)[lane.use].track

    def _uses(self, channel: int | tuple[int, Side]) -> list[Use]:
        return self.upright.get(channel, []) if isinstance(channel, int) else self.across.get(channel, [])


def route(shapes: Sequence[Shape], links: Sequence[Link], messages: Sequence[Link], whole: frozenset[str]) -> Routes:
    """Straight lines first, since they are what everything else has to keep clear of. `whole`: the shapes that stand for
    a pool of which nothing inside is drawn."""
    router = _Router(shapes, links)
    ordered = sorted(
        links, key=lambda link: (link.back, abs(_reach(link)), link.source.cell.row != link.target.cell.row)
    )
    for link in ordered:
        router.lead(link)
    for link in messages:
        router.message(link, whole)
    for uses in router.routes.upright.values():
        _set_tracks(uses, upright=True)
    for across in router.routes.across.values():
        _set_tracks(across, upright=False)
    return router.routes


def _reach(link: Link) -> int:
    return link.target.cell.column - link.source.cell.column


class _Router:
    def __init__(self, shapes: Sequence[Shape], links: Sequence[Link]) -> None:
        cells = [shape for shape in shapes if shape.host is None]
        self.routes = Routes()
        self._flat = {(cell.row, cell.column) for cell in cells}
        self._steep = set(self._flat)
        self._ports: dict[tuple[str, Side], str] = {}
        self._out = _counts(link.source.id for link in links)
        self._in = _counts(link.target.id for link in links)

    def lead(self, link: Link) -> None:
        ways = (
            (self._back,) if link.back else (self._straight, self._corner_out, self._corner_in, self._step, self._arch)
        )
        for way in ways:
            places = way(link)
            if places is not None:
                self.routes.places[link.id] = places
                return

    # --- ways, the simplest first; each answers None where it does not fit ---

    def _straight(self, link: Link) -> list[Place] | None:
        source, target = link.source, link.target
        if (
            source.host
            or source.row != target.row
            or not self._free_row(source.row, source.column + 1, target.column - 1)
        ):
            return None
        self._take_row(source.row, source.column + 1, target.column - 1)
        return [_right(source), _left(target)]

    def _corner_out(self, link: Link) -> list[Place] | None:
        """Up or down out of a gateway or a border event, then along the target's row."""
        source, target = link.source, link.target
        cell = source.cell
        side: Side = "below" if target.row > cell.row else "above"
        if target.row == cell.row or not self._has_port(source, side, "out"):
            return None
        rows = _between(cell.row, target.row)
        if not self._free_column(cell.column, [*rows, target.row]):
            return None
        if not self._free_row(target.row, cell.column, target.column - 1):
            return None
        self._take_column(cell.column, [*rows, target.row])
        self._take_row(target.row, cell.column, target.column - 1)
        self._ports[source.id, side] = "out"
        x = InShape(cell, source.aside)
        return [_port(source, side), (x, OnRow(target.row)), _left(target)]

    def _corner_in(self, link: Link) -> list[Place] | None:
        """Along the source's row, then up or down into a gateway."""
        source, target = link.source, link.target
        if source.host or source.row == target.row:
            return None
        side: Side = "above" if target.row > source.row else "below"
        if not self._has_port(target, side, "in"):
            return None
        rows = _between(source.row, target.row)
        if not self._free_column(target.column, [*rows, source.row]):
            return None
        if not self._free_row(source.row, source.column + 1, target.column):
            return None
        self._take_column(target.column, [*rows, source.row])
        self._take_row(source.row, source.column + 1, target.column)
        self._ports[target.id, side] = "in"
        return [_right(source), (InShape(target, 0), OnRow(source.row)), _port(target, side)]

    def _step(self, link: Link) -> list[Place] | None:
        """Along one of the two rows, changing over in a channel."""
        source, target = link.source, link.target
        if source.host or source.row == target.row:
            return None
        if self._free_row(target.row, source.column + 1, target.column - 1):
            channel, row = source.column + 1, target.row
        elif self._free_row(source.row, source.column + 1, target.column - 1):
            channel, row = target.column, source.row
        else:
            return None
        self._take_row(row, source.column + 1, target.column - 1)
        x = self._upright(channel, link, _middle(source.row), _middle(target.row), source.row, target.row)
        return [_right(source), (x, OnRow(source.row)), (x, OnRow(target.row)), _left(target)]

    def _arch(self, link: Link) -> list[Place]:
        """Around what stands in between, in the channel of a row."""
        source, target = link.source, link.target
        row, goal = source.cell.row, target.row
        side: Side = "above" if goal < row and source.host is None else "below"
        if self._has_port(source, side, "out"):
            channel = (row, side)
            self._ports[source.id, side] = "out"
            start, low = [_port(source, side)], 2 * source.cell.column + 1
            first: X = InShape(source.cell, source.aside)
        else:
            channel = (goal, "above" if goal > row else "below")
            first = self._upright(source.column + 1, link, _middle(row), _track(channel), row, None)
            start, low = [_right(source), (first, OnRow(row))], 2 * source.column + 2
        if channel[0] == goal and self._has_port(target, channel[1], "in"):
            self._ports[target.id, channel[1]] = "in"
            last: X = InShape(target, 0)
            end, high = [_port(target, channel[1])], 2 * target.column + 1
        else:
            last = self._upright(target.column, link, _track(channel), _middle(goal), None, goal)
            end, high = [(last, OnRow(goal)), _left(target)], 2 * target.column
        y = self._across(channel, link, low, high)
        return [*start, (first, y), (last, y), *end]

    def _back(self, link: Link) -> list[Place]:
        """Against the direction of reading: over the source's row, or under it from a border event."""
        source, target = link.source, link.target
        cell, goal = source.cell, target.cell.row
        side: Side = "below" if source.host or self._over_is_taken(source) else "above"
        channel = (cell.row, side)
        same = source is target
        if source.host or (not same and self._open(source, side, "out")):
            self._ports[source.id, side] = "out"
            first: X = InShape(cell, source.aside)
            start, low = [_port(source, side)], 2 * cell.column + 1
        else:
            first = self._upright(cell.column + 1, link, _middle(cell.row), _track(channel), cell.row, None)
            start, low = [_right(source), (first, OnRow(cell.row))], 2 * cell.column + 2
        straight_up = side == "above" or target.is_gateway
        if goal == cell.row and target.host is None and straight_up and self._open(target, side, "in"):
            self._ports[target.id, side] = "in"
            last: X = InShape(target, 0)
            end, high = [_port(target, side)], 2 * target.column + 1
        else:
            last = self._upright(target.column, link, _track(channel), _middle(goal), None, goal)
            end, high = [(last, OnRow(goal)), _left(target)], 2 * target.column
        y = self._across(channel, link, low, high)
        return [*start, (first, y), (last, y), *end]

    def message(self, link: Link, whole: frozenset[str]) -> None:
        """From one pool to another, up and down in the channels; of a `whole` pool nothing inside is drawn."""
        down = link.target.cell.row > link.source.cell.row
        channel = link.source.cell.column + 1 if link.source.id not in whole else link.target.cell.column
        out: Side = "below" if down else "above"
        into: Side = "above" if down else "below"
        levels = [_track((end.cell.row, side)) for end, side in ((link.source, out), (link.target, into))]
        x = self._upright(channel, link, levels[0], levels[1], None, None)
        start = self._message_end(link, link.source, out, x, whole)
        end = self._message_end(link, link.target, into, x, whole)
        self.routes.places[link.id] = [*start, *reversed(end)]

    def _message_end(self, link: Link, shape: Shape, side: Side, x: Upright, whole: frozenset[str]) -> list[Place]:
        """From the end itself to the upright piece of the line."""
        cell = shape.cell
        if shape.id in whole:
            return [(x, OnBand(cell.band, side))]
        y = self._across((cell.row, side), link, 2 * cell.column + 1, 2 * x.channel)
        aside = InShape(cell, 20 if cell.size.width > 60 else 0)
        half = cell.size.height // 2
        return [(aside, InShape(cell, half if side == "below" else -half)), (aside, y), (x, y)]

    # --- what is free and what is taken ---

    def _has_port(self, shape: Shape, side: Side, use: str) -> bool:
        if shape.host is not None:
            return side == "below" and use == "out"
        many = (self._out if use == "out" else self._in).get(shape.id, 0) > 1
        return shape.is_gateway and many and not (side == "above" and shape.top_busy) and self._agrees(shape, side, use)

    def _open(self, shape: Shape, side: Side, use: str) -> bool:
        return not (side == "above" and shape.top_busy) and self._agrees(shape, side, use)

    def _over_is_taken(self, shape: Shape) -> bool:
        """Whether another way out of a gateway goes up already, and none goes down or comes in from below."""
        ports = self._ports
        return shape.is_gateway and (shape.id, "above") in ports and (shape.id, "below") not in ports

    def _agrees(self, shape: Shape, side: Side, use: str) -> bool:
        return self._ports.get((shape.id, side), use) == use

    def _free_row(self, row: int, first: int, last: int) -> bool:
        return all((row, column) not in self._flat for column in range(first, last + 1))

    def _take_row(self, row: int, first: int, last: int) -> None:
        self._flat.update((row, column) for column in range(first, last + 1))

    def _free_column(self, column: int, rows: Sequence[int]) -> bool:
        return all((row, column) not in self._steep for row in rows)

    def _take_column(self, column: int, rows: Sequence[int]) -> None:
        self._steep.update((row, column) for row in rows)

    def _upright(
        self, channel: int, link: Link, start: int, end: int, enters: int | None, leaves: int | None
    ) -> Upright:
        uses = self.routes.upright.setdefault(channel, [])
        uses.append(Use(link, min(start, end), max(start, end), enters, leaves))
        return Upright(channel, len(uses) - 1)

    def _across(self, channel: tuple[int, Side], link: Link, start: int, end: int) -> Across:
        uses = self.routes.across.setdefault(channel, [])
        uses.append(Use(link, min(start, end), max(start, end)))
        return Across(channel, len(uses) - 1)


def _set_tracks(uses: list[Use], *, upright: bool) -> None:
    """Lines that would lie on each other get tracks of their own; those of one source or one target may share."""
    waiting = list(uses)
    placed: list[Use] = []
    while waiting:
        use = next((one for one in waiting if not any(_first(other, one) for other in waiting)), waiting[0])
        waiting.remove(use)
        track = max((other.track + 1 for other in placed if upright and _first(other, use)), default=0)
        while any(other.track == track and _meet(other, use) for other in placed):
            track += 1
        use.track = track
        placed.append(use)


def _first(one: Use, other: Use) -> bool:
    """Whether `one` must run left of `other`, since it turns out of the row into which the other turns."""
    return one is not other and one.enters is not None and one.enters == other.leaves and not _kin(one, other)


def _meet(one: Use, other: Use) -> bool:
    return one.low <= other.high and other.low <= one.high and not _kin(one, other)


def _kin(one: Use, other: Use) -> bool:
    return one.link.source is other.link.source or one.link.target is other.link.target


def _counts(names: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for name in names:
        found[name] = found.get(name, 0) + 1
    return found


def _between(one: int, other: int) -> list[int]:
    return list(range(min(one, other) + 1, max(one, other)))


def _middle(row: int) -> int:
    return 3 * row + 1


def _track(channel: tuple[int, Side]) -> int:
    return 3 * channel[0] + (0 if channel[1] == "above" else 2)


def _right(shape: Shape) -> Place:
    return InShape(shape, shape.size.width // 2), OnRow(shape.row)


def _left(shape: Shape) -> Place:
    return InShape(shape, -(shape.size.width // 2)), OnRow(shape.row)


def _port(shape: Shape, side: Side) -> Place:
    """The top or bottom of a shape, at its middle; of a border event its lower edge."""
    if shape.host is not None:
        return InShape(shape.host, shape.aside), InShape(shape.host, shape.host.size.height // 2 + 18)
    half = shape.size.height // 2
    return InShape(shape, 0), InShape(shape, half if side == "below" else -half)
