"""Reads back the PDF files that typst writes: pages with their size in millimetres and their text.

Only what those files use is understood (plain objects, Flate streams, two-byte fonts with a ToUnicode map), so that the
tests need no system tool. Text comes without any white space, because line breaks are not in the file.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

POINT_MM = 25.4 / 72
ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


@dataclass(frozen=True)
class PdfPage:
    width_mm: float
    height_mm: float
    text: str


def read_pages(pdf: bytes) -> list[PdfPage]:
    objects = {int(found[1]): found[2] for found in re.finditer(rb"(?m)^(\d+) 0 obj\s(.*?)\nendobj", pdf, re.DOTALL)}
    pages = [body for body in objects.values() if re.search(rb"/Type/Page\b", body)]
    return [_page(body, objects) for body in pages]


def squeeze(text: str) -> str:
    """`text` without white space and without the break opportunities that the template adds to overlong words."""
    return re.sub(r"[\s\u200b]+", "", text)


def _page(body: bytes, objects: Mapping[int, bytes]) -> PdfPage:
    box = re.search(rb"/MediaBox\[0 0 ([\d.]+) ([\d.]+)\]", body)
    assert box is not None
    resources = objects[_reference(body, b"Resources")]
    names = re.search(rb"/Font<<(.*?)>>", resources, re.DOTALL) or re.search(
        rb"<<(.*?)>>", objects[_reference(resources, b"Font")], re.DOTALL
    )
    assert names is not None
    fonts = {
        name: _unicode_map(_stream(objects[_reference(objects[int(number)], b"ToUnicode")]))
        for name, number in re.findall(rb"/(\w+) (\d+) 0 R", names[1])
    }
    text = "".join(_shown(_stream(objects[_reference(body, b"Contents")]), fonts))
    return PdfPage(float(box[1]) * POINT_MM, float(box[2]) * POINT_MM, squeeze(text))


def _shown(content: bytes, fonts: Mapping[bytes, Mapping[int, str]]) -> Iterator[str]:
    for block in re.findall(rb"(?s)\nBT\b(.*?)\nET\n", content):
        name = re.search(rb"/(\w+) [\d.]+ Tf", block)
        assert name is not None
        font = fonts[name[1]]
        for codes in _strings(block):
            yield "".join(font.get(int.from_bytes(codes[at : at + 2]), "") for at in range(0, len(codes), 2))


def _strings(block: bytes) -> Iterator[bytes]:
    """The strings of a text block: hexadecimal, or literal, where balanced parentheses may stand unescaped."""
    literal, depth = b"", 0
    for token in re.findall(rb"(?s)\\[0-7]{3}|\\.|<[0-9A-F]+>|.", block):
        if depth == 0 and len(token) > 2:
            yield bytes.fromhex(token[1:-1].decode())
            continue
        if token == b"(":
            depth += 1
        elif token == b")":
            depth -= 1
        if depth == 0:
            if token == b")":
                yield literal[1:]
            literal = b""
        elif token[:1] != b"\\":
            literal += token
        else:
            literal += bytes([int(token[1:], 8)]) if len(token) == 4 else ESCAPES.get(token[1:], token[1:])


def _unicode_map(cmap: bytes) -> dict[int, str]:
    return {
        int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be")
        for section in re.findall(rb"beginbfchar(.*?)endbfchar", cmap, re.DOTALL)
        for code, text in re.findall(rb"<([0-9A-Fa-f]+)> <([0-9A-Fa-f]+)>", section)
    }


def _reference(body: bytes, key: bytes) -> int:
    found = re.search(rb"/" + key + rb" (\d+) 0 R", body)
    assert found is not None
    return int(found[1])


def _stream(body: bytes) -> bytes:
    found = re.search(rb"stream\r?\n(.*)\r?\nendstream", body, re.DOTALL)
    assert found is not None
    return zlib.decompress(found[1])
