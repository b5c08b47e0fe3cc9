"""Short messages: with their diacritics, or folded to what fits the GSM 7-bit alphabet, and how many segments they take.

Which of the two is a setting (`SMS_TEXT`), because a Vietnamese message holds 70 characters with diacritics and 160 without.
Nothing is folded unasked.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_TWO = frozenset("^{}\\[~]|€")
_INSTEAD = str.maketrans(
    {
        "đ": "d",
        "Đ": "D",
        "“": '"',
        "”": '"',
        "‘": "'",
        "’": "'",
        "–": "-",
        "—": "-",
        "…": "...",
        "•": "-",
        "\u00a0": " ",
    }
)


@dataclass(frozen=True, slots=True)
class Size:
    """How a short message goes out: `alphabet` gsm7 or ucs2, its characters in that alphabet, the messages it takes."""

    alphabet: str
    characters: int
    segments: int


def folded(text: str) -> str:
    """`text` without diacritics, in the GSM alphabet; a sign that it does not have becomes a question mark."""
    bare = "".join(
        char for char in unicodedata.normalize("NFD", text.translate(_INSTEAD)) if not unicodedata.combining(char)
    )
    return "".join(char if char in _GSM or char in _GSM_TWO else "?" for char in bare)


def size_of(text: str) -> Size:
    """How many messages `text` takes, as networks count them."""
    if all(char in _GSM or char in _GSM_TWO for char in text):
        units = sum(2 if char in _GSM_TWO else 1 for char in text)
        return Size("gsm7", units, 1 if units <= 160 else -(-units // 153))
    units = len(text.encode("utf-16-le")) // 2
    return Size("ucs2", units, 1 if units <= 70 else -(-units // 67))
