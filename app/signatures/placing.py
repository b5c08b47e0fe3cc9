"""Where the visible part of a signature goes, and under which name its field stands."""

from __future__ import annotations

from typing import Any

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, enumerate_sig_fields

from app.signatures.stamp import HEIGHT, WIDTH, Stamp

Box = tuple[int, int, int, int]
MARGIN = 42
GAP = 6
LEAST_WIDTH, LEAST_HEIGHT = 60, 24
"""Points; smaller, nobody could read it."""


class PlaceError(ValueError):
    """There is no such page, or the box does not lie on it."""


def page_count(writer: IncrementalPdfFileWriter) -> int:
    return int(writer.root["/Pages"]["/Count"])


def place(writer: IncrementalPdfFileWriter, stamp: Stamp) -> tuple[int, Box]:
    """Index of the page and the box. Errors: PlaceError."""
    count = page_count(writer)
    number = stamp.page if stamp.page is not None else count
    if not 1 <= number <= count:
        raise PlaceError(f"Tệp có {count} trang, không có trang {number}.")
    page_ref, _ = writer.find_page_for_modification(number - 1)  # type: ignore[no-untyped-call]
    page = page_ref.get_object()
    left, bottom, right, top = _media_box(page)
    if stamp.box is None:
        return number - 1, _free(page, (left, bottom, right, top))
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


def _free(page: Any, sides: Box) -> Box:
    """The lower right corner, or above and beside the signatures that stand there."""
    left, bottom, right, top = sides
    taken = _signatures(page)
    width = min(WIDTH, right - left - 2 * GAP)
    height = min(HEIGHT, top - bottom - 2 * GAP)
    columns = range(right - GAP - width - min(MARGIN, (right - left) // 10), left, -(width + GAP))
    for x in columns:
        for y in range(bottom + min(MARGIN, (top - bottom) // 10), top - height, height + GAP):
            box = (x, y, x + width, y + height)
            if not any(_overlap(box, one) for one in taken) and y < bottom + (top - bottom) // 2:
                return box
    return (right - GAP - width, bottom + GAP, right - GAP, bottom + GAP + height)


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
