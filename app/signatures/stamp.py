"""The visible part of a signature: who signed, when and why, as a small page of its own that is put into the document.

It says nothing that the signature does not say; whoever relies on it looks at the signature.
"""

from __future__ import annotations

import base64
import io
import json
from dataclasses import dataclass
from datetime import datetime

from pyhanko.pdf_utils import content, layout
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.stamp import StaticStampStyle

from app.slips.press import press_source
from app.wording import LOCAL

WIDTH, HEIGHT = 190, 68
"""Points of the box where nobody names another."""
LONGEST_REASON = 200
_SOURCE = """
#let d = json(bytes(sys.inputs.content))
#set page(width: d.width * 1pt, height: d.height * 1pt, margin: 3pt, fill: none)
#set text(font: "Libertinus Serif", size: 8pt, lang: "vi", fill: rgb("#a01010"), hyphenate: false)
#set par(leading: 0.45em, spacing: 0.45em)
#let lines = {
  for (label, value) in d.lines [#text(fill: rgb("#a01010"))[#label: ]#strong(value) \\ ]
}
#let inside = if sys.inputs.logo == "" { lines } else {
  grid(columns: (auto, 1fr), column-gutter: 4pt, align: horizon,
    image(bytes(sys.inputs.logo), format: "svg", height: d.height * 1pt - 14pt), lines)
}
#block(width: 100%, height: 100%, stroke: 0.7pt + rgb("#a01010"), inset: 4pt, clip: true, layout(size => {
  let room = size
  let whole = block(width: room.width, inside)
  let tall = measure(whole).height
  if tall <= room.height { align(horizon, whole) }
  else {
    let wider = block(width: room.width * (tall / room.height), inside)
    scale(room.height / tall * 100%, origin: top + left, reflow: true, wider)
  }
}))
"""


@dataclass(frozen=True, slots=True)
class Stamp:
    """Where and with what a signature is seen. `page` counts from 1, None is the last; `box` is (left, bottom, right, top) in
    points from the page's lower left corner, None is a free place at the end. `image` is a PNG or JPEG."""

    page: int | None = None
    box: tuple[int, int, int, int] | None = None
    image: bytes | None = None
    demonstration: bool = False


def stamp_style(
    stamp: Stamp, box: tuple[int, int, int, int], signer: str, organisation: str, reason: str, now: datetime
) -> StaticStampStyle:
    """What pyHanko draws into that box."""
    width, height = box[2] - box[0], box[3] - box[1]
    page = _Page(stamp_page(stamp, width, height, signer, organisation, reason, now))
    rule = layout.SimpleBoxLayoutRule(
        x_align=layout.AxisAlignment.ALIGN_MIN,
        y_align=layout.AxisAlignment.ALIGN_MIN,
        margins=layout.Margins(0, 0, 0, 0),
    )
    return StaticStampStyle(background=page, background_opacity=1.0, background_layout=rule, border_width=0)


def stamp_page(
    stamp: Stamp, width: int, height: int, signer: str, organisation: str, reason: str, now: datetime
) -> bytes:
    """A PDF page of that size in points."""
    lines = [("Ký bởi", signer)]
    if organisation and organisation != signer:
        lines.append(("Cơ quan", organisation))
    lines.append(("Ngày ký", f"{now.astimezone(LOCAL):%d/%m/%Y %H:%M:%S %z}".replace("+0700", "+07:00")))
    if reason:
        lines.append(("Lý do", reason[:LONGEST_REASON]))
    if stamp.demonstration:
        lines.append(("Lưu ý", "chữ ký trình diễn, không có giá trị"))
    told = {"width": width, "height": height, "lines": lines}
    return press_source(_SOURCE.encode(), json.dumps(told, ensure_ascii=False), now, _picture(stamp.image))


def _picture(image: bytes | None) -> str:
    """The picture inside an SVG, which is how a template takes one."""
    if image is None:
        return ""
    kind = "png" if image.startswith(b"\x89PNG") else "jpeg"
    width, height = _size(image)
    data = base64.b64encode(image).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="{width}"'
        f' height="{height}" viewBox="0 0 {width} {height}"><image width="{width}" height="{height}"'
        f' xlink:href="data:image/{kind};base64,{data}"/></svg>'
    )


def _size(image: bytes) -> tuple[int, int]:
    from PIL import Image

    with Image.open(io.BytesIO(image)) as opened:
        return opened.size


class _Page(content.PdfContent):
    """The first page of a document that is in memory."""

    def __init__(self, pdf: bytes) -> None:
        self._pdf = pdf
        super().__init__()

    def render(self) -> bytes:
        writer = self._ensure_writer
        imported = writer.import_page_as_xobject(PdfFileReader(io.BytesIO(self._pdf)), page_ix=0)
        self.resources.xobject["/Stamp"] = imported
        left, bottom, right, top = imported.get_object()["/BBox"]
        self.box = layout.BoxConstraints(width=abs(right - left), height=abs(top - bottom))
        return b"/Stamp Do"
