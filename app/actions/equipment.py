"""What an action works with that makes or takes files: where they lie, and what signs them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from app.config import Settings
from app.store.files import FileStore, file_store


@dataclass(frozen=True, slots=True)
class Equipment:
    """`signing_keys`: the file that names the keys of this installation; `trust`: the folder of certificates that a
    signature is traced back to; `timestamp_url`: a time-stamping service."""

    files: FileStore
    trust: Path
    signing_keys: Path | None = None
    timestamp_url: str | None = None

    @classmethod
    def of(cls, settings: Settings) -> Equipment:
        return cls(
            file_store(settings),
            settings.trust or settings.data / "trust",
            settings.signing_keys,
            settings.timestamp_url,
        )
