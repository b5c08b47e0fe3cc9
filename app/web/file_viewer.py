"""Looking at one file of a dossier: its pages as pictures, which run nothing, and who had it."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, request

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.open_file import looked_at, note_opened, page_picture, shown_inline, thumbnail
from app.api.stored import picture_reply, stored_reply
from app.papers.opening import OPENED
from app.papers.pages import USUAL, WIDTHS
from app.rules.permissions import READERS
from app.runtime import asked_at, runtime
from app.store.attachments import AttachmentRow
from app.store.file_accesses import DOWNLOAD, PAGE, THUMBNAIL, VIEW
from app.views.dossiers import dossier_detail
from app.views.parts import accesses_of, attachment_of, attachment_view, may_see_accesses
from app.views.signing import told_signatures
from app.web.asking import words
from app.web.blueprint import page
from app.web.dossier import dossier_page
from app.web.dossier_words import file_kind
from app.web.shown_files import shown_file
from app.wording import size_words

ACCESS_WORDS = {"download": "Tải về", "view": "Mở trong trình duyệt", "page": "Xem trang", "thumbnail": "Xem hình nhỏ",
                "listed": "Được gợi ý dùng lại"}  # fmt: skip
SHOWN_ACCESSES = 30


@page.get("/ho-so/<code:code>/tep/<id:attachment_id>")
@requires(*READERS)
def file(code: str, attachment_id: int) -> Response:
    """One file: PDF without code and pictures in the browser, everything else (and with `tai=1` these too) to keep."""
    caller = current_caller()
    row = attachment_of(caller, code, attachment_id)
    inline = request.args.get("tai") != "1" and shown_inline(looked_at(row, runtime().settings, asked_at()))
    note_opened(row, caller.account_id, VIEW if inline else DOWNLOAD, asked_at(), address=request.remote_addr)
    response = stored_reply(row.sha256, row.media_type)
    return shown_file(response, row.name, inline=inline)


@page.get("/ho-so/<code:code>/tep/<id:attachment_id>/trang/<id:number>.png")
@requires(*READERS)
def file_page(code: str, attachment_id: int, number: int) -> Response:
    """One page as a picture; `rong` is its width in pixels."""
    caller = current_caller()
    row = attachment_of(caller, code, attachment_id)
    asked = words("rong") or ""
    width = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else USUAL
    picture = page_picture(row, number, min(max(width, 1), WIDTHS[-1]), runtime().settings)
    note_opened(row, caller.account_id, PAGE, asked_at(), page=number, address=request.remote_addr)
    return picture_reply(picture)


@page.get("/ho-so/<code:code>/tep/<id:attachment_id>/thu-nho.png")
@requires(*READERS)
def file_thumbnail(code: str, attachment_id: int) -> Response:
    """A small picture of the first page."""
    caller = current_caller()
    row = attachment_of(caller, code, attachment_id)
    picture = thumbnail(row, runtime().settings)
    note_opened(row, caller.account_id, THUMBNAIL, asked_at(), address=request.remote_addr)
    return picture_reply(picture)


@page.get("/ho-so/<code:code>/tep/<id:attachment_id>/xem")
@requires(*READERS)
def view_file(code: str, attachment_id: int) -> Response:
    """The viewer: one page at a time, with what is known of the file; `trang` says which."""
    caller, now = current_caller(), asked_at()
    row = looked_at(attachment_of(caller, code, attachment_id), runtime().settings, now)
    pages = row.pages if row.readable and not row.quarantined else 0
    number = _asked_page(pages or 0)
    text = dossier_page(
        "files",
        dossier_detail(caller, code, now),
        "dossier/file.html",
        file=shown(attachment_view(row)) | {"inline": shown_inline(row) and not row.quarantined},
        number=number,
        pages=pages,
        accesses=_accesses(code, row) if may_see_accesses(caller) else None,
    )
    return make_response(text)


def shown(one: dict[str, Any]) -> dict[str, Any]:
    """An attachment with what pages say of it in words."""
    return one | {
        "size_words": size_words(one["size"]),
        "form": file_kind(one["media_type"]),
        "marks": marks_of(one),
        "told": told_signatures(one["signatures"]),
        "quarantined": one["scan"] in ("waiting", "infected"),
        "opened": one["media_type"] in OPENED and one["scan"] not in ("waiting", "infected"),
        "drawn": bool(one["readable"]) and one["scan"] not in ("waiting", "infected"),
    }


def marks_of(one: dict[str, Any]) -> list[str]:
    """What somebody should know before she opens a file."""
    found = []
    if one["scan"] == "infected":
        found.append(f"Cách ly: có mã độc ({one['scan_result']})")
    elif one["scan"] == "waiting":
        found.append("Đang chờ quét mã độc" + (f": {one['scan_result']}" if one["scan_result"] else ""))
    if one["has_javascript"]:
        found.append("Có mã thực thi, chỉ xem được bằng hình")
    if one["encrypted"]:
        found.append("Có mật khẩu hoặc khóa quyền")
    if one["readable"] is False:
        found.append("Không đọc được nội dung")
    if one["reused_from"]:
        found.append("Dùng lại từ hồ sơ trước")
    if one["conversion"] and not one["conversion"]["valid"]:
        found.append(one["conversion"]["why"])
    elif one["conversion"]:
        signers = ", ".join(str(name) for name in one["conversion"]["signers"])
        found.append(f"Chuyển đổi từ bản giấy, {signers} ký số")
    return found


def _asked_page(pages: int) -> int:
    asked = words("trang") or "1"
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 8 else 1
    return min(max(number, 1), max(pages, 1))


def _accesses(code: str, row: AttachmentRow) -> list[dict[str, Any]]:
    found = accesses_of(current_caller(), code, row.id, None, SHOWN_ACCESSES)["data"]
    return [one | {"words": ACCESS_WORDS[one["what"]] + (f" {one['page']}" if one["page"] else "")} for one in found]
