"""Slips of every kind as PDF: what was issued, printed by its form's template or by one that replaces it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pypdfium2 as pdfium
import typst

from app.slips.foreign import SlipTemplateError, fault_of, refuse_reaching_out
from app.slips.forms import FORMS
from app.slips.press import press, press_source
from app.slips.printed import printed_values

__all__ = ["Logo", "SlipTemplateError", "printed_values", "render_many", "render_slip"]

_FORMATS = {"image/png": "png", "image/jpeg": "jpg", "image/svg+xml": "svg"}


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture for a slip's head: image/png, image/jpeg or image/svg+xml. ValueError for any other type."""

    media_type: str
    content: bytes

    def __post_init__(self) -> None:
        if self.media_type not in _FORMATS:
            raise ValueError(f"not a logo's type: {self.media_type!r}")


def render_slip(
    content: Mapping[str, Any], *, mark: str = "", template: str | None = None, logo: Logo | None = None
) -> bytes:
    """The slip as PDF. Same arguments, same bytes. Any thread may call this.

    `template` is the text of a typst template that replaces the form's own. `mark` is printed above the slip.
    Errors: SlipError or ReceiptError for the content, SlipTemplateError for a template of somebody else.
    """
    printed = printed_values(content, mark)
    text = json.dumps(printed, ensure_ascii=False)
    issued_at = datetime.fromisoformat(content["issued_at"])
    if template is None:
        return press(FORMS[content["form"]].template, text, issued_at, _logo(logo))
    refuse_reaching_out(template)
    try:
        return press_source(template.encode("utf-8", "replace"), text, issued_at, _logo(logo))
    except typst.TypstError as error:
        raise fault_of(error) from error


def render_many(contents: Iterable[Mapping[str, Any]], write: Callable[[bytes], None]) -> None:
    """One print file of many slips, given to `write` piece by piece."""
    with pdfium.PdfDocument.new() as file:
        for content in contents:
            with pdfium.PdfDocument(render_slip(content)) as slip:
                file.import_pages(slip)
        out = io.BytesIO()
        file.save(out)
    write(out.getvalue())


def _logo(logo: Logo | None) -> str:
    return json.dumps({"format": _FORMATS[logo.media_type], "bytes": list(logo.content)}) if logo else ""
