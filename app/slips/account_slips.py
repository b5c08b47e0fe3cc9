"""Notices with temporary passwords, to be cut apart and handed out in person (ST-26.5, QT-28.5b)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from app.slips.press import press


def account_slips(people: Sequence[Mapping[str, str]], address: str, dated: datetime) -> bytes:
    """One PDF, eight notices a page. `people`: {name, agency, username, temporary_password}; `address`: where to sign in."""
    content = {"title": "Giấy báo tài khoản", "address": address, "people": list(people)}
    return press("account_slips.typ", json.dumps(content, ensure_ascii=False), dated)
