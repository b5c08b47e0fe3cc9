"""What stands on the pages of a PDF, as a reader of PDF files sees it: text, sizes, and whether anything is cut off."""

from __future__ import annotations

import io

import pypdfium2 as pdfium
from PIL import Image

from tests.slips.pdf_reading import POINT_MM, squeeze

_EDGE = 9.0  # points; nothing of a slip stands nearer to the edge of its paper


def texts(pdf: bytes) -> list[str]:
    """The text of each page without white space."""
    with pdfium.PdfDocument(pdf) as document:
        return [squeeze(page.get_textpage().get_text_bounded()) for page in document]


def sizes(pdf: bytes) -> set[tuple[int, int]]:
    """The sizes that occur, in whole millimetres."""
    with pdfium.PdfDocument(pdf) as document:
        return {(round(page.get_width() * POINT_MM), round(page.get_height() * POINT_MM)) for page in document}


def cut_off(pdf: bytes) -> list[str]:
    """What reaches over the edge of its page or nearer to it than a printer prints."""
    found = []
    with pdfium.PdfDocument(pdf) as document:
        for number, page in enumerate(document, start=1):
            width, height = page.get_size()
            for thing in page.get_objects():
                left, bottom, right, top = thing.get_bounds()
                if min(left, bottom, width - right, height - top) < _EDGE:
                    found.append(f"page {number}: {(left, bottom, right, top)}")
    return found


def colours(pdf: bytes) -> set[tuple[int, int, int]]:
    """The colours of the first page."""
    with pdfium.PdfDocument(pdf) as document:
        picture: Image.Image = document[0].render(scale=1).to_pil().convert("RGB")
    return {colour for _, colour in picture.getcolors(1_000_000)}


def png(colour: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(out, "PNG")
    return out.getvalue()
