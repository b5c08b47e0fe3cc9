"""What the check of the archive is asked and what it finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.store.history_partitions import Dropped


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: `kind` for machines, `where` names the row, `words` says it (Vietnamese)."""

    kind: str
    where: Mapping[str, Any]
    words: str


@dataclass(slots=True)
class Checked:
    """How much was read."""

    dossiers: int = 0
    rows: int = 0
    seals: int = 0
    leaves: int = 0
    logs: int = 0
    dropped: list[Dropped] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is checked; nothing chosen: all. `seal` alone: that seal, the chains it has leaves of, its part of the logs."""

    dossier_id: int | None = None
    seal: int | None = None
    from_id: int = 0
    to_id: int | None = None
    """Only the dossiers from one number to below another."""
    expected: Mapping[int, str] = field(default_factory=dict)
    """Number of a seal -> its hash as it was published."""

    @property
    def whole(self) -> bool:
        return self.dossier_id is None and self.seal is None and self.to_id is None
