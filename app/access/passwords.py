"""Passwords: argon2id, and the same work for a name that nobody has, so that the time taken does not tell."""

from __future__ import annotations

import secrets
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# 19 MiB, two passes, one lane: about 25 ms of one core and cheap enough in memory for a morning's sign-ins.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_BEGINS = "$argon2id$v="


def hash_password(password: str) -> str:
    """The argon2id hash with its salt and parameters. The password is compared in NFC, spaces and all."""
    return _HASHER.hash(unicodedata.normalize("NFC", password))


def verify_password(password_hash: str | None, password: str) -> bool:
    """Whether the password is that of the hash; None (no such account) and what is no hash (an account whose password was made
    void) cost the same and are never right."""
    known = password_hash if password_hash is not None and password_hash.startswith(_BEGINS) else None
    try:
        matches = _HASHER.verify(known or _dummy_hash(), unicodedata.normalize("NFC", password))
    except (VerificationError, InvalidHashError):
        return False
    return matches and known is not None


@cache
def _dummy_hash() -> str:
    return hash_password(secrets.token_urlsafe(16))
