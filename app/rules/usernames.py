"""User names: what one may be, and which is proposed for somebody (QT-27.2: as her mailbox is called, if she has one)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from itertools import count
from typing import Final

USERNAME: Final = r"[a-z0-9](?:[a-z0-9._-]{0,48}[a-z0-9])?"
_OTHER = re.compile(r"[^a-z0-9]+")
_LONGEST = 40


def plain(text: str) -> str:
    """The text in small letters without the marks of Vietnamese, blanks made one: `Đỗ Thị Ánh` is `do thi anh`."""
    letters = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return " ".join("".join(letter for letter in letters if not unicodedata.combining(letter)).split())


def proposed(name: str, email: str | None, taken: Container[str]) -> str:
    """A user name that nobody has: the mailbox's, else the given name and the other names' first letters (`anh.dt`).

    A number makes it the only one of its kind.
    """
    wanted = _of_mailbox(email) or _of_name(name) or "can-bo"
    if wanted not in taken:
        return wanted
    return next(tried for number in count(2) if (tried := f"{wanted}{number}") not in taken)


def _of_mailbox(email: str | None) -> str:
    local = plain(email).partition("@")[0] if email else ""
    return local if re.fullmatch(USERNAME, local) and len(local) <= _LONGEST else ""


def _of_name(name: str) -> str:
    names = [found for part in plain(name).split() if (found := _OTHER.sub("", part))]
    if not names:
        return ""
    *others, given = names
    return ".".join(filter(None, (given, "".join(one[0] for one in others))))[:_LONGEST].strip(".")
