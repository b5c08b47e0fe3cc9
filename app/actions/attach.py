"""Attach (đính kèm): a paper of the dossier as a file, added by somebody whose agency has a part in it, or with a message."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import IO, Any

from sqlalchemy import Connection

from app.access.caller import Caller
from app.actions.look_at_signatures import look_later, signatures_at_once
from app.actions.quarantine import infected
from app.actions.runner import Context, Outcome, whole_second
from app.actions.taking_files import check_sort, limit_of, take, too_large
from app.actions.work import Work
from app.errors import DomainError, invalid
from app.rules import permissions
from app.runtime import runtime
from app.store import attachments, dossiers, file_facts, queue, tasks
from app.store.dossiers import DossierRow
from app.store.files import FileStore, StoredFile, StoreUnavailableError
from app.store.media_types import PDF
from app.store.procedure_changes import as_received
from app.store.transaction import reading

LOOK_AT_FILE = "look_at_file"
CONVERTED = "digitised"
"""The origin of a result that was made from paper."""


@dataclass(frozen=True, slots=True)
class Attach:
    """The bytes are already in the file store under `sha256`; `size` in bytes."""

    dossier: str
    sha256: str
    size: int
    name: str
    media_type: str
    kind: str = attachments.PAPER
    component: str | None = None
    """Code of the procedure's component that the file is."""
    origin: str | None = None
    """Where an electronic paper comes from (HT-7.3); a result that was converted from paper is `digitised` (HT-8.3b)."""
    sort: str | None = None
    """What sort of file it is (`app.store.media_types.SORTS`), to be allowed; None for what this system made itself."""
    waits: bool = False
    """It stays in quarantine until it was scanned."""
    clean: bool = False
    """It was scanned as it came in."""
    limit: int | None = None
    """Bytes that a file of this installation may have, to be held against the procedure's own limit."""
    reused_from: int | None = None
    """The attachment of an earlier dossier of the same applicant that this one is (TN-21.7)."""

    def perform(self, connection: Connection, context: Context) -> Outcome:
        """The new attachment is `extra["attachment"]`, its id. Errors: DomainError not_found, forbidden, wrong_state."""
        caller = context.caller
        dossier = dossier_to_add_to(connection, self.dossier, caller)
        if not permissions.in_state("attach", dossier.status):
            raise DomainError("wrong_state", "Hồ sơ đã kết thúc nên không thêm tệp được nữa.")
        work = Work(connection, dossier, [], whole_second(context.now), caller, context.public_url)
        attachment_id = self.add(work)
        work.finish()
        return Outcome(work, None, [], {"attachment": attachment_id})

    def add(self, work: Work) -> int:
        """Add it in the course of an action on its dossier; the attachment's id. Errors: DomainError invalid."""
        assert work.caller is not None  # noqa: S101 - a file is always somebody's
        self._check(work.connection, work.dossier)
        known = file_facts.find_file(work.connection, self.sha256)
        if known is not None and known.scan == file_facts.INFECTED:
            raise infected(self.name, known.scan_result)
        signatures = signatures_at_once(self.sha256, self.size, self.media_type, work.now)
        attachment_id = attachments.add_attachment(
            work.connection,
            work.dossier.id,
            self.sha256,
            self.name,
            self.size,
            self.media_type,
            work.caller.account_id,
            work.now,
            kind=self.kind,
            component=self.component,
            origin=self.origin,
            reused_from=self.reused_from,
            waits=self.waits,
            signatures=signatures,
        )
        if self.clean:
            file_facts.keep_scan(work.connection, self.sha256, file_facts.CLEAN, None, work.now)
        if signatures is None:
            look_later(work.connection, attachment_id)
        if known is None or known.looked_at is None:
            queue.defer(work.connection, LOOK_AT_FILE, sha256=self.sha256)
        about = {
            "kind": None if self.kind == attachments.PAPER else self.kind,
            "component": self.component,
            "origin": self.origin,
            "reused_from": self.reused_from,
        }
        told = {key: value for key, value in about.items() if value is not None}
        work.record("attached", None, {"attachment": attachment_id, "sha256": self.sha256, "name": self.name} | told)
        return attachment_id

    def _check(self, connection: Connection, dossier: DossierRow) -> None:
        """Errors: DomainError invalid for a result that is no PDF, and for a paper that the procedure does not have."""
        if self.kind == attachments.RESULT and self.media_type != PDF:
            why = "Kết quả giải quyết phải là tệp PDF."
            raise DomainError("invalid", why, errors={"file": [why]}, extra={"rule": "ST-15.2"})
        converted = self.kind == attachments.RESULT and self.origin == CONVERTED
        if self.kind != attachments.PAPER and (self.component or (self.origin and not converted)):
            why = "Chỉ giấy tờ của hồ sơ mới ghi thành phần và nguồn; với kết quả chỉ ghi được nguồn là số hóa từ bản giấy."
            raise invalid({"kind": [why]})
        if self.component is None and self.sort is None:
            return
        procedure = as_received(connection, dossier.procedure, dossier.received_at)
        assert procedure is not None  # noqa: S101 - the dossier's foreign key
        if self.component is not None and all(part["code"] != self.component for part in procedure.components):
            raise invalid({"component": [f"Thủ tục {dossier.procedure} không có thành phần “{self.component}”."]})
        if self.limit is not None and self.size > (most := limit_of(procedure.max_file_bytes, self.limit)):
            raise too_large(most)
        if self.sort is not None:
            check_sort(self.name, self.sort, procedure, self.component)


def dossier_to_add_to(connection: Connection, code: str, caller: Caller) -> DossierRow:
    """The dossier, locked, if the caller may add files to it. Errors: DomainError not_found, forbidden."""
    found = dossiers.find_dossier(connection, code)
    _check_may_add(connection, found.id if found else None, caller)
    dossier = dossiers.lock_dossier(connection, found.id) if found else None
    assert dossier is not None  # noqa: S101 - dossiers are never removed
    return dossier


def check_may_add(code: str, caller: Caller) -> None:
    """Asked before the bytes are kept, so that nobody fills the disk with files of dossiers that are not hers.

    Errors: as `dossier_to_add_to`.
    """
    with reading() as connection:
        found = dossiers.find_dossier(connection, code)
        _check_may_add(connection, found.id if found else None, caller)


def check_may_add_to_task(task_id: int, caller: Caller) -> None:
    """`check_may_add`, for the files that come with an action on a task. Errors: DomainError not_found, forbidden."""
    with reading() as connection:
        task = tasks.task_by_id(connection, task_id)
        _check_may_add(connection, task.dossier_id if task else None, caller)


def _check_may_add(connection: Connection, dossier_id: int | None, caller: Caller) -> None:
    parts = tasks.agencies_with_part(connection, dossier_id) if dossier_id is not None else set()
    sends = caller.may("dossier.message")  # what another system sends comes with its papers
    sees = sends or permissions.sees_dossier(caller.permissions, caller.agency_ids, parts)
    if dossier_id is None or not sees:
        raise DomainError("not_found", "Không có hồ sơ này, hoặc cơ quan của bạn không tham gia giải quyết.")
    if caller.agency_ids.isdisjoint(parts) and not sends:
        raise DomainError("forbidden", "Chỉ cơ quan tham gia giải quyết mới thêm tệp vào hồ sơ.")


def received(dossier: str, files: FileStore, stream: IO[bytes], given_name: str, **about: Any) -> Attach:
    """Keep the bytes of a seekable stream and answer the command that adds them; `about` is its kind, component and origin.

    Errors: DomainError invalid, too_large, unavailable.
    """
    settings = runtime().settings
    kind = about.get("kind", attachments.PAPER)
    taken = take(files, stream, given_name, kind, settings.max_file_bytes)
    stored, what = taken.stored, taken.what
    return Attach(
        dossier,
        stored.sha256,
        stored.size,
        taken.name,
        what.media_type,
        **about,
        sort=what.sort,
        waits=settings.clamav is not None,
        limit=settings.max_file_bytes,
    )


def keep_bytes(files: FileStore, content: bytes) -> StoredFile:
    """Keep what this system made itself: a slip, a signed document. Errors: DomainError unavailable."""
    try:
        return files.put(io.BytesIO(content))
    except StoreUnavailableError as error:
        raise DomainError("unavailable", "Kho tệp tạm thời không phục vụ được; hãy thử lại sau ít phút.") from error
