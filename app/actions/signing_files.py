"""A signed version of a file: what may be signed, and how the signed one comes to stand beside the one that it is of.

The file that was signed stays as it is; the new one begins with its bytes, each of them (a changed file is refused).
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.actions.attach import LOOK_AT_FILE
from app.actions.look_at_signatures import PDF, trust_folder
from app.actions.on_dossier import work_on_dossier
from app.actions.quarantine import infected
from app.actions.runner import Context, Outcome
from app.actions.signed import is_signed
from app.actions.work import Work
from app.config import Settings
from app.errors import DomainError
from app.rules import permissions, status
from app.runtime import runtime
from app.signatures.validate import signatures_of
from app.store import attachments, dossiers, file_facts, queue, tasks
from app.store.attachments import AttachmentRow
from app.store.files import MissingFileError, StoreUnavailableError, file_store

MOST_BYTES = 32 * 1024 * 1024
"""Larger files are signed with a tool of one's own and uploaded."""
MOST_UPLOADED = 2 * MOST_BYTES
"""How large such a file may be when it comes back."""
MARK = " (đã ký)"
_LONGEST = 200
Signatures = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class ToSign:
    """A file that may be signed by who asks, and the agencies with a part in its dossier."""

    row: AttachmentRow
    parts: frozenset[int]


def to_sign(connection: Connection, context: Context, code: str, attachment_id: int) -> ToSign:
    """Checked without a lock, before what takes long. Errors: DomainError not_found, forbidden, wrong_state, invalid."""
    caller = context.caller
    found = dossiers.find_dossier(connection, code)
    parts = tasks.agencies_with_part(connection, found.id) if found else set()
    if found is None or not permissions.sees_dossier(caller.permissions, caller.agency_ids, parts):
        raise DomainError("not_found", "Không có hồ sơ này, hoặc cơ quan của bạn không tham gia giải quyết.")
    wanted = permissions.RIGHTS["sign"].permissions
    if caller.agency_ids.isdisjoint(parts) or not any(caller.may(name) for name in wanted):
        raise DomainError("forbidden", "Chỉ người của cơ quan tham gia giải quyết mới ký tệp của hồ sơ.")
    if not permissions.in_state("sign", found.status):
        name = status.status_of(found.status).name
        raise DomainError("wrong_state", f"Hồ sơ đang ở trạng thái “{name}” nên không ký được nữa.")
    row = attachments.find_attachment(connection, found.id, attachment_id)
    if row is None:
        raise DomainError("not_found", "Hồ sơ không có tệp này.")
    if row.media_type != PDF:
        raise DomainError(
            "invalid", f"Tệp “{row.name}” không phải là PDF nên không ký số được; hãy chuyển sang PDF trước."
        )
    if row.quarantined:
        raise DomainError("wrong_state", f"Tệp “{row.name}” đang chờ quét vi-rút hoặc bị cách ly nên chưa ký được.")
    return ToSign(row, frozenset(parts))


def content_of(row: AttachmentRow, most: int = MOST_BYTES) -> bytes:
    """Its bytes. Errors: DomainError too_large, unavailable."""
    if row.size > most:
        raise DomainError(
            "too_large",
            f"Tệp “{row.name}” lớn hơn {most // 1024 // 1024} MB; hãy ký bằng công cụ trên máy của bạn rồi tải bản đã ký lên.",
        )
    try:
        with file_store(runtime().settings).open(row.sha256) as file:
            return file.read()
    except (MissingFileError, StoreUnavailableError) as error:
        raise DomainError("unavailable", "Kho tệp tạm thời không phục vụ được; hãy thử lại sau ít phút.") from error


def checked_signed(settings: Settings, original: bytes, signed: bytes, now: datetime) -> Signatures:
    """The signatures of a signed version, one of them new, valid and over all of it. Errors: DomainError signing_failed."""
    if len(signed) <= len(original) or not signed.startswith(original):
        raise DomainError(
            "signing_failed",
            "Tệp đã ký không phải là tệp gốc cộng thêm chữ ký: nội dung đã bị thay đổi, hoặc đã ký trên một tệp khác."
            " Hãy tải đúng tệp gốc về, ký lên chính tệp đó rồi gửi lại.",
        )
    trust = trust_folder(settings)
    found = signatures_of(signed, trust, now)
    before = {one["field"] for one in signatures_of(original, trust, now)}
    new = [one for one in found if one["field"] not in before]
    if is_signed(new):
        return found
    if not new:
        raise DomainError("signing_failed", "Tệp gửi lên không có chữ ký số mới nào.")
    problems = " ".join(problem for one in new for problem in one["problems"])
    raise DomainError("signing_failed", f"Chữ ký số không dùng được: {problems}")


def add_signed(
    connection: Connection,
    context: Context,
    code: str,
    row: AttachmentRow,
    signed: bytes,
    details: dict[str, Any],
    *,
    foreign: bool = False,
) -> Outcome:
    """Put the signed version into the dossier: `extra["attachment"]`. Errors: DomainError, also where the file is gone.

    `foreign`: made elsewhere, so it is scanned like any file that comes in.
    """
    ready = ready_signed(row, signed, details, context.now, foreign=foreign)
    work = work_on_dossier(connection, context, "sign", code)
    attachment_id = put_signed(work, ready)
    work.finish()
    return Outcome(work, None, [], {"attachment": attachment_id})


@dataclass(frozen=True, slots=True)
class ReadySigned:
    """A signed version that was checked and lies in the store; `of` is the file that it is of."""

    of: AttachmentRow
    sha256: str
    size: int
    signatures: Signatures
    details: dict[str, Any]
    foreign: bool = False


def ready_signed(
    row: AttachmentRow, signed: bytes, details: dict[str, Any], now: datetime, *, foreign: bool = False
) -> ReadySigned:
    """Check it and put its bytes into the store, before anything is locked. Errors: DomainError signing_failed, unavailable."""
    settings = runtime().settings
    found = checked_signed(settings, content_of(row, MOST_UPLOADED), signed, now)
    try:
        stored = file_store(settings).put(io.BytesIO(signed))
    except StoreUnavailableError as error:
        raise DomainError("unavailable", "Kho tệp tạm thời không phục vụ được; hãy thử lại sau ít phút.") from error
    return ReadySigned(row, stored.sha256, stored.size, found, details, foreign)


def put_signed(work: Work, ready: ReadySigned) -> int:
    """The signed version as a file of the work's dossier; its id. Errors: DomainError not_found, quarantined."""
    assert work.caller is not None  # noqa: S101 - a signature is always somebody's act
    connection, row = work.connection, ready.of
    if attachments.find_attachment(connection, work.dossier.id, row.id) is None:
        raise DomainError("not_found", "Tệp này không còn trong hồ sơ.")
    known = file_facts.find_file(connection, ready.sha256)
    if known is not None and known.scan == file_facts.INFECTED:
        raise infected(row.name, known.scan_result)
    name = signed_name(row.name)
    attachment_id = attachments.add_attachment(
        connection,
        work.dossier.id,
        ready.sha256,
        name,
        ready.size,
        PDF,
        work.caller.account_id,
        work.now,
        kind=row.kind,
        component=row.component,
        origin=row.origin,
        signatures=ready.signatures,
        signed_from=row.id,
        waits=ready.foreign and runtime().settings.clamav is not None,
    )
    queue.defer(connection, LOOK_AT_FILE, sha256=ready.sha256)
    told = {
        "attachment": attachment_id,
        "of": row.id,
        "sha256": ready.sha256,
        "name": name,
        "signer": ready.signatures[-1]["signer"],
        **{name: value for name, value in ready.details.items() if value},
    }
    work.record("signed", None, told)
    return attachment_id


def signed_name(name: str) -> str:
    """What the signed version is called."""
    stem, dot, ending = name.rpartition(".")
    if not stem:
        stem, dot, ending = name, "", ""
    stem = stem.removesuffix(MARK)
    return stem[: _LONGEST - len(MARK + dot + ending)] + MARK + dot + ending
