"""Pictures of pages, kept by content so that each is drawn once: `cache/pages` of the data folder, bounded in size.

Losing the folder loses nothing: whatever is missing is drawn again.
"""

from __future__ import annotations

import contextlib
import os
import random
import secrets
from pathlib import Path

from app.papers.opening import draw_page
from app.store.files import FileStore, checked

WIDTHS = (160, 480, 800, 1200, 1600)
"""Pixels; what is asked for is rounded up to one of these, so the cache has few of each page."""
THUMBNAIL = WIDTHS[0]
USUAL = 1200
MOST_BYTES = 512 * 1024 * 1024
_PRUNED_ONE_IN = 50


class PageCache:
    """Below `folder`, which is made when first needed. Any number of processes may share it."""

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self._folder = folder
        self._most = most_bytes

    def page(self, files: FileStore, sha256: str, media_type: str, number: int, width: int) -> bytes:
        """The picture of a page, PNG. Errors: those of `draw_page`."""
        wide = width_of(width)
        path = self._folder / checked(sha256)[:2] / f"{sha256}-{number}-{wide}.png"
        with contextlib.suppress(FileNotFoundError):
            content = path.read_bytes()
            os.utime(path)  # what is looked at stays the longest
            return content
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        aside = path.with_name(f".{secrets.token_hex(8)}")
        try:
            draw_page(files, sha256, media_type, number, wide, aside)
            content = aside.read_bytes()
            aside.rename(path)
        finally:
            aside.unlink(missing_ok=True)
        if random.randrange(_PRUNED_ONE_IN) == 0:  # noqa: S311 - when to tidy up is no secret
            self.prune()
        return content

    def prune(self) -> int:
        """Remove what was looked at the longest ago until the rest fits; how many were removed."""
        kept = []
        for path in self._folder.glob("??/*"):
            with contextlib.suppress(OSError):
                found = path.stat()
                kept.append((found.st_mtime, found.st_size, path))
        total, removed = sum(size for _, size, _ in kept), 0
        for _, size, path in sorted(kept, key=lambda one: one[0]):
            if total <= self._most:
                break
            path.unlink(missing_ok=True)
            total -= size
            removed += 1
        return removed

    def forget(self, sha256: str) -> None:
        """Remove every picture of a content that is swept, or in which something was found."""
        for path in (self._folder / checked(sha256)[:2]).glob(f"{sha256}-*.png"):
            path.unlink(missing_ok=True)


def width_of(asked: int) -> int:
    return next((width for width in WIDTHS if width >= asked), WIDTHS[-1])
