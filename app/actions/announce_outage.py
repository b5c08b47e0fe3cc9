"""Outages (sự cố hệ thống): announced on every page at once, to applicants who wait and to heads by messages (TN-22.1a)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from app.access.caller import Caller
from app.actions.administering import log
from app.actions.runner import Context
from app.errors import DomainError, invalid
from app.store import outages, queue
from app.store.outages import AUDIENCE, OutageRow

TELL_OF_OUTAGE: Final = "tell_of_outage"
TOLD: Final = frozenset({"applicants", "heads"})
"""Those of the audience who get messages; the others see a banner."""


@dataclass(frozen=True, slots=True)
class AnnounceOutage:
    """`ends_at`: when it is expected to be over, or None. `audience`: who is told, of `AUDIENCE`."""

    title: str
    text: str
    starts_at: datetime
    ends_at: datetime | None
    audience: Sequence[str]

    def announce(self, connection: Connection, caller: Caller, now: datetime) -> OutageRow:
        """Keep it and have everybody told. Errors: DomainError invalid."""
        if self.ends_at is not None and self.ends_at <= self.starts_at:
            raise invalid({"ends_at": ["Phải sau lúc bắt đầu."]})
        if not self.audience:
            raise invalid({"audience": ["Chọn ít nhất một nhóm người nhận."]})
        audience = [name for name in AUDIENCE if name in self.audience]
        outage_id = outages.add_outage(
            connection, self.title, self.text, self.starts_at, self.ends_at, audience, caller.account_id, now
        )
        if TOLD & set(audience):
            queue.defer(connection, TELL_OF_OUTAGE, outage_id=outage_id, ended=False)
        else:
            outages.change_outage(connection, outage_id, told_at=now)
        return _found(connection, outage_id)


@dataclass(frozen=True, slots=True)
class ChangeOutage:
    """What the pages say of one that is not over; who had a message of it gets no second one."""

    outage_id: int
    title: str
    text: str
    starts_at: datetime
    ends_at: datetime | None

    def change(self, connection: Connection, context: Context) -> OutageRow:
        """Say it otherwise from now on. Errors: DomainError not_found, settled, invalid."""
        outage = _running(connection, self.outage_id)
        if self.ends_at is not None and self.ends_at <= self.starts_at:
            raise invalid({"ends_at": ["Phải sau lúc bắt đầu."]})
        wanted = {"title": self.title, "text": self.text, "starts_at": self.starts_at, "ends_at": self.ends_at}
        changed = {name: value for name, value in wanted.items() if getattr(outage, name) != value}
        if changed:
            outages.change_outage(connection, outage.id, **changed)
            before = {name: getattr(outage, name) for name in changed}
            log(connection, context, "outage_changed", f"outage:{outage.id}", None, before, changed)
        return _found(connection, outage.id)


@dataclass(frozen=True, slots=True)
class EndOutage:
    """`text`: what is said of its end besides, may be empty."""

    outage_id: int
    text: str

    def end(self, connection: Connection, caller: Caller, now: datetime) -> OutageRow:
        """It is over: whoever was told of it is told that too. Errors: DomainError not_found, settled."""
        outage = _running(connection, self.outage_id)
        outages.change_outage(
            connection, outage.id, ended_at=now, ended_by=caller.account_id, end_text=self.text.strip() or None
        )
        if TOLD & set(outage.audience):
            queue.defer(connection, TELL_OF_OUTAGE, outage_id=outage.id, ended=True)
        else:
            outages.change_outage(connection, outage.id, end_told_at=now)
        return _found(connection, outage.id)


def _running(connection: Connection, outage_id: int) -> OutageRow:
    """One that is not over, locked. Errors: DomainError not_found, settled."""
    outage = outages.find_outage(connection, outage_id, lock=True)
    if outage is None:
        raise DomainError("not_found", "Không có thông báo sự cố này.")
    if outage.ended_at is not None:
        raise DomainError("settled", "Sự cố này đã được báo kết thúc.")
    return outage


def _found(connection: Connection, outage_id: int) -> OutageRow:
    found = outages.find_outage(connection, outage_id)
    assert found is not None  # noqa: S101 - it was written in this transaction
    return found
