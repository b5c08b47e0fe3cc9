"""The log book of outages (TN-22.1d, HT-14.2): entered, written on, changed with before and after, ended, never removed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from app.actions.administering import check_version, differing, log
from app.actions.runner import Context, whole_second
from app.errors import DomainError, invalid
from app.store import log_book, outages
from app.store.log_book import EntryRow

WRITE: Final = ("outage.announce", "system.suspend")
SEE: Final = (*WRITE, "audit.view", "control.view")
KINDS: Final[Mapping[str, str]] = {
    "outage": "Gián đoạn, chậm",
    "security": "Mất an toàn thông tin",
    "data": "Sai, mất dữ liệu",
    "maintenance": "Bảo trì theo kế hoạch",
    "suspension": "Tạm dừng theo quyết định",
    "other": "Khác",
}
LEVELS: Final[Mapping[str, str]] = {
    "low": "Nhẹ",
    "medium": "Vừa",
    "high": "Nặng",
    "critical": "Nghiêm trọng",
}
NOTES: Final[Mapping[str, str]] = {"note": "Ghi chú", "measure": "Biện pháp đã làm", "reported": "Đã báo cáo"}
"""What somebody may write on an entry; changes and the end write themselves."""
AHEAD: Final = timedelta(minutes=5)
"""Clocks of two machines differ; more than that is a wrong date."""


@dataclass(frozen=True, slots=True)
class EnterOutage:
    """`ended_at`: already over. `cause`, `remedy` where they are known."""

    kind: str
    level: str
    title: str
    words: str
    began_at: datetime
    noticed_at: datetime | None = None
    ended_at: datetime | None = None
    affected: str | None = None
    cause: str | None = None
    remedy: str | None = None
    outage_id: int | None = None

    def enter(self, connection: Connection, context: Context) -> EntryRow:
        """Write it into the book. Errors: DomainError invalid."""
        noticed = self.noticed_at or max(self.began_at, min(context.now, self.ended_at or context.now))
        _check_times(self.began_at, noticed, self.ended_at, context.now)
        if self.outage_id is not None and outages.find_outage(connection, self.outage_id) is None:
            raise invalid({"outage_id": ["Không có thông báo sự cố này."]})
        entry_id = log_book.add_entry(
            connection,
            kind=self.kind,
            level=self.level,
            title=self.title,
            words=self.words,
            affected=self.affected or None,
            began_at=self.began_at,
            noticed_at=noticed,
            ended_at=self.ended_at,
            cause=self.cause or None,
            remedy=self.remedy or None,
            outage_id=self.outage_id,
            made_at=whole_second(context.now),
            made_by=context.caller.account_id,
        )
        log(connection, context, "log_book_entered", f"log_book:{entry_id}", None, {}, {"title": self.title})
        return found(connection, entry_id)


@dataclass(frozen=True, slots=True)
class NoteOutage:
    """`kind` is one of NOTES."""

    entry_id: int
    kind: str
    words: str

    def write(self, connection: Connection, context: Context) -> EntryRow:
        """Add a note; nobody can take it away again. Errors: DomainError not_found."""
        known(connection, self.entry_id)
        log_book.add_note(
            connection, self.entry_id, self.kind, whole_second(context.now), context.caller.account_id, self.words
        )
        return found(connection, self.entry_id)


@dataclass(frozen=True, slots=True)
class ChangeEntry:
    """The fields of an entry as they are to be; `version` as the form showed it."""

    entry_id: int
    version: int | None
    wanted: Mapping[str, Any]
    """Of kind, level, title, words, affected, began_at, noticed_at, ended_at, cause, remedy."""

    def change(self, connection: Connection, context: Context) -> EntryRow:
        """Say it otherwise; what stood there before stays in a note. Errors: DomainError not_found, stale_version, invalid."""
        entry = known(connection, self.entry_id)
        check_version(self.version, entry.version)
        wanted = {name: value if value != "" else None for name, value in self.wanted.items()}
        after = {name: value for name, value in wanted.items() if getattr(entry, name) != value}
        _check_times(
            wanted.get("began_at") or entry.began_at,
            wanted.get("noticed_at") or entry.noticed_at,
            wanted.get("ended_at", entry.ended_at),
            context.now,
        )
        if after:
            before = {name: getattr(entry, name) for name in after}
            old, new = differing(_texts(before), _texts(after))
            kind = "ended" if entry.ended_at is None and after.get("ended_at") is not None else "changed"
            log_book.change_entry(connection, entry.id, **after)
            log_book.add_note(
                connection,
                entry.id,
                kind,
                whole_second(context.now),
                context.caller.account_id,
                "",
                {"before": old, "after": new},
            )
            log(connection, context, "log_book_changed", f"log_book:{entry.id}", None, old, new)
        return found(connection, entry.id)


def known(connection: Connection, entry_id: int) -> EntryRow:
    """An entry, locked. Errors: DomainError not_found."""
    entry = log_book.find_entry(connection, entry_id, lock=True)
    if entry is None:
        raise DomainError("not_found", "Sổ sự cố không có dòng này.")
    return entry


def found(connection: Connection, entry_id: int) -> EntryRow:
    entry = log_book.find_entry(connection, entry_id)
    assert entry is not None  # noqa: S101 - it was written in this transaction
    return entry


def _texts(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat(timespec="seconds") if isinstance(value, datetime) else value
        for name, value in values.items()
    }


def _check_times(began: datetime, noticed: datetime, ended: datetime | None, now: datetime) -> None:
    wrong: dict[str, list[str]] = {}
    if began > now + AHEAD:
        wrong["began_at"] = ["Chưa đến lúc này; kế hoạch bảo trì lập ở trang Bảo trì."]
    if noticed < began or noticed > now + AHEAD:
        wrong["noticed_at"] = ["Phải từ lúc bắt đầu và không sau bây giờ."]
    if ended is not None and (ended < began or ended > now + AHEAD):
        wrong["ended_at"] = ["Phải sau lúc bắt đầu và không sau bây giờ."]
    if wrong:
        raise invalid(wrong)
