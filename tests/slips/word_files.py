"""Small Word files for tests, and what stands in one."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

import docx


def word_file(*paragraphs: str, head: str = "") -> bytes:
    """A Word file with these paragraphs."""
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    if head:
        document.sections[0].header.paragraphs[0].text = head
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def rewritten(content: bytes, parts: Mapping[str, bytes | None]) -> bytes:
    """The same file with these parts added, replaced or (None) left out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            if entry.filename not in parts:
                new.writestr(entry.filename, old.read(entry))
        for name, part in parts.items():
            if part is not None:
                new.writestr(name, part)
    return out.getvalue()


def part_of(content: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return packed.read(name)
