"""Passwords that an administrator hands over and that are changed at the first sign-in (ST-26.5, QT-28.5b).

They are shown by the answer that makes them and kept nowhere but as their hashes.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from app.access.passwords import hash_password

_FIRST, _VOWEL, _LAST = "bcdghkmnprstvx", "aeiou", ("", "n", "m", "t")
_DIGITS = "23456789"


def temporary_password() -> str:
    """Four syllables and three digits, for example `bam-ke-tun-dot-482`: 41 random bits that can be read out and typed."""
    syllables = [secrets.choice(_FIRST) + secrets.choice(_VOWEL) + secrets.choice(_LAST) for _ in range(4)]
    return "-".join([*syllables, "".join(secrets.choice(_DIGITS) for _ in range(3))])


def hashed(passwords: Sequence[str]) -> list[str]:
    """The hash of each. Slow on purpose, so it is done by all cores, and never inside a transaction."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # argon2 works outside the interpreter's lock
        return list(pool.map(hash_password, passwords))
