"""The files of `data/`: everything that the demonstration province is made of, and that it is invented."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "data"


@cache
def content(name: str) -> dict[str, Any]:
    """The file `data/<name>.toml`; each file's head says what its keys mean."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
