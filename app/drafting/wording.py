"""The words of a published table: made plain, folded for comparison, cut into lines."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_REMEMBERED = 1_000
"""Longest text that is kept, once folded."""
_SPACES = re.compile("[\\s\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_NOTHING = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_MARKS = re.compile("[\u0300-\u036f]")
_LINES = re.compile("\r\n|[\r\n\u2028\u2029\x0b\x0c\x85]")
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"))
_OPENING = re.compile(r"^(?:[-+•*·▪●○◦]|\(?\d{1,2}(?:\.\d{1,2})*[.)]|\(?[a-zđ][.)])\s+", re.IGNORECASE)

_ITEM = re.compile(r"(?<=[.;:])\s+[-+]\s+")


def clean(text: str) -> str:
    """NFC, plain spaces, no invisible characters, no blank lines; lines stay lines."""
    composed = unicodedata.normalize("NFC", text)
    # Old fonts' input methods leave the tone before the vowel's own mark; composed twice they meet.
    composed = unicodedata.normalize("NFC", unicodedata.normalize("NFD", composed))
    lines = (_SPACES.sub(" ", _NOTHING.sub("", line)).strip() for line in _LINES.split(composed))
    return "\n".join(line for line in lines if line)


def one_line(text: str) -> str:
    """`clean`, on one line."""
    return _known_line(text) if len(text) <= _REMEMBERED else clean(text).replace("\n", " ")


def folded(text: str) -> str:
    """Lower case without diacritics, `đ` as `d`, every dash as `-`, on one line: for comparison only."""
    return _known_fold(text) if len(text) <= _REMEMBERED else _folded(text)


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFD", one_line(text).lower().replace("đ", "d"))
    return _MARKS.sub("", plain).translate(_DASHES)


# One cell's words are looked at from many sides.
_known_fold = lru_cache(maxsize=8192)(_folded)


@lru_cache(maxsize=8192)
def _known_line(text: str) -> str:
    return clean(text).replace("\n", " ")


def lines_of(text: str) -> list[str]:
    """The lines of a cell, without what stands before them as a list: `- `, `1. `, `a) `."""
    return [unlisted(line) for line in clean(text).split("\n") if unlisted(line)]


def items_of(text: str) -> list[str]:
    """The items of a list in a cell, one a line or behind dashes."""
    return [one for line in lines_of(text) for one in (part.strip() for part in _ITEM.split(line)) if one]


def unlisted(line: str) -> str:
    """A line without the dash, number or letter that makes it an item of a list."""
    return _OPENING.sub("", line.strip()).strip()


def shortened(text: str, most: int) -> str:
    """At most `most` characters, cut between words."""
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut else cut).rstrip(" ,;:.-") + "…"


def begun_large(text: str) -> str:
    """Vietnamese sentence case: the first letter is a capital, the others stay."""
    return text[:1].upper() + text[1:]
