"""How long the history of a finished dossier is kept (HT-10.3: by NĐ 107/2021, and the rules on archives behind it)."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, Final

FOR_EVER: Final = "none"
_YEARS = re.compile(r"P([1-9][0-9]?)Y", re.ASCII)


def check_kept(value: Any) -> str:
    """`none`, or whole years as `P20Y`. ValueError (Vietnamese) for anything else."""
    if value == FOR_EVER:
        return FOR_EVER
    if not isinstance(value, str) or not _YEARS.fullmatch(value):
        raise ValueError(f'{value!r} phải là số năm như "P20Y" (1 đến 99), hoặc "{FOR_EVER}"')
    return value


def kept_from(kept: str, now: datetime) -> datetime | None:
    """The instant before which a dossier must have been closed for its history to go; None where it is kept for ever."""
    if kept == FOR_EVER:
        return None
    found = _YEARS.fullmatch(kept)
    if found is None:
        raise ValueError(kept)
    year = now.year - int(found[1])
    day = 28 if (now.month, now.day) == (2, 29) else now.day
    return now.replace(year=year, day=day)
