"""Maintenance (LA-4.3) and suspension of the system by its chairman (HT-14.2): planned, begun, ended, each in the log book.

Nothing of it ends by itself: an upgrade that takes longer than was said must not be opened in its middle.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from app.actions.runner import whole_second
from app.errors import DomainError, invalid
from app.store import log_book, maintenance
from app.store.administration_changes import record_change
from app.store.maintenance import MaintenanceRow
from app.store.transaction import take_turn

MANAGE: Final = ("system.suspend",)
KINDS: Final[Mapping[str, str]] = {"maintenance": "Bảo trì", "suspension": "Tạm dừng hệ thống"}
MODES: Final[Mapping[str, str]] = {
    "read_only": "Chỉ xem: đọc được, không nhận thay đổi",
    "closed": "Đóng: chỉ còn trang thông báo",
}


@dataclass(frozen=True, slots=True)
class Hand:
    """Who does it: an account, or None for the server's command line; and from which address."""

    account_id: int | None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class BeginMaintenance:
    """`starts_at` may lie ahead: it is announced until then. `ends_at` is what people are told, not when it ends."""

    kind: str
    mode: str
    words: str
    starts_at: datetime
    ends_at: datetime | None
    basis: str | None = None

    def plan(self, connection: Connection, hand: Hand, now: datetime) -> MaintenanceRow:
        """Errors: DomainError invalid, duplicate."""
        if not self.words.strip():
            raise invalid({"words": ["Hãy ghi lời báo cho cán bộ và người dân."]})
        starts_at = max(self.starts_at, now)
        if self.ends_at is not None and self.ends_at <= starts_at:
            raise invalid({"ends_at": ["Phải sau lúc bắt đầu và sau bây giờ."]})
        if self.kind == "suspension" and not self.basis:
            raise invalid({"basis": ["Tạm dừng phải có quyết định của Chủ tịch: số, ngày, người ký."]})
        take_turn(connection, "maintenance")
        if maintenance.open_maintenance(connection) is not None:
            raise DomainError("duplicate", "Đang có một lần bảo trì chưa kết thúc; hãy kết thúc lần đó trước.")
        at = whole_second(now)
        row_id = maintenance.add_maintenance(
            connection,
            kind=self.kind,
            mode=self.mode,
            words=self.words,
            basis=self.basis or None,
            starts_at=starts_at,
            ends_at=self.ends_at,
            made_at=at,
            made_by=hand.account_id,
        )
        after = {"kind": self.kind, "mode": self.mode, "starts_at": _text(starts_at), "ends_at": _text(self.ends_at)}
        _record(connection, hand, at, "maintenance_begun", row_id, after | {"basis": self.basis, "words": self.words})
        return _open(connection)


@dataclass(frozen=True, slots=True)
class EndMaintenance:
    """`words`: what was done, for the log book; may be empty."""

    words: str = ""

    def end(self, connection: Connection, hand: Hand, now: datetime) -> MaintenanceRow:
        """It is over, or called off before it began. Errors: DomainError settled."""
        take_turn(connection, "maintenance")
        row = maintenance.open_maintenance(connection)
        if row is None:
            raise DomainError("settled", "Không có lần bảo trì nào đang diễn ra hoặc đã hẹn.")
        at = whole_second(now)
        entry_id = self._enter(connection, row, hand, at) if row.holds(now) else None
        maintenance.change_maintenance(connection, row.id, ended_at=now, ended_by=hand.account_id, entry_id=entry_id)
        _record(connection, hand, at, "maintenance_ended", row.id, {"words": self.words, "began": row.holds(now)})
        return next(one for one in maintenance.past_maintenance(connection, 5) if one.id == row.id)

    def _enter(self, connection: Connection, row: MaintenanceRow, hand: Hand, at: datetime) -> int:
        """Its line in the log book."""
        words = "\n".join(part for part in (row.words, row.basis and f"Căn cứ: {row.basis}", MODES[row.mode]) if part)
        return log_book.add_entry(
            connection,
            kind=row.kind,
            level="low" if row.kind == "maintenance" else "high",
            title=f"{KINDS[row.kind]}: {row.words.splitlines()[0][:150]}",
            words=words,
            affected=None,
            began_at=row.starts_at,
            noticed_at=row.starts_at,
            ended_at=max(at, row.starts_at),
            cause=None,
            remedy=self.words or None,
            outage_id=None,
            made_at=at,
            made_by=hand.account_id,
        )


def _open(connection: Connection) -> MaintenanceRow:
    row = maintenance.open_maintenance(connection)
    assert row is not None  # noqa: S101 - it was written in this transaction
    return row


def _text(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None


def _record(
    connection: Connection, hand: Hand, at: datetime, kind: str, row_id: int, after: Mapping[str, object]
) -> None:
    record_change(
        connection,
        at=at,
        account_id=hand.account_id,
        kind=kind,
        subject=f"maintenance:{row_id}",
        agency_id=None,
        before={},
        after=after,
        address=hand.address,
    )
