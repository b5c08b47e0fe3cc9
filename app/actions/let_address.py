"""An address from which too many sign-ins failed may try again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from app.actions.keyed import keyed
from app.actions.runner import Context
from app.errors import DomainError
from app.rules.administration import EVERYWHERE
from app.store import sign_in_attempts
from app.store.administration_changes import record_change


@dataclass(frozen=True, slots=True)
class LetAddress:
    address: str


def let_address(command: LetAddress, context: Context) -> None:
    """Errors: DomainError forbidden, settled, key_reused."""

    def make(connection: Connection) -> dict[str, Any]:
        if not context.caller.may(EVERYWHERE):
            raise DomainError("forbidden", "Chỉ quản trị viên của tỉnh bỏ tạm khóa một địa chỉ mạng.")
        if not sign_in_attempts.forget_address(connection, command.address):
            raise DomainError("settled", "Địa chỉ này không bị tạm khóa.")
        record_change(
            connection,
            at=context.now,
            account_id=context.caller.account_id,
            kind="let_in",
            subject=f"address:{command.address}",
            agency_id=None,
            before={},
            after={},
            address=context.address,
        )
        return {"address": command.address}

    keyed(context, make)
