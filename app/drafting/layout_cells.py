"""Where a shape stands in the grid of a drawing: its column (how far from the start) and its row (a branch of its lane)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from lxml import etree

from app.drafting.layout_text import Size
from app.engine.gate.model import GATEWAYS


@dataclass(slots=True, eq=False)
class Shape:
    """A flow node on its way onto the paper. `left`, `right`, `up` and `down` are how far it and what belongs to it (name,
    border events, notes) reach from its middle. A border event has a `host` and stands `aside` of the host's middle."""

    id: str
    kind: str
    name: str
    element: etree._Element
    band: int
    size: Size
    order: int
    host: Shape | None = None
    aside: int = 0
    guests: list[Shape] = field(default_factory=list)
    column: int = 0
    row: int = 0
    left: int = 0
    right: int = 0
    up: int = 0
    down: int = 0
    name_size: Size | None = None
    top_busy: bool = False

    @property
    def is_gateway(self) -> bool:
        return self.kind in GATEWAYS

    @property
    def cell(self) -> Shape:
        """The shape whose place in the grid this one has."""
        return self.host or self


@dataclass(slots=True, eq=False)
class Link:
    """A flow between two shapes; `back` where it closes a loop."""

    id: str
    source: Shape
    target: Shape
    name: str = ""
    default: bool = False
    back: bool = False


def place(shapes: Sequence[Shape], links: Sequence[Link]) -> int:
    """Gives every shape its column and its row, rows counted over all bands from the top; returns the number of rows."""
    cells = [shape for shape in shapes if shape.host is None]
    _mark_loops(cells, links)
    _set_columns(cells, links)
    return _set_rows(cells, links)


def _mark_loops(cells: Sequence[Shape], links: Sequence[Link]) -> None:
    after = _by_source(links)
    entered = {link.target.cell.id for link in links if link.target.cell is not link.source.cell}
    begin = [cell for cell in cells if cell.kind == "startEvent"]
    begin += [cell for cell in cells if cell.id not in entered and cell not in begin]
    state: dict[str, int] = {}
    for root in [*begin, *cells]:
        if root.id in state:
            continue
        state[root.id] = 1
        stack = [(root, iter(after.get(root.id, ())))]
        while stack:
            cell, rest = stack[-1]
            link = next(rest, None)
            if link is None:
                state[cell.id] = 2
                stack.pop()
                continue
            target = link.target.cell
            if state.get(target.id) == 1:
                link.back = True
            elif target.id not in state:
                state[target.id] = 1
                stack.append((target, iter(after.get(target.id, ()))))


def _set_columns(cells: Sequence[Shape], links: Sequence[Link]) -> None:
    """As far right as the longest way that leads there."""
    ordered = in_order(cells, links)
    before: dict[str, list[Shape]] = {}
    after: dict[str, list[Shape]] = {}
    for link in links:
        if not link.back:
            before.setdefault(link.target.cell.id, []).append(link.source.cell)
            after.setdefault(link.source.cell.id, []).append(link.target.cell)
    for cell in ordered:
        cell.column = max((one.column + 1 for one in before.get(cell.id, ())), default=0)
    for cell in reversed(ordered):
        if cell.id not in before and cell.id in after and cell.kind != "startEvent":
            cell.column = max(0, min(one.column for one in after[cell.id]) - 1)


def in_order(cells: Sequence[Shape], links: Sequence[Link]) -> list[Shape]:
    """Every shape after those that lead to it, loops left aside; else as in the file."""
    waiting = dict.fromkeys((cell.id for cell in cells), 0)
    after = _by_source(link for link in links if not link.back)
    for link in links:
        if not link.back:
            waiting[link.target.cell.id] += 1
    ready = [cell for cell in cells if not waiting[cell.id]]
    ordered = []
    for cell in ready:
        ordered.append(cell)
        for link in after.get(cell.id, ()):
            waiting[link.target.cell.id] -= 1
            if not waiting[link.target.cell.id]:
                ready.append(link.target.cell)
    return ordered


def _set_rows(cells: Sequence[Shape], links: Sequence[Link]) -> int:
    forward = [link for link in links if not link.back]
    tails = _tails(in_order(cells, links), forward)
    heirs = _heirs(forward, tails)
    before: dict[str, list[Link]] = {}
    for link in forward:
        before.setdefault(link.target.cell.id, []).append(link)
    taken: set[tuple[int, int, int]] = set()
    for cell in sorted(cells, key=lambda one: (one.column, -tails[one.id], one.order)):
        row = _wanted_row(cell, before.get(cell.id, ()), heirs)
        while (cell.band, row, cell.column) in taken:
            row += 1
        cell.row = row
        taken.add((cell.band, row, cell.column))
    return _count_rows(cells)


def _wanted_row(cell: Shape, before: Iterable[Link], heirs: dict[str, str]) -> int:
    """In line with what leads there; beside it where another branch goes straight on."""
    rows = []
    for link in before:
        source = link.source.cell
        if source.band != cell.band:
            continue
        straight = link.source.host is None and heirs.get(source.id) == cell.id
        rows.append(source.row if straight else source.row + 1)
    joined = [link.source.cell.row for link in before if link.source.cell.band == cell.band]
    if cell.is_gateway and len(joined) > 1:
        return min(joined)
    return min(rows, default=0)


def _heirs(links: Sequence[Link], tails: dict[str, int]) -> dict[str, str]:
    """Shape -> the one that goes on in its row: in its own lane, with the most still to come."""
    found: dict[str, Shape] = {}
    for link in links:
        source, target = link.source, link.target.cell
        if source.host is not None or source.band != target.band:
            continue
        best = found.get(source.id)
        if best is None or tails[target.id] > tails[best.id]:
            found[source.id] = target
    return {name: shape.id for name, shape in found.items()}


def _tails(ordered: Sequence[Shape], links: Sequence[Link]) -> dict[str, int]:
    after: dict[str, list[str]] = {}
    for link in links:
        after.setdefault(link.source.cell.id, []).append(link.target.cell.id)
    tails: dict[str, int] = {}
    for cell in reversed(ordered):
        tails[cell.id] = 1 + max((tails[name] for name in after.get(cell.id, ())), default=0)
    return tails


def _count_rows(cells: Sequence[Shape]) -> int:
    """From rows counted within each band to rows counted over all; a band without a shape has one too."""
    bands = max((cell.band for cell in cells), default=0) + 1
    heights = [max((cell.row + 1 for cell in cells if cell.band == band), default=1) for band in range(bands)]
    for cell in cells:
        cell.row += sum(heights[: cell.band])
    return sum(heights)


def _by_source(links: Iterable[Link]) -> dict[str, list[Link]]:
    found: dict[str, list[Link]] = {}
    for link in links:
        found.setdefault(link.source.cell.id, []).append(link)
    return found
