"""Slips of every kind as PDF: what was issued, printed by its form's template or by one that replaces it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby, islice
from typing import Any

import typst

from app.slips.foreign import SlipTemplateError, fault_of, refuse_reaching_out
from app.slips.forms import FORMS
from app.slips.press import press, press_many, press_source
from app.slips.print_file import PrintFile
from app.slips.printed import printed_values

__all__ = ["Logo", "Printing", "SlipTemplateError", "printed_values", "render_many", "render_slip"]

_BATCH = 25
"""Slips set together in a print file: more take more memory and are no faster."""
_PART = 400
"""Rows of a register set together: what typst holds grows faster than their number."""

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
    if template is None and len(printed.get("values", {}).get("dossiers", ())) > _PART:
        return _in_parts(content, printed, logo)
    text = json.dumps(printed, ensure_ascii=False)
    issued_at = datetime.fromisoformat(content["issued_at"])
    if template is None:
        return press(FORMS[content["form"]].template, text, issued_at, _logo(logo))
    refuse_reaching_out(template)
    try:
        return press_source(template.encode("utf-8", "replace"), text, issued_at, _logo(logo))
    except typst.TypstError as error:
        raise fault_of(error) from error


@dataclass(frozen=True, slots=True)
class Printing:
    """One slip of a print file, with what `render_slip` may be given for it."""

    content: Mapping[str, Any]
    mark: str = ""
    template: str | None = None
    logo: Logo | None = None


def render_many(
    slips: Iterable[Mapping[str, Any] | Printing], write: Callable[[bytes], None], title: str = "Tập phiếu in"
) -> int:
    """One PDF of many slips in their order, given to `write` piece by piece; how many pages it has.

    Memory does not grow with their number: neighbours of one template are set in batches, and each batch is written and
    forgotten. Each slip counts its own pages. Same slips, same bytes. Errors: as `render_slip`, when part of the file may
    have been written; ValueError when there are no slips.
    """
    file = PrintFile(write)
    newest = datetime.min.replace(tzinfo=UTC)
    all_slips = (slip if isinstance(slip, Printing) else Printing(slip) for slip in slips)
    for (template, logo), group in groupby(all_slips, key=_setting):
        while batch := list(islice(group, 1 if template is None else _BATCH)):
            dated = max(datetime.fromisoformat(slip.content["issued_at"]) for slip in batch)
            newest = max(newest, dated)
            if template is None:
                (slip,) = batch
                file.add(render_slip(slip.content, mark=slip.mark, template=slip.template, logo=logo))
            else:
                printed = [printed_values(slip.content, slip.mark) for slip in batch]
                file.add(press_many(template, json.dumps(printed, ensure_ascii=False), dated, _logo(logo)))
    return file.close(newest, title)


def _in_parts(content: Mapping[str, Any], printed: dict[str, Any], logo: Logo | None) -> bytes:
    """A long register: so many rows at a time, each part continuing the pages of the one before."""
    pieces: list[bytes] = []
    file = PrintFile(pieces.append)
    issued_at = datetime.fromisoformat(content["issued_at"])
    rows = printed["values"]["dossiers"]
    pages = 0
    for first in range(0, len(rows), _PART):
        part = {"first": first == 0, "last": first + _PART >= len(rows), "pages-before": pages}
        values = printed["values"] | {"dossiers": rows[first : first + _PART]}
        text = json.dumps([printed | {"values": values, "part": part}], ensure_ascii=False)
        pages = file.add(press_many(FORMS[content["form"]].template, text, issued_at, _logo(logo)))
    file.close(issued_at, printed["title"])
    return b"".join(pieces)


def _setting(slip: Printing) -> tuple[str | None, Logo | None]:
    """What neighbours must have in common to be set together: a built-in template and the logo."""
    form = FORMS.get(str(slip.content.get("form", "")))
    together = form is not None and form.kind != "register" and slip.template is None
    return (form.template if form and together else None), slip.logo


def _logo(logo: Logo | None) -> str:
    return json.dumps({"format": _FORMATS[logo.media_type], "bytes": list(logo.content)}) if logo else ""
