"""How typed text comes in, and how values become Vietnamese text: a line, an instant, a date; and in which order names stand.

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

_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_CONTROL_IN_LINES = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")


class TextFault(ValueError):  # noqa: N818
    """What somebody typed cannot be taken; the text (Vietnamese) says why. `kind` is long or characters."""

    def __init__(self, kind: str, told: str) -> None:
        super().__init__(told)
        self.kind = kind


def typed_text(text: str, most: int, *, lines: bool = False, strip: bool = True) -> str:
    """Typed text as it is stored: NFC, at most `most` characters, without controls; `lines` allows tabs and line breaks.

    Every text that comes in, by the API or a page, passes here. Errors: TextFault.
    """
    if len(text) > 4 * most + 64:  # before any work on it; a composed letter comes from at most four
        raise _too_long(most)
    if _SURROGATE.search(text):
        raise _bad_characters()
    text = unicodedata.normalize("NFC", text)
    if lines:
        text = text.replace("\r\n", "\n")
    if strip:
        text = text.strip(" \t\r\n")
    if (_CONTROL_IN_LINES if lines else _CONTROL).search(text):
        raise _bad_characters()
    if len(text) > most:
        raise _too_long(most)
    return text


def _too_long(most: int) -> TextFault:
    return TextFault("long", f"Dài quá {most} ký tự.")


def _bad_characters() -> TextFault:
    return TextFault("characters", "Có ký tự điều khiển không được phép.")


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


def size_words(size: int) -> str:
    """A file's size: `842 byte`, `12 KB`, `3,4 MB`."""
    if size < 1024:
        return f"{size} byte"
    if size < 1024 * 1024:
        return f"{size // 1024} KB"
    return f"{size / 1024 / 1024:.1f}".removesuffix(".0").replace(".", ",") + " MB"


def _local(at: datetime) -> datetime:
    if at.tzinfo is None or at.utcoffset() is None:
        raise ValueError("an instant without an offset cannot be worded")
    return at.astimezone(LOCAL)
