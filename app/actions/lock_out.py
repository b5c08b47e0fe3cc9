"""Somebody's name was tried with wrong passwords until it was locked out: its owner is told (QT-28.5b)."""

from __future__ import annotations

from datetime import datetime

from app.actions.tell_owner import Owner, tell_owner
from app.messages.account_letters import LOCKED_OUT
from app.rules.sign_in_limits import LOCKED_OUT_AFTER, LOCKED_OUT_FOR
from app.store import organisation, sessions
from app.store.administration_changes import record_change
from app.store.transaction import transaction


def tell_of_lock_out(account_id: int, address: str, at: datetime) -> None:
    """Nothing for a name that nobody has."""
    with transaction() as connection:
        holder = sessions.holder_by_id(connection, account_id)
        if holder is None or not holder.active:
            return
        agency = organisation.agency_by_id(connection, holder.agency_id)
        until = at + LOCKED_OUT_FOR
        data = {
            "username": holder.username,
            "name": holder.name,
            "agency": agency.name,
            "failures": LOCKED_OUT_AFTER,
            "address": address,
            "until": until.isoformat(),
        }
        said = f"Nhập sai {LOCKED_OUT_AFTER} lần liên tiếp từ {address}; đăng nhập tạm khóa."
        tell_owner(connection, Owner(holder.id, holder.email, True), LOCKED_OUT, data, at, said)
        record_change(
            connection,
            at=at,
            account_id=None,
            kind="sign_in_locked_out",
            subject=f"account:{holder.username}",
            agency_id=holder.agency_id,
            before={},
            after={"failures": LOCKED_OUT_AFTER, "blocked_until": until.isoformat()},
            address=address,
        )
