"""Where the visible part of a signature goes, and under which name its field stands."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, enumerate_sig_fields

from app.signatures import page_child
from app.signatures.stamp import HEIGHT, WIDTH, Stamp

Box = tuple[int, int, int, int]
MARGIN = 42
GAP = 6
LEAST_WIDTH, LEAST_HEIGHT = 60, 24
"""Points; smaller, nobody could read it."""
LEAST_ROOM = 34
"""Below the words of a form; less is no room for four lines."""
SECONDS = 10.0
_CHILD = Path(str(page_child.__file__))


@dataclass(frozen=True, slots=True)
class Marks:
    """What stands on a page: everything, and the lines under which people sign."""

    rects: tuple[Box, ...] = ()
    anchors: tuple[Box, ...] = ()


class PlaceError(ValueError):
    """There is no such page, or the box does not lie on it."""


def page_count(writer: IncrementalPdfFileWriter) -> int:
    return int(writer.root["/Pages"]["/Count"])


def place(writer: IncrementalPdfFileWriter, content: bytes, stamp: Stamp) -> tuple[int, Box]:
    """Index of the page and the box; `content` is what the writer reads. Errors: PlaceError."""
    count = page_count(writer)
    number = stamp.page if stamp.page is not None else count
    if not 1 <= number <= count:
        raise PlaceError(f"Tệp có {count} trang, không có trang {number}.")
    page_ref, _ = writer.find_page_for_modification(number - 1)  # type: ignore[no-untyped-call]
    page = page_ref.get_object()
    left, bottom, right, top = _media_box(page)
    if stamp.box is None:
        return number - 1, _free(page, (left, bottom, right, top), _marks(content, number - 1))
    box = stamp.box
    if box[2] - box[0] < LEAST_WIDTH or box[3] - box[1] < LEAST_HEIGHT:
        raise PlaceError(f"Khung chữ ký phải rộng từ {LEAST_WIDTH}, cao từ {LEAST_HEIGHT} điểm.")
    if box[0] < left or box[1] < bottom or box[2] > right or box[3] > top:
        raise PlaceError(f"Khung chữ ký nằm ngoài trang {number} (rộng {right - left}, cao {top - bottom} điểm).")
    return number - 1, box


def new_field(writer: IncrementalPdfFileWriter, index: int = 0, box: Box | None = None) -> SigFieldSpec:
    """A field of its own for this signature."""
    taken = {name for name, _, _ in enumerate_sig_fields(writer)}
    number = next(number for number in range(1, len(taken) + 2) if f"ChuKySo{number}" not in taken)
    return SigFieldSpec(f"ChuKySo{number}", on_page=index, box=box)


def _free(page: Any, sides: Box, marks: Marks) -> Box:
    """Under the words where a form wants the signature; else where nothing stands, from the lower right corner; else there,
    beside the signatures that stand there."""
    taken = _signatures(page)
    width = min(WIDTH, sides[2] - sides[0] - 2 * GAP)
    height = min(HEIGHT, sides[3] - sides[1] - 2 * GAP)
    under = (_under(anchor, sides, width, height, [*marks.rects, *taken]) for anchor in reversed(marks.anchors))
    found = next((box for box in under if box is not None), None)
    if found is not None:
        return found
    for standing in ([*marks.rects, *taken], taken):
        for box in _places(sides, width, height):
            if not any(_overlap(box, one) for one in standing):
                return box
    return (sides[2] - GAP - width, sides[1] + GAP, sides[2] - GAP, sides[1] + GAP + height)


def _under(anchor: Box, sides: Box, width: int, height: int, standing: Sequence[Box]) -> Box | None:
    """As high as the room below that line allows; None where it is too little."""
    middle = (anchor[0] + anchor[2]) // 2
    left = min(max(middle - width // 2, sides[0] + GAP), sides[2] - GAP - width)
    top = anchor[1] - 2
    below = [one for one in standing if one[0] < left + width and left < one[2] and one[1] < anchor[1] - 2]
    floor = max([one[3] + 2 for one in below], default=sides[1] + GAP)
    bottom = max(floor, top - height)
    return (left, bottom, left + width, top) if top - bottom >= LEAST_ROOM else None


def _places(sides: Box, width: int, height: int) -> Iterator[Box]:
    """From the right to the left, each column from the bottom to the middle of the page."""
    left, bottom, right, top = sides
    aside, above = min(MARGIN, (right - left) // 10), min(MARGIN, (top - bottom) // 10)
    for x in range(right - GAP - width - aside, left, -(width + GAP)):
        for y in range(bottom + above, min(top - height, bottom + (top - bottom) // 2), height + GAP):
            yield (x, y, x + width, y + height)


def _marks(content: bytes, index: int) -> Marks:
    """What stands on a page, as a helper sees it that may use only so much time and memory; nothing where it fails."""
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(_CHILD), str(index)],
            input=content,
            capture_output=True,
            timeout=SECONDS,
            check=True,
            env={},
        )
        told = json.loads(done.stdout)
        return Marks(*(tuple(_whole(box) for box in told[name]) for name in ("rects", "anchors")))
    except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError, OverflowError):
        return Marks()


def _whole(box: Sequence[float]) -> Box:
    left, bottom, right, top = box
    return math.floor(left), math.floor(bottom), math.ceil(right), math.ceil(top)


def _signatures(page: Any) -> list[Box]:
    found = []
    for annotation in page.get("/Annots", ()):
        one = annotation.get_object()
        box = one.get("/Rect")
        if box is not None and len(box) == 4:
            x1, y1, x2, y2 = (int(value) for value in box)
            if (x1, y1) != (x2, y2):
                found.append((min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)))
    return found


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _media_box(page: Any) -> Box:
    """The page's own, or that of the tree above it."""
    node, depth = page, 0
    while node is not None and depth < 32:
        if "/MediaBox" in node:
            x1, y1, x2, y2 = (int(value) for value in node["/MediaBox"])
            return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)
        node, depth = node.get("/Parent"), depth + 1
    raise PlaceError("Không đọc được cỡ trang của tệp.")
