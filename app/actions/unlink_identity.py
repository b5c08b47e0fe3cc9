"""An account is no longer linked to whom the identity provider knows: the next sign-in there links it anew, by the claim."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from app.actions.end_sessions import MANAGE, account_seen
from app.actions.keyed import keyed
from app.actions.runner import Context
from app.errors import DomainError
from app.store import identities
from app.store.administration_changes import record_change


def unlink_identity(username: str, context: Context) -> int:
    """By an administrator; answers how many links there were. Errors: DomainError not_found, forbidden, settled, key_reused."""

    def unlink(connection: Connection) -> dict[str, Any]:
        holder = account_seen(connection, username, context.caller, MANAGE, lock=True)
        if holder.id == context.caller.account_id:
            raise DomainError("forbidden", "Không tự bỏ liên kết của mình; hãy nhờ quản trị viên khác.")
        before = [one.claim for one in identities.of_account(connection, holder.id)]
        ended = identities.unlink(connection, holder.id)
        if not ended:
            raise DomainError("settled", "Tài khoản này không có liên kết nào.")
        record_change(
            connection,
            at=context.now,
            account_id=context.caller.account_id,
            kind="identity_unlinked",
            subject=f"account:{holder.username}",
            agency_id=holder.agency_id,
            before={"claim": before[0]},
            after={"links_ended": ended},
            address=context.address,
        )
        return {"ended": ended}

    return int(keyed(context, unlink)["ended"])
