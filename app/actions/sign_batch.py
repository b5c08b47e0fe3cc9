"""Many files signed at once by a leader: each an action of its own, in a transaction of its own, with its own answer (QT-17.2).

Under an Idempotency-Key each file has a key derived from it, so that a batch which broke off, sent again, signs nothing twice;
it can be watched and stopped like every batch (`app.actions.batch`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.actions.approve_batch import With, halted, own_context
from app.actions.batch import Results, one_by_one
from app.actions.runner import Answer, Context, run
from app.actions.sign import Sign
from app.errors import invalid
from app.failures import failure_of

MOST_ITEMS = 200
Item = tuple[str, int]
"""A dossier's code and the id of one of its attachments."""


def sign_batch(items: Sequence[Item], using: With, context: Context, answer: Answer) -> Results:
    """`{"dossier", "attachment", "status": 200, "signed": answer}`, or `{…, "status", "problem"}`, in the order asked; the
    comment is the reason of each signature.

    Errors, with nothing done: DomainError invalid (none, too many, one twice), key_reused.
    """
    if not items:
        raise invalid({"items": ["Phải chọn ít nhất một tệp."]})
    if len(items) > MOST_ITEMS:
        raise invalid({"items": [f"Mỗi lần chỉ ký được {MOST_ITEMS} tệp."]})
    if len(set(items)) < len(items):
        raise invalid({"items": ["Có tệp được chọn hai lần."]})

    def one(item: Item) -> dict[str, Any]:
        dossier, attachment_id = item
        command = Sign(dossier, attachment_id, using.key, using.comment or "", pin=using.pin)
        try:
            signed = run(command, own_context(context, f"{dossier} {attachment_id}"), answer)
        except Exception as error:  # one file's trouble, whatever it is, is not the others'
            return refused(item, error)
        return _of(item) | {"status": 200, "signed": signed}

    def refused(item: Item, error: Exception) -> dict[str, Any]:
        problem = failure_of(error).members()
        return _of(item) | {"status": problem["status"], "problem": problem}

    return one_by_one(items, one, refused, context, told_every=1, halt=lambda results: halted(results, context))


def _of(item: Item) -> dict[str, Any]:
    return {"dossier": item[0], "attachment": item[1]}
