"""A restored place is let go: somebody decides how, a worker carries it out before it does anything else.

Between the moment that the backup shows and the loss of the old system (`lost_at`) people were told things that the backup does
not know of. So what the backup still had to send, and what the timers of that time would send as they take effect now, is
called off: it stands in the list of messages, where each can still be sent by hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from sqlalchemy import Connection

from app.actions.fire_timer import fire
from app.actions.runner import Context
from app.errors import DomainError, invalid
from app.runtime import runtime
from app.store import backups, deliveries, dossiers, outages, timers
from app.store.administration_changes import record_change
from app.store.backups import RestoreRow
from app.store.transaction import joined, reading, take_turn, transaction

MANAGE: Final = "incident.manage"
NOTE = "Có thể đã gửi trước khi khôi phục từ bản sao lưu"
_AT_ONCE = 200
_AHEAD = timedelta(minutes=1)

log = structlog.get_logger(__name__)


def decide(
    connection: Connection,
    now: datetime,
    *,
    lost_at: datetime | None,
    resend: bool,
    account_id: int | None,
    address: str | None,
) -> None:
    """Write down that the place is let go, and how; logged. `lost_at`: by default when it was restored.

    Errors: DomainError wrong_state where nothing is held or it was decided already, invalid for an impossible `lost_at`.
    """
    restore = backups.standing_restore(connection, lock=True)
    if restore is None:
        raise DomainError("wrong_state", "Không có gì đang được giữ lại.")
    if restore.decided_at is not None:
        raise DomainError("wrong_state", "Đã có người cho chạy; tiến trình nền đang thực hiện.")
    until = lost_at or restore.restored_at
    if not restore.taken_at - _AHEAD <= until <= now + _AHEAD:
        raise invalid({"lost_at": ["phải từ lúc sao lưu đến bây giờ"]})
    backups.change_restore(connection, restore.id, decided_at=now, decided_by=account_id, lost_at=until, resend=resend)
    record_change(
        connection,
        at=now,
        account_id=account_id,
        kind="restore_released",
        subject=f"restore:{restore.backup}",
        agency_id=None,
        before={"taken_at": restore.taken_at.isoformat(), "restored_at": restore.restored_at.isoformat()},
        after={"lost_at": until.isoformat(), "resend": resend},
        address=address,
    )


@dataclass(frozen=True, slots=True)
class ReleaseRestored:
    """An administrator lets a restored place go; see `decide`."""

    lost_at: datetime | None = None
    resend: bool = False

    def make(self, connection: Connection, context: Context) -> dict[str, Any]:
        """Errors: those of `decide`."""
        decide(
            connection,
            context.now,
            lost_at=self.lost_at,
            resend=self.resend,
            account_id=context.caller.account_id,
            address=context.address,
        )
        return {"released": True}


def carry_out(now: datetime) -> bool:
    """Do what was decided, if it was; whether nothing is held (any more). Several workers may ask at once.

    Whatever is done before the last statement may be done again by another worker after a kill.
    """
    with reading() as connection:
        if backups.standing_restore(connection) is None:
            return True
    with transaction() as held:
        take_turn(held, "release of a restored place")
        restore = backups.standing_restore(held, lock=True)
        if restore is None:
            return True
        if restore.decided_at is None or restore.lost_at is None:
            return False
        called_off, fired = 0, 0
        if not restore.resend:
            fired, called_off = _fire_quietly(restore.lost_at)
            called_off += _call_off(held, restore, now)
        backups.change_restore(held, restore.id, released_at=now, called_off=called_off, fired=fired)
    log.warning("restore_released", backup=restore.backup, fired=fired, called_off=called_off)
    return True


def _fire_quietly(lost_at: datetime) -> tuple[int, int]:
    """Let the timers of the lost time take effect without what they would tell; how many, and how many messages.

    One that fails is left to the ticks, which count its attempts.
    """
    fired, called_off = 0, 0
    tried: set[int] = set()
    while True:
        with reading() as connection:
            due = [row for row in timers.due_timers(connection, lost_at, _AT_ONCE + len(tried)) if row[0] not in tried]
        if not due:
            return fired, called_off
        for timer_id, dossier_id in due:
            tried.add(timer_id)
            try:
                done, quiet = _fire_one(timer_id, dossier_id)
            except Exception:
                log.exception("timer_left_to_the_ticks", timer=timer_id, dossier=dossier_id)
                continue
            fired += done
            called_off += quiet


def _fire_one(timer_id: int, dossier_id: int) -> tuple[int, int]:
    """In one transaction with calling off what it would send: the dossier's lock keeps others from adding to it."""
    with joined() as connection:
        dossiers.lock_dossier(connection, dossier_id)
        before = deliveries.newest_delivery(connection, dossier_id)
        done = fire(timer_id, dossier_id, runtime().now())
        quiet = deliveries.call_off(connection, NOTE, dossier_id=dossier_id, after=before)
    return int(done), quiet


def _call_off(connection: Connection, restore: RestoreRow, now: datetime) -> int:
    """What the backup still had to send; and outages announced before it are not told again."""
    outages.count_as_told(connection, restore.restored_at, now)
    return deliveries.call_off(connection, NOTE, through=restore.last_delivery)
