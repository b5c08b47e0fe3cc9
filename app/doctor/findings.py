"""What a check found, as one value that becomes one line of JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

FAULT: Final = "fault"
"""It must never be so: something was lost, repeated or changed from outside."""
ATTENTION: Final = "attention"
"""It may be so, and somebody should look: a job that failed, an incident."""


@dataclass(frozen=True, slots=True)
class Finding:
    """`check` is the name of what was looked at (docs/doctor.md); `words` say in Vietnamese what is wrong and where."""

    check: str
    words: str
    dossier: str | None = None
    level: str = FAULT

    def to_dict(self) -> dict[str, Any]:
        found = {"level": self.level, "check": self.check, "dossier": self.dossier, "words": self.words}
        return {name: value for name, value in found.items() if value is not None}
