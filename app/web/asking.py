"""What an address asks for: words, choices and numbers of a query string, read kindly, because people edit addresses."""

from __future__ import annotations

from collections.abc import Collection

from flask import request

from app.wording import clean_line

LONGEST = 200


def words(name: str, most: int = LONGEST) -> str | None:
    """One line of text, cut where it is too long; None when nothing was asked."""
    return clean_line(request.values.get(name, ""))[:most] or None


def choice(name: str, allowed: Collection[str]) -> str | None:
    """One of the allowed words; anything else counts as not asked."""
    found = request.values.get(name, "")
    return found if found in allowed else None


def ids(name: str, most: int) -> list[int]:
    """Row numbers, each once, in the order given; what is no number is left out."""
    numbers = (
        int(text) for text in request.values.getlist(name) if text.isascii() and text.isdigit() and len(text) < 19
    )
    return list(dict.fromkeys(number for number in numbers if number > 0))[:most]
