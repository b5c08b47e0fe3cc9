"""What a password of one's own must be, and how long it is good for (QT-28.5b, ST-26.5)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from app.rules.limits import parse_limit

LEAST: Final = 10
MOST: Final = 200
SOON: Final = timedelta(days=7)
"""So long before its end its owner is told."""


@dataclass(frozen=True, slots=True)
class Age:
    """Until when a password is good, None: for ever; `over`: it must be changed now, `soon`: its owner is told."""

    ends_at: datetime | None
    over: bool = False
    soon: bool = False


def age_of(changed_at: datetime | None, limit: str, now: datetime) -> Age:
    """Of a password that was chosen then; `limit` is the profile's `password_age`, in calendar time."""
    longest = parse_limit(limit, "calendar")
    if changed_at is None or longest is None:
        return Age(None)
    ends_at = changed_at + timedelta(seconds=longest.seconds)
    return Age(ends_at, over=ends_at <= now, soon=ends_at - SOON <= now < ends_at)


def fault_of(password: str, username: str, name: str = "") -> str | None:
    """Why a password may not be chosen, in words; None where its length and its owner's words do not speak against it."""
    if len(password) < LEAST:
        return f"Phải có ít nhất {LEAST} ký tự."
    if len(password) > MOST:
        return f"Dài quá {MOST} ký tự."
    typed = plain(password)
    words = [word for word in (username.casefold(), *re.split(r"[._@-]", username.casefold())) if len(word) > 3]
    if any(word in typed for word in words) or (name and _letters(plain(name)) == _letters(typed)):
        return "Không được chứa tên đăng nhập, họ tên."
    return None


def plain(text: str) -> str:
    """Small letters without marks."""
    split = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(mark for mark in split if not unicodedata.combining(mark))


def _letters(text: str) -> str:
    return re.sub(r"[^a-z]", "", text)
