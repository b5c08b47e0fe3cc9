"""Bearer tokens: random, shown once, kept only as their SHA-256."""

from __future__ import annotations

import hashlib
import re
import secrets

_FORM = re.compile(r"mc_[A-Za-z0-9_-]{43}", re.ASCII)


def new_token() -> str:
    """256 random bits as text. The prefix lets a scanner recognise one that leaked."""
    return f"mc_{secrets.token_urlsafe(32)}"


def token_hash(token: str) -> bytes | None:
    """What the database keeps of a token; None for text that cannot be one."""
    return hashlib.sha256(token.encode()).digest() if _FORM.fullmatch(token) else None
