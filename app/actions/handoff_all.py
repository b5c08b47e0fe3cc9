"""Handing over everything (bàn giao toàn bộ): when somebody leaves, all her open steps go to another officer (QT-17.4).

Each step is a `reassign` of its own with its own answer, as in a batch. Sent again under the same key it answers the steps
that were done as they were done then, and goes on with those that are left.
"""

from __future__ import annotations

from app.actions.batch import MOST_ITEMS, Results, run_batch
from app.actions.checks import comment_of
from app.actions.runner import Answer, Context
from app.errors import DomainError, invalid
from app.rules.permissions import RIGHTS
from app.store import accounts, idempotency, tasks
from app.store.transaction import reading


def hand_over_all(username: str, to: str, reason: str | None, context: Context, answer: Answer) -> Results:
    """The open steps of `username` at the caller's agencies go to `to`, at most MOST_ITEMS at a time; see `run_batch`.

    Errors, with nothing done: DomainError forbidden, not_found, invalid, comment_required, key_reused.
    """
    caller, key = context.caller, context.key
    if not any(caller.may(name) for name in RIGHTS["reassign"].permissions):
        raise DomainError(
            "forbidden", "Tài khoản của bạn không được giao phân công công việc.", extra={"rule": "QT-17.4"}
        )
    text = comment_of(reason)
    if username == to:
        raise invalid({"to": ["Phải là người khác."]})
    agencies = sorted(caller.agency_ids)
    with reading() as connection:
        account_id = accounts.account_of_agencies(connection, username, agencies)
        if account_id is None:
            raise DomainError("not_found", "Cơ quan của bạn không có tài khoản này.")
        held = tasks.held_by(connection, account_id, agencies, MOST_ITEMS)
        begun = idempotency.items_under(connection, caller.account_id, key.key) if key else []
    ids = list(dict.fromkeys([*begun, *held]))[:MOST_ITEMS]
    return run_batch("reassign", ids, {"account": to, "reason": text}, context, answer) if ids else []
