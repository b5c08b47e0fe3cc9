"""Sign (ký số): a PDF of the dossier, with a key of the server's, or as signed elsewhere and brought back.

QT-15.4 (by each officer's authority, directly in the system), QT-17.2 (results), LA-10.1 (what it is worth).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import Connection

from app.actions.runner import Context, Outcome
from app.actions.signing_files import add_signed, content_of, to_sign
from app.actions.signing_here import signed_here
from app.actions.signing_keys import chosen_key, key_ring, opened_with
from app.errors import invalid
from app.runtime import runtime


@dataclass(frozen=True, slots=True)
class Sign:
    """With a key of the server's: `key` by name, None for the first of the caller's. `page` counts from 1, `box` is (left,
    bottom, right, top) in points; None is a free place at the end."""

    dossier: str
    attachment_id: int
    key: str | None = None
    reason: str = ""
    page: int | None = None
    box: tuple[int, int, int, int] | None = None
    pin: str | None = field(default=None, repr=False)
    """What opens the key, where it is asked for; kept nowhere."""

    def perform(self, connection: Connection, context: Context) -> Outcome:
        """The signed version is `extra["attachment"]`. Errors: DomainError, signing_failed among them."""
        settings = runtime().settings
        found = to_sign(connection, context, self.dossier, self.attachment_id)
        key = opened_with(chosen_key(context.caller, key_ring(settings), self.key, found.parts), self.pin)
        # Before the dossier is locked: a service far away may take its time.
        signed = signed_here(
            content_of(found.row),
            key,
            settings,
            context.now,
            who=context.caller.username,
            reason=self.reason,
            page=self.page,
            box=self.box,
        )
        details = {"key": key.name, "comment": self.reason, "agency": key.agency}
        return add_signed(connection, context, self.dossier, found.row, signed, details)


@dataclass(frozen=True, slots=True)
class UploadSigned:
    """What somebody signed with a tool of her own: the file's bytes and an increment with a valid signature."""

    dossier: str
    attachment_id: int
    content: bytes = field(repr=False)
    reason: str = ""

    def perform(self, connection: Connection, context: Context) -> Outcome:
        """The signed version is `extra["attachment"]`. Errors: DomainError, signing_failed among them."""
        if not self.content:
            raise invalid({"file": ["Tệp rỗng."]})
        found = to_sign(connection, context, self.dossier, self.attachment_id)
        details = {"comment": self.reason}
        return add_signed(connection, context, self.dossier, found.row, self.content, details, foreign=True)
