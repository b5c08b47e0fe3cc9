"""Many dossiers approved and signed in one go: each in a transaction of its own, with its own answer (QT-17.2, QT-17.5).

It can be watched, and stopped between two of them, under its Idempotency-Key; a PIN that does not open the key is tried once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from app.actions.approve import Approve, approve
from app.actions.batch import Results, asked_to_stop, one_by_one
from app.actions.runner import Answer, Context, RequestKey
from app.errors import DomainError, invalid
from app.failures import failure_of
from app.store import accounts
from app.store.transaction import reading

MOST_ITEMS = 200


@dataclass(frozen=True, slots=True)
class Approved:
    """One of them: a task as it was seen, and its draft; None where nothing is to be signed."""

    task: int
    draft: int | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class With:
    """With what all are signed and what is said of all. `pin` is kept nowhere."""

    key: str | None = None
    comment: str | None = None
    pin: str | None = field(default=None, repr=False)


def approve_batch(items: Sequence[Approved], using: With, context: Context, answer: Answer) -> Results:
    """`{"id": task, "status": 200, **answer}`, or `{"id", "status", "problem"}`, in the order asked.

    Errors, with nothing done: DomainError invalid (none, too many, one twice), key_reused.
    """
    if not items:
        raise invalid({"items": ["Phải chọn ít nhất một hồ sơ."]})
    if len(items) > MOST_ITEMS:
        raise invalid({"items": [f"Mỗi lần chỉ duyệt được {MOST_ITEMS} hồ sơ."]})
    if len({item.task for item in items}) < len(items):
        raise invalid({"items": ["Có hồ sơ được chọn hai lần."]})

    def one(item: Approved) -> dict[str, Any]:
        command = Approve(item.task, item.draft, item.version, using.comment, using.key, using.pin)
        try:
            done = approve(command, own_context(context, str(item.task)), answer)
        except Exception as error:  # one dossier's trouble, whatever it is, is not the others'
            return refused(item, error)
        own = {"dossier_status" if name == "status" else name: value for name, value in done.items()}
        return own | {"id": item.task, "status": 200}

    def refused(item: Approved, error: Exception) -> dict[str, Any]:
        problem = failure_of(error).members()
        return {"id": item.task, "status": problem["status"], "problem": problem}

    return one_by_one(items, one, refused, context, told_every=1, halt=lambda results: halted(results, context))


def own_context(context: Context, name: str) -> Context:
    """The context of one item: under a key that no client can send, because theirs have no blanks."""
    held = context.key
    return context if held is None else replace(context, key=RequestKey(f"{held.key} {name}", held.request))


def halted(results: Results, context: Context) -> DomainError | None:
    """Why the rest is left alone: whoever started it said so or was locked out, or what she typed does not open the key."""
    if results and "pin" in (results[-1].get("problem") or {}).get("errors", {}):
        return DomainError(
            "invalid", "Chưa thực hiện vì mã PIN chưa đúng.", errors={"pin": ["Mã PIN không mở được khóa này."]}
        )
    if results and (results[-1].get("problem") or {}).get("code") == "too_many_requests":
        return DomainError("too_many_requests", "Chưa thực hiện vì phải chờ mới nhập lại được mã PIN.")
    if results and not _active(context):
        return DomainError("unauthenticated", "Chưa thực hiện vì tài khoản vừa bị khóa.")
    if results and asked_to_stop(context):
        return DomainError("wrong_state", "Chưa thực hiện vì bạn đã dừng giữa chừng.")
    return None


def _active(context: Context) -> bool:
    """Signing takes long: an account that is locked meanwhile signs no more."""
    with reading() as connection:
        return accounts.account_by_id(connection, context.caller.account_id, context.caller.day) is not None
