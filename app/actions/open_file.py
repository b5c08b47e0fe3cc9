"""Open a file (mở tệp): whoever has it in whatever form is written down, and what is in quarantine nobody has."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from app.actions.quarantine import require_clean
from app.config import Settings
from app.errors import DomainError
from app.papers.opening import OPENED, NoPageError, UnreadablePaperError, look_at
from app.papers.pages import THUMBNAIL, PageCache
from app.store import file_accesses, file_facts
from app.store.attachments import AttachmentRow
from app.store.files import MissingFileError, StoreUnavailableError, file_store
from app.store.media_types import PDF
from app.store.transaction import transaction

SHOWN = (PDF, "image/png", "image/jpeg", "image/gif", "image/webp")
"""What a browser may show by itself, if there is no code in it."""


def note_opened(
    row: AttachmentRow,
    account_id: int | None,
    what: str,
    now: datetime,
    *,
    page: int | None = None,
    address: str | None = None,
) -> None:
    """Write the access down before the file is handed out. Errors: DomainError quarantined."""
    require_clean(row)
    with transaction() as connection:
        file_accesses.note_access(connection, row.id, account_id, what, now, page=page, address=address)


def looked_at(row: AttachmentRow, settings: Settings, now: datetime) -> AttachmentRow:
    """The file with what is known of its content, looked at now if no worker has yet. Errors: DomainError unavailable."""
    if row.looked_at is not None or row.quarantined:
        return row
    with _told():
        looked = look_at(file_store(settings), row.sha256, row.media_type)
    with transaction() as connection:
        file_facts.note_file(connection, row.sha256, row.size, row.media_type, now)
        file_facts.keep_look(
            connection,
            row.sha256,
            now,
            pages=looked.pages,
            has_javascript=looked.has_javascript,
            encrypted=looked.encrypted,
            readable=looked.readable,
        )
    return replace(
        row,
        pages=looked.pages,
        has_javascript=looked.has_javascript,
        encrypted=looked.encrypted,
        readable=looked.readable,
        looked_at=now,
    )


def shown_inline(row: AttachmentRow) -> bool:
    """Whether a browser's own viewer may have it: never a PDF that carries code, or of which nobody can tell."""
    if row.media_type == PDF:
        return row.looked_at is not None and row.has_javascript is False
    return row.media_type in SHOWN


def page_picture(row: AttachmentRow, number: int, width: int, settings: Settings) -> bytes:
    """Page `number` of a file as a PNG. Errors: DomainError quarantined, not_shown, not_found, unavailable."""
    require_clean(row)
    if row.media_type not in OPENED:
        raise DomainError("not_shown", "Loại tệp này không xem được trên trang; hãy tải về để mở.")
    with _told():
        try:
            return _cache(settings).page(file_store(settings), row.sha256, row.media_type, number, width)
        except UnreadablePaperError as error:
            why = "Tệp hỏng, có mật khẩu hoặc quá lớn nên không xem được trên trang; hãy tải về để mở."
            raise DomainError("not_shown", why) from error
        except NoPageError as error:
            raise DomainError("not_found", "Tệp không có trang này.") from error


def thumbnail(row: AttachmentRow, settings: Settings) -> bytes:
    """A small picture of the first page. Errors: as `page_picture`."""
    return page_picture(row, 1, THUMBNAIL, settings)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except StoreUnavailableError as error:
        raise DomainError("unavailable", "Kho tệp tạm thời không phục vụ được; hãy thử lại sau ít phút.") from error
    except MissingFileError as error:
        raise DomainError("unavailable", "Nội dung tệp không còn trong kho tệp; hãy báo quản trị hệ thống.") from error


def _cache(settings: Settings) -> PageCache:
    return PageCache(settings.data / "cache" / "pages")
