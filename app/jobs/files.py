"""What files leave to the worker: looking at new contents, having them scanned, and sweeping what nobody names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

import structlog

from app.actions.scanning import keep_verdict
from app.papers.clamav import ScannerRefusedError, ScannerUnavailableError, scan
from app.papers.opening import look_at
from app.papers.pages import PageCache
from app.runtime import runtime
from app.store import file_facts
from app.store.file_facts import UNSCANNED, WAITING, FileRow
from app.store.files import FileStore, KeptFile, MissingFileError, file_store
from app.store.stored_content import may_remove, named_among
from app.store.transaction import reading, transaction

GRACE = timedelta(hours=24)
"""How long a content may lie unnamed: an upload is named within seconds, a form that waits within hours."""
REFUSED_AGAIN_AFTER = timedelta(hours=1)
PAGE = 500
AT_ONCE = 200

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Swept:
    """How many contents were looked at, and which were removed, in bytes too."""

    looked_at: int = 0
    removed: int = 0
    bytes: int = 0
    abandoned: int = 0


def look_at_file(sha256: str) -> None:
    """Look at one content and have it scanned; nothing when both are done. Errors: ScannerUnavailableError, to try again."""
    with reading() as connection:
        row = file_facts.find_file(connection, sha256)
    if row is not None:
        _look(row)


def look_at_waiting() -> None:
    """Whatever still waits: the scanner was away, or a worker died. Ends at the first sign that the scanner is away."""
    settings, now = runtime().settings, runtime().now()
    with reading() as connection:
        rows = file_facts.files_to_look_at(
            connection, AT_ONCE, unscanned=settings.clamav is not None, refused_before=now - REFUSED_AGAIN_AFTER
        )
    for row in rows:
        try:
            _look(row)
        except ScannerUnavailableError as problem:
            log.warning("scanner_unavailable", reason=str(problem), waiting=len(rows))
            return


def _look(row: FileRow) -> None:
    settings, now = runtime().settings, runtime().now()
    files = file_store(settings)
    try:
        if row.looked_at is None:
            looked = look_at(files, row.sha256, row.media_type)
            with transaction() as connection:
                file_facts.keep_look(
                    connection,
                    row.sha256,
                    now,
                    pages=looked.pages,
                    has_javascript=looked.has_javascript,
                    encrypted=looked.encrypted,
                    readable=looked.readable,
                )
        if row.scan in (WAITING, UNSCANNED):
            _scan(files, row, settings.clamav, now)
    except MissingFileError:
        log.error("file_missing", sha256=row.sha256)


def _scan(files: FileStore, row: FileRow, scanner: str | None, now: datetime) -> None:
    if scanner is None:
        if row.scan == WAITING:  # there is no scanner any more, and nothing that it could wait for
            with transaction() as connection:
                file_facts.keep_scan(connection, row.sha256, UNSCANNED, None, now)
        return
    content = files.open(row.sha256)
    try:
        verdict = scan(scanner, content)
    except ScannerRefusedError as problem:
        log.warning("scanner_refused", sha256=row.sha256, reason=str(problem))
        with transaction() as connection:
            file_facts.keep_scan(connection, row.sha256, WAITING, str(problem), now)
        return
    finally:
        content.close()
    if verdict.found is not None:
        page_cache().forget(row.sha256)
        log.warning("file_infected", sha256=row.sha256, found=verdict.found)
    with transaction() as connection:
        keep_verdict(connection, row.sha256, verdict.found, now)


def sweep(*, dry_run: bool = False) -> Swept:
    """Remove stored contents that no row names and that were put more than GRACE ago. Safe while uploads go on: whoever puts
    the same bytes again renews them, and a content put meanwhile is left alone."""
    settings, now = runtime().settings, runtime().now()
    files, before, swept = file_store(settings), now - GRACE, Swept()
    old = (kept for kept in files.listed() if kept.put_at < before)
    while page := list(islice(old, PAGE)):
        swept.looked_at += len(page)
        with reading() as connection:
            named = named_among(connection, [kept.sha256 for kept in page])
        unnamed = [kept for kept in page if kept.sha256 not in named]
        try:
            for kept in unnamed:
                if dry_run or _remove(files, kept, before):
                    swept.removed += 1
                    swept.bytes += kept.size
        except _BackupBeingMadeError:
            log.info("sweep_left_to_the_next", reason="backup")
            break
    if not dry_run:
        swept.abandoned = files.clear_abandoned(before)
        page_cache().prune()
        log.info("files_swept", looked_at=swept.looked_at, removed=swept.removed, bytes=swept.bytes)
    return swept


class _BackupBeingMadeError(Exception):
    """A backup copies what its moment names: nothing is removed until it is done."""


class _StillNamedError(Exception):
    """Somebody named the content meanwhile, or has put it again: it stays, and so does what is known of it."""


def _remove(files: FileStore, kept: KeptFile, before: datetime) -> bool:
    try:
        with transaction() as connection:
            if not may_remove(connection):
                raise _BackupBeingMadeError
            # What is known of it goes first: whoever puts the same bytes now waits for us, and does not rely on what goes.
            file_facts.forget_file(connection, kept.sha256)
            if named_among(connection, [kept.sha256]) or not files.remove(kept.sha256, before):
                raise _StillNamedError
    except _StillNamedError:
        return False
    page_cache().forget(kept.sha256)
    return True


def page_cache() -> PageCache:
    return PageCache(runtime().settings.data / "cache" / "pages")
