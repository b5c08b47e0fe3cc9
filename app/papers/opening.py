"""Opening files that strangers sent, in a short-lived process that may use only so much time and memory (`child.py`)."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore

from app.papers.child import NO_PAGE
from app.store.files import FileStore, LocalFiles, MissingFileError
from app.store.media_types import PDF

PICTURES = ("image/png", "image/jpeg", "image/gif", "image/tiff", "image/webp", "image/bmp", "image/avif")
OPENED = (PDF, *PICTURES)
"""What has pages that can be shown."""
_CHILD = Path(__file__).with_name("child.py")
_SECONDS = 30
_AT_ONCE = BoundedSemaphore(2)
"""A page costs up to a processor: two at a time leave room for everybody else's requests."""


class UnreadablePaperError(ValueError):
    """The content cannot be opened, or asks for more than there is."""


class NoPageError(LookupError):
    """The paper has no page of that number."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What is known of a paper; None where nobody can tell."""

    pages: int | None
    has_javascript: bool | None
    encrypted: bool | None
    readable: bool | None


NOTHING = Looked(None, None, None, None)


def look_at(files: FileStore, sha256: str, media_type: str) -> Looked:
    """Open a paper and say what it is. Never raises for what is in it. Errors: MissingFileError, StoreUnavailableError."""
    if media_type not in OPENED:
        return NOTHING
    with on_disk(files, sha256) as path:
        code, said = _run("look", str(path), media_type)
    return Looked(**json.loads(said)) if code == 0 else Looked(None, None, None, False)


def draw_page(files: FileStore, sha256: str, media_type: str, number: int, width: int, out: Path) -> None:
    """Write page `number` (from 1) as a PNG of that width. Errors: UnreadablePaperError, NoPageError, as `look_at`."""
    if media_type not in OPENED:
        raise UnreadablePaperError(media_type)
    with on_disk(files, sha256) as path:
        code, _ = _run("page", str(path), media_type, str(number), str(width), str(out))
    if code == NO_PAGE:
        raise NoPageError(number)
    if code != 0:
        raise UnreadablePaperError(sha256)


@contextmanager
def on_disk(files: FileStore, sha256: str) -> Iterator[Path]:
    """The content as a file: the store's own, or a copy that goes again."""
    if isinstance(files, LocalFiles):
        path = files.path(sha256)
        if not path.is_file():
            raise MissingFileError(sha256)
        yield path
        return
    with tempfile.NamedTemporaryFile(prefix="motcua-") as copy:
        content = files.open(sha256)
        try:
            shutil.copyfileobj(content, copy)
        finally:
            content.close()
        copy.flush()
        yield Path(copy.name)


def _run(*arguments: str) -> tuple[int, str]:
    """The child's exit code and what it printed; 1 when it had to be ended."""
    with _AT_ONCE:
        try:
            done = subprocess.run(
                [sys.executable, "-I", str(_CHILD), *arguments],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_SECONDS,
                check=False,
                text=True,
                errors="replace",
                env={},
            )
        except subprocess.TimeoutExpired:
            return 1, ""
    return done.returncode, done.stdout
