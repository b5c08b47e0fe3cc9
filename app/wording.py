"""How values become Vietnamese text: one line of user text, one instant, one date; and in which order names stand.

Shared by `app.slips` and `app.messages`, so that a slip and the letter about it never word one instant in two ways.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")

_ALPHABET = {letter: place for place, letter in enumerate("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz", start=0x10000)}
_TONES = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
_JOINERS = "\u200c\u200d"
_SPACES = re.compile(r"\s+")
_TALL_STACK = re.compile(r"([\u0300-\u036f]{3})[\u0300-\u036f]+")
"""Vietnamese needs at most two marks on a letter; a taller stack would be drawn over the neighbouring lines."""


def clean_line(text: str) -> str:
    """`text` as one line that can be printed, stored and put into a mail header: NFC, no control characters.

    Line breaks and tabs become single spaces. Direction overrides and other invisible format characters are dropped,
    because they would make a paper read differently from what is stored; lone surrogates become U+FFFD.
    """
    if text.isascii() and text.isprintable():
        return _SPACES.sub(" ", text).strip()
    visible = "".join(_visible(char) for char in text)
    return _SPACES.sub(" ", _TALL_STACK.sub(r"\1", unicodedata.normalize("NFC", visible))).strip()


def _visible(char: str) -> str:
    category = unicodedata.category(char)
    if category == "Cs":
        return "\ufffd"
    if category in {"Cc", "Zl", "Zp"}:
        return " "
    return "" if category == "Cf" and char not in _JOINERS else char


def alphabetical(text: str) -> tuple[list[int], str]:
    """A key that sorts as Vietnamese is sorted: đ after d, ă and â after a; tones only where all else is alike."""
    toneless = unicodedata.normalize("NFC", _TONES.sub("", unicodedata.normalize("NFD", text.lower())))
    return [_ALPHABET.get(letter, min(ord(letter), 0xFFFF)) for letter in toneless], text


def spoken_instant(at: datetime) -> str:
    """`at` as "14 giờ 30 phút, ngày 21/11/2026", local time. `at` must be aware, else ValueError."""
    local = _local(at)
    return f"{local:%H} giờ {local:%M} phút, ngày {local:%d/%m}/{local.year:04d}"


def spoken_date(at: datetime) -> str:
    """The local day of `at` as "ngày 21 tháng 11 năm 2026". `at` must be aware, else ValueError."""
    local = _local(at)
    return f"ngày {local:%d} tháng {local:%m} năm {local.year:04d}"


def _local(at: datetime) -> datetime:
    if at.tzinfo is None or at.utcoffset() is None:
        raise ValueError("an instant without an offset cannot be worded")
    return at.astimezone(LOCAL)
