"""One PDF of many: files that typst wrote, put one behind another as they come, none of them kept.

Each file's objects are written with new numbers and its page tree becomes a branch of the whole's, so memory holds one
file at a time and a few bytes for each object written. Only what typst writes is understood: plain objects, one
cross-reference table, no encryption. The same files give the same bytes.
"""

from __future__ import annotations

import hashlib
import re
from array import array
from collections.abc import Callable
from datetime import datetime
from typing import Final

_START = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*$")
_SECTION = re.compile(rb"xref\s+0 (\d+)\s+")
_REFERENCE: Final = rb"(\d+) 0 R\b"
_TOKEN = re.compile(rb"\\.|[()]|<[0-9A-Fa-f\s]*>|\bstream\r?\n|" + _REFERENCE, re.DOTALL)
_PAGES, _INFO, _CATALOG = 1, 2, 3
"""Objects of the whole, written last; those of the files come after them."""


class PrintFile:
    """The whole as it grows; `write` gets it piece by piece. ValueError: a file that is not of typst's making."""

    def __init__(self, write: Callable[[bytes], None]) -> None:
        self._write = write
        self._hash = hashlib.sha256()
        self._length = 0
        self._places = array("Q", [0] * (_CATALOG + 1))
        self._branches: list[int] = []
        self._pages = 0
        self._put(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")

    def add(self, pdf: bytes) -> int:
        """Puts the pages of `pdf` behind those that are there; how many there are now."""
        places, trailer = _table(pdf)
        root = _number(trailer, b"Root")
        bodies = _bodies(pdf, places)
        pages = _number(bodies[root], b"Pages")
        left_out = {root, _number(bodies[root], b"Metadata", 0), _number(trailer, b"Info", 0)}
        above = len(self._places) - 1
        for number in range(1, len(places)):
            if number in left_out:
                self._places.append(0)
                continue
            body = _renumbered(bodies[number], above)
            if number == pages:
                body = body.replace(b"<<", b"<</Parent %d 0 R" % _PAGES, 1)
                counted = re.search(rb"/Count (\d+)", body)
                self._pages += int(counted[1]) if counted else 0
                self._branches.append(above + number)
            self._places.append(self._length)
            self._put(b"%d 0 obj\n%s\nendobj\n" % (above + number, body))
        return self._pages

    def close(self, dated: datetime, title: str) -> int:
        """Ends the whole, dated by an aware instant; how many pages it has. ValueError when it has none."""
        if not self._branches:
            raise ValueError("a print file without pages")
        kids = b" ".join(b"%d 0 R" % branch for branch in self._branches)
        self._own(_PAGES, b"<</Type/Pages/Count %d/Kids[%s]>>" % (self._pages, kids))
        day = dated.strftime("D:%Y%m%d%H%M%S%z").encode()
        self._own(_INFO, b"<</Title<%s>/CreationDate(%s)>>" % (_text(title), day))
        self._own(_CATALOG, b"<</Type/Catalog/Pages %d 0 R/Lang(vi-VN)>>" % _PAGES)
        size, at, name = len(self._places), self._length, self._hash.hexdigest()[:32].encode()
        self._put(b"xref\n0 %d\n0000000000 65535 f \n" % size)
        for first in range(1, size, 1000):
            self._put(
                b"".join(b"%010d 00000 %s \n" % (p, b"n" if p else b"f") for p in self._places[first : first + 1000])
            )
        ids = b"/ID[<%s><%s>]" % (name, name)
        self._put(b"trailer\n<</Size %d/Root %d 0 R/Info %d 0 R%s>>\n" % (size, _CATALOG, _INFO, ids))
        self._put(b"startxref\n%d\n%%%%EOF\n" % at)
        return self._pages

    def _own(self, number: int, body: bytes) -> None:
        self._places[number] = self._length
        self._put(b"%d 0 obj\n%s\nendobj\n" % (number, body))

    def _put(self, piece: bytes) -> None:
        self._hash.update(piece)
        self._length += len(piece)
        self._write(piece)


def _table(pdf: bytes) -> tuple[list[int], bytes]:
    """Where each object begins (0: it is free), and the trailer."""
    start = _START.search(pdf, max(0, len(pdf) - 64))
    section = _SECTION.match(pdf, int(start[1])) if start else None
    if start is None or section is None:
        raise ValueError("not a PDF with one cross-reference table")
    count, at = int(section[1]), section.end()
    entries = [pdf[at + 20 * number : at + 20 * number + 20] for number in range(count)]
    if any(len(entry) != 20 or entry[17:18] not in b"nf" for entry in entries):
        raise ValueError("the cross-reference table is damaged")
    return [int(entry[:10]) if entry[17:18] == b"n" else 0 for entry in entries], pdf[at + 20 * count : start.start()]


def _bodies(pdf: bytes, places: list[int]) -> list[bytes]:
    """What stands between `n 0 obj` and `endobj` of each object."""
    ordered = sorted(place for place in places if place)
    ends = dict(zip(ordered, [*ordered[1:], pdf.rindex(b"xref", 0, pdf.rindex(b"startxref"))], strict=True))
    found = [b""]
    for number, place in enumerate(places[1:], start=1):
        head = b"%d 0 obj" % number
        whole = pdf[place : ends[place]].rstrip() if place else b""
        if place and not (whole.startswith(head) and whole.endswith(b"endobj")):
            raise ValueError(f"object {number} is not where the table says")
        found.append(whole[len(head) : -len(b"endobj")].strip() if place else b"null")
    return found


def _renumbered(body: bytes, above: int) -> bytes:
    """`body` with every reference raised by `above`; strings and a stream's content stay as they are."""
    parts: list[bytes] = []
    done = depth = 0
    for token in _TOKEN.finditer(body):
        found = token[0]
        if found == b"(":
            depth += 1
        elif found == b")":
            depth -= 1
        elif depth == 0 and token[1]:
            parts += [body[done : token.start()], b"%d 0 R" % (int(token[1]) + above)]
            done = token.end()
        elif depth == 0 and found.startswith(b"stream"):
            break
    return b"".join([*parts, body[done:]])


def _number(body: bytes, key: bytes, default: int | None = None) -> int:
    found = re.search(rb"/" + key + rb"\s+" + _REFERENCE, body)
    if found is None and default is None:
        raise ValueError(f"no /{key.decode()}")
    return int(found[1]) if found else default or 0


def _text(text: str) -> bytes:
    return b"FEFF" + text.encode("utf-16-be", "replace").hex().upper().encode()
