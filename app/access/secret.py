"""The key that signs the cookies of the pages: given by the installation, or made once and kept in the data folder."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path

from app.config import Settings

FILE = "secret-key"


def secret_key(settings: Settings) -> str:
    """The installation's key. Of processes that start at once, the first one's is everybody's. Errors: OSError."""
    if settings.secret_key is not None:
        return settings.secret_key
    path = settings.data / FILE
    if not path.exists():
        _make(path)
    return path.read_text(encoding="ascii").strip()


def _make(path: Path) -> None:
    """Written whole beside its place and linked there, which fails when another process was quicker."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{FILE}-", dir=path.parent)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(name, path)
    except FileExistsError:
        pass
    finally:
        Path(name).unlink()
