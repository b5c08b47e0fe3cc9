"""Many files signed at once by a leader: each an action of its own, in a transaction of its own, with its own answer (QT-17.2).

Under an Idempotency-Key each file has a key derived from it, so that a batch which broke off, sent again, signs nothing twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from app.actions.runner import Answer, Context, RequestKey, run
from app.actions.sign import Sign
from app.errors import invalid
from app.failures import failure_of

MOST_ITEMS = 200
Item = tuple[str, int]
"""A dossier's code and the id of one of its attachments."""


def sign_batch(
    items: Sequence[Item], key: str | None, reason: str, context: Context, answer: Answer
) -> list[dict[str, Any]]:
    """`{"dossier", "attachment", "status": 200, "signed": answer}`, or `{…, "status", "problem"}`, in the order asked.

    Errors, with nothing done: DomainError invalid (none, too many, one twice).
    """
    if not items:
        raise invalid({"items": ["Phải chọn ít nhất một tệp."]})
    if len(items) > MOST_ITEMS:
        raise invalid({"items": [f"Mỗi lần chỉ ký được {MOST_ITEMS} tệp."]})
    if len(set(items)) < len(items):
        raise invalid({"items": ["Có tệp được chọn hai lần."]})
    return [_one(item, key, reason, context, answer) for item in items]


def _one(item: Item, key: str | None, reason: str, context: Context, answer: Answer) -> dict[str, Any]:
    dossier, attachment_id = item
    told: dict[str, Any] = {"dossier": dossier, "attachment": attachment_id}
    held = context.key
    if held is not None:
        # No client can send this key: theirs have no blanks.
        context = replace(context, key=RequestKey(f"{held.key} {dossier} {attachment_id}", held.request))
    try:
        signed = run(Sign(dossier, attachment_id, key, reason), context, answer)
    except Exception as error:  # one file's trouble, whatever it is, is not the others'
        problem = failure_of(error).members()
        return told | {"status": problem["status"], "problem": problem}
    return told | {"status": 200, "signed": signed}
