"""Slips of every kind as PDF: what was issued, printed by its form's template or by one that replaces it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby, islice
from typing import Any

import typst

from app.slips.foreign import SlipTemplateError, fault_of, refuse_reaching_out, takes_many
from app.slips.forms import FORMS
from app.slips.press import press, press_many, press_source, template_source
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
    pdf: bytes | None = None
    """The slip as it was printed elsewhere; then nothing else of this counts but when it was issued."""


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
    for (source, logo), group in groupby(all_slips, key=lambda slip: (_source_for_many(slip), slip.logo)):
        while batch := list(islice(group, _BATCH if source else 1)):
            newest = max(newest, *(datetime.fromisoformat(slip.content["issued_at"]) for slip in batch))
            for pdf in _set(batch, source, logo):
                file.add(pdf)
    return file.close(newest, title)


def _source_for_many(slip: Printing) -> bytes | None:
    """The template that can set many slips together; None when this one is set by itself."""
    form = FORMS.get(str(slip.content.get("form", "")))
    if form is None or form.kind == "register" or slip.pdf is not None:
        return None
    if slip.template is None:
        return template_source(form.template)
    return slip.template.encode("utf-8", "replace") if takes_many(slip.template) else None


def _set(batch: list[Printing], source: bytes | None, logo: Logo | None) -> Iterator[bytes]:
    """The batch as one PDF, or each slip as its own where its template turns out not to take a list."""
    if source is not None:
        printed = [printed_values(slip.content, slip.mark) for slip in batch]
        dated = max(datetime.fromisoformat(slip.content["issued_at"]) for slip in batch)
        try:
            yield press_many(source, json.dumps(printed, ensure_ascii=False), dated, _logo(logo))
        except typst.TypstError:
            if batch[0].template is None:
                raise
        else:
            return
    for slip in batch:
        if slip.pdf is not None:
            yield slip.pdf
            continue
        yield render_slip(slip.content, mark=slip.mark, template=slip.template, logo=logo)


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
        pages = file.add(press_many(template_source(FORMS[content["form"]].template), text, issued_at, _logo(logo)))
    file.close(issued_at, printed["title"])
    return b"".join(pieces)


def _logo(logo: Logo | None) -> str:
    return json.dumps({"format": _FORMATS[logo.media_type], "bytes": list(logo.content)}) if logo else ""
