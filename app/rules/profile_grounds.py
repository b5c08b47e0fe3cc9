"""What a profile's file says beside each switch: the value as it stands there, and the comment with the article."""

from __future__ import annotations

import re

_KEY = re.compile(r"^(?P<key>\w+) = (?P<value>.*)$")


def grounds(text: str) -> dict[str, tuple[str, str]]:
    """Key -> its value as it stands in the file, and the comment above it (or above the keys that stand with it)."""
    found: dict[str, tuple[str, str]] = {}
    comment: list[str] = []
    fresh = True
    for line in text.splitlines():
        if line.startswith("#"):
            comment = [*([] if fresh else comment), line.removeprefix("#").strip()]
            fresh = False
        elif (key := _KEY.match(line)) is not None:
            found[key["key"]] = (key["value"].strip('"'), " ".join(comment))
        elif not line.strip():
            fresh = True
    return found
