"""Attach (đính kèm): a paper of the dossier as a file, added by somebody whose agency has a part in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO

from sqlalchemy import Connection

from app.actions.runner import Context, Outcome, whole_second
from app.actions.work import Work
from app.errors import DomainError, invalid
from app.rules import permissions
from app.store import attachments, dossiers, tasks
from app.store.files import FileStore
from app.store.media_types import media_type_of
from app.wording import clean_line

LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Attach:
    """The bytes are already in the file store under `sha256`; `size` in bytes."""

    dossier: str
    sha256: str
    size: int
    name: str
    media_type: str

    def perform(self, connection: Connection, context: Context) -> Outcome:
        """The new attachment is `extra["attachment"]`, its id. Errors: DomainError not_found, forbidden, wrong_state."""
        caller = context.caller
        found = dossiers.find_dossier(connection, self.dossier)
        parts = tasks.agencies_with_part(connection, found.id) if found else set()
        if found is None or not permissions.sees_dossier(caller.permissions, caller.agency_ids, parts):
            raise DomainError("not_found", "Không có hồ sơ này, hoặc cơ quan của bạn không tham gia giải quyết.")
        if caller.agency_ids.isdisjoint(parts):
            raise DomainError("forbidden", "Chỉ cơ quan tham gia giải quyết mới thêm tệp vào hồ sơ.")
        dossier = dossiers.lock_dossier(connection, found.id)
        assert dossier is not None  # noqa: S101 - dossiers are never removed
        if not permissions.in_state("attach", dossier.status):
            raise DomainError("wrong_state", "Hồ sơ đã kết thúc nên không thêm tệp được nữa.")
        work = Work(connection, dossier, [], whole_second(context.now), caller, context.public_url)
        attachment_id = attachments.add_attachment(
            connection, dossier.id, self.sha256, self.name, self.size, self.media_type, caller.account_id, work.now
        )
        work.record("attached", None, {"attachment": attachment_id, "sha256": self.sha256, "name": self.name})
        work.finish()
        return Outcome(work, None, [], {"attachment": attachment_id})


def received(dossier: str, files: FileStore, stream: IO[bytes], given_name: str) -> Attach:
    """Keep the bytes and answer the command that adds them. Errors: DomainError invalid for an empty file."""
    stored = files.put(stream)
    if stored.size == 0:
        raise invalid({"file": ["Tệp rỗng."]})
    name = safe_name(given_name)
    return Attach(dossier, stored.sha256, stored.size, name, media_type_of(stored.head, name))


def safe_name(given: str) -> str:
    """A file name as people see it: one printable line without folders, its ending kept when it is cut."""
    name = clean_line(given.replace("\\", "/").rpartition("/")[2]).lstrip(". ")
    if len(name) > LONGEST_NAME:
        stem, dot, ending = name.rpartition(".")
        keep = LONGEST_NAME - len(dot + ending)
        name = stem[:keep] + dot + ending if stem and len(ending) <= 10 else name[:LONGEST_NAME]
    return name or "tep"
