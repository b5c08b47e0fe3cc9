"""Attach (đính kèm): a paper of the dossier as a file, added by somebody whose agency has a part in it, or with a message."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import IO, Any

from sqlalchemy import Connection

from app.actions.runner import Context, Outcome, whole_second
from app.actions.work import Work
from app.errors import DomainError, invalid
from app.rules import permissions
from app.store import attachments, dossiers, procedures, tasks
from app.store.dossiers import DossierRow
from app.store.files import FileStore, StoredFile
from app.store.media_types import media_type_of
from app.wording import clean_line

LONGEST_NAME = 200
PDF = "application/pdf"


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
    """Where an electronic paper comes from (HT-7.3)."""

    def perform(self, connection: Connection, context: Context) -> Outcome:
        """The new attachment is `extra["attachment"]`, its id. Errors: DomainError not_found, forbidden, wrong_state."""
        caller = context.caller
        found = dossiers.find_dossier(connection, self.dossier)
        parts = tasks.agencies_with_part(connection, found.id) if found else set()
        sends = caller.may("dossier.message")  # what another system sends comes with its papers
        if found is None or not (sends or permissions.sees_dossier(caller.permissions, caller.agency_ids, parts)):
            raise DomainError("not_found", "Không có hồ sơ này, hoặc cơ quan của bạn không tham gia giải quyết.")
        if caller.agency_ids.isdisjoint(parts) and not sends:
            raise DomainError("forbidden", "Chỉ cơ quan tham gia giải quyết mới thêm tệp vào hồ sơ.")
        dossier = dossiers.lock_dossier(connection, found.id)
        assert dossier is not None  # noqa: S101 - dossiers are never removed
        if not permissions.in_state("attach", dossier.status):
            raise DomainError("wrong_state", "Hồ sơ đã kết thúc nên không thêm tệp được nữa.")
        self._check(connection, dossier)
        work = Work(connection, dossier, [], whole_second(context.now), caller, context.public_url)
        attachment_id = attachments.add_attachment(
            connection,
            dossier.id,
            self.sha256,
            self.name,
            self.size,
            self.media_type,
            caller.account_id,
            work.now,
            kind=self.kind,
            component=self.component,
            origin=self.origin,
        )
        about = {
            "kind": None if self.kind == attachments.PAPER else self.kind,
            "component": self.component,
            "origin": self.origin,
        }
        told = {key: value for key, value in about.items() if value is not None}
        work.record("attached", None, {"attachment": attachment_id, "sha256": self.sha256, "name": self.name} | told)
        work.finish()
        return Outcome(work, None, [], {"attachment": attachment_id})

    def _check(self, connection: Connection, dossier: DossierRow) -> None:
        """Errors: DomainError invalid for a result that is no PDF, and for a paper that the procedure does not have."""
        if self.kind == attachments.RESULT and self.media_type != PDF:
            why = "Kết quả giải quyết phải là tệp PDF."
            raise DomainError("invalid", why, errors={"file": [why]}, extra={"rule": "ST-15.2"})
        if self.kind != attachments.PAPER and (self.component or self.origin):
            raise invalid({"kind": ["Kết quả không phải là thành phần hồ sơ, nên không ghi thành phần và nguồn."]})
        if self.component is None:
            return
        procedure = procedures.find_procedure(connection, dossier.procedure)
        if procedure is None or all(part["code"] != self.component for part in procedure.components):
            raise invalid({"component": [f"Thủ tục {dossier.procedure} không có thành phần “{self.component}”."]})


def received(dossier: str, files: FileStore, stream: IO[bytes], given_name: str, **about: Any) -> Attach:
    """Keep the bytes and answer the command that adds them; `about` is its kind, component and origin.

    Errors: DomainError invalid for an empty file.
    """
    stored = files.put(stream)
    if stored.size == 0:
        raise invalid({"file": ["Tệp rỗng."]})
    name = safe_name(given_name)
    return Attach(dossier, stored.sha256, stored.size, name, media_type_of(stored.head, name), **about)


def keep_bytes(files: FileStore, content: bytes) -> StoredFile:
    """Keep what this system made itself: a slip, a signed document."""
    return files.put(io.BytesIO(content))


def safe_name(given: str) -> str:
    """A file name as people see it: one printable line without folders, its ending kept when it is cut."""
    name = clean_line(given.replace("\\", "/").rpartition("/")[2]).lstrip(". ")
    if len(name) > LONGEST_NAME:
        stem, dot, ending = name.rpartition(".")
        keep = LONGEST_NAME - len(dot + ending)
        name = stem[:keep] + dot + ending if stem and len(ending) <= 10 else name[:LONGEST_NAME]
    return name or "tep"
