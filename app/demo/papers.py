"""Papers that applicants of the demonstration hand in: small files of the real kinds, which say that they are invented."""

from __future__ import annotations

import io
import json
import struct
import zlib
from datetime import UTC, datetime

from app.config import Settings
from app.slips.press import press
from app.store.files import StoredFile, file_store
from app.store.media_types import media_type_of

_NOTICE = "DỮ LIỆU TRÌNH DIỄN - KHÔNG CÓ GIÁ TRỊ PHÁP LÝ"
_DATED = datetime(2026, 1, 1, tzinfo=UTC)
_LONGEST_NAME = 90
_WIDTH, _HEIGHT = 480, 300
_PICTURED = ("thẻ", "giấy tờ tùy thân", "căn cước")


class Papers:
    """Files by the name of the paper; each is made and stored once, however many dossiers have it."""

    def __init__(self, settings: Settings) -> None:
        self._store = file_store(settings)
        self._made: dict[str, StoredFile] = {}

    def file(self, paper: str) -> tuple[StoredFile, str, str]:
        """The stored file of a paper, its file name and its media type: a picture of a card, a PDF of anything else."""
        pictured = any(word in paper.casefold() for word in _PICTURED)
        name = f"{paper[:_LONGEST_NAME].strip()}.{'png' if pictured else 'pdf'}"
        if paper not in self._made:
            self._made[paper] = self._store.put(io.BytesIO(card_png(paper) if pictured else page_pdf(paper)))
        stored = self._made[paper]
        return stored, name, media_type_of(stored.head, name)


def page_pdf(paper: str) -> bytes:
    """One A4 page that names the paper."""
    return press("paper.typ", json.dumps({"name": paper, "notice": _NOTICE}, ensure_ascii=False), _DATED)


def card_png(paper: str) -> bytes:
    """A grey card with a picture's place and lines, in a shade of the paper's own."""
    shade = 170 + sum(paper.encode()) % 60
    rows = bytearray()
    for y in range(_HEIGHT):
        row = bytearray([shade]) * _WIDTH
        if 60 <= y < 220:
            row[30:150] = bytes([110]) * 120
        if y >= 70 and y % 34 < 8:
            row[180:450] = bytes([80]) * 270
        rows += b"\0" + row
    header = struct.pack(">IIBBBBB", _WIDTH, _HEIGHT, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(rows), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, body) for kind, body in parts)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
