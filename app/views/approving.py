"""What waits for somebody's approval: her steps with a draft result, and the draft's newest version beside each."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.access.caller import Caller
from app.actions.look_at_signatures import PDF
from app.actions.runner import Outcome
from app.actions.signing_keys import key_ring, keys_for
from app.runtime import runtime
from app.store import awaiting_approval, inbox, unsigned
from app.store.awaiting_approval import DraftRow
from app.store.inbox import Filters, ListedTask, Scope
from app.store.transaction import reading
from app.views.acting import outcome_view
from app.views.inbox import listed_view
from app.views.signing import key_view, told_signatures

MOST_TASKS = 400
"""Of the most urgent steps; what lies behind them comes up once these are done."""
MOST_LISTED = 200
"""As many as one batch takes."""
_STAGE = "resolve"


def awaiting(caller: Caller, now: datetime) -> list[dict[str, Any]]:
    """Tasks as in an inbox, each with `draft` `{id, name, signatures, told, signed, fit}`, `note` and `under`: the delegation.

    Hers by a position that heads a unit or sits in the leadership, by standing in for who holds one, or by a delegation.
    """
    leading = {held.id for held in caller.positions if held.head or held.unit_kind == "leadership"}
    with reading() as connection:
        found = [one for one in _tasks(connection, caller) if one.task.position_id in leading | _delegated(caller)]
        drafts = awaiting_approval.newest_drafts(connection, [one.task.dossier_id for one in found])
        shown = [one for one in found if one.task.dossier_id in drafts][:MOST_LISTED]
        ids = [drafts[one.task.dossier_id].id for one in shown]
        signed = unsigned.signed_by(connection, caller.account_id, ids)
        return [_view(connection, caller, one, drafts[one.task.dossier_id], signed, now) for one in shown]


def _delegated(caller: Caller) -> set[int]:
    return {one.position_id for one in caller.delegated}


def _tasks(connection: Connection, caller: Caller) -> list[ListedTask]:
    delegations = [one for one in caller.delegated if not caller.holds(one.position_id)]
    scope = Scope(
        account=caller.account_id,
        positions=tuple(held.id for held in caller.positions if held.head or held.unit_kind == "leadership"),
        absent=tuple(person.id for person in caller.absent),
        delegated=tuple(sorted({one.position_id for one in delegations})),
        delegations=tuple(one.id for one in delegations),
    )
    inboxes = ("mine", "position", "substituted", "delegated")
    return inbox.task_page(connection, inboxes, scope, Filters(stage=_STAGE), "due_at", None, MOST_TASKS)


def _view(
    connection: Connection, caller: Caller, one: ListedTask, draft: DraftRow, signed: set[int], now: datetime
) -> dict[str, Any]:
    task = one.task
    hers = caller.holds(task.position_id) or task.assignee_id == caller.account_id
    under = None if hers else next(iter(caller.delegations_of(task.position_id, task.assignee_id)), None)
    return listed_view(connection, one, now) | {
        "note": task.note,
        "draft": {
            "id": draft.id,
            "name": draft.name,
            "told": told_signatures(draft.signatures),
            "signed": draft.id in signed,
            "fit": draft.media_type == PDF and not draft.waits,
        },
        "under": {"name": under.giver.name, "decision": under.decision, "signs": under.signs} if under else None,
    }


def approving_keys(caller: Caller) -> list[dict[str, Any]]:
    """The server's keys that she may sign drafts with, those of delegations too; `ask_pin`: she has to type what opens it."""
    ring = key_ring(runtime().settings)
    found = {key.name: key for under in (None, *caller.delegated) for key in keys_for(caller, ring, under)}
    return [key_view(key) for key in found.values()]


def approved_view(outcome: Outcome) -> dict[str, Any]:
    """What approving one came to: as forwarding does, with the dossier's code and the signed file's id, or None."""
    return outcome_view(outcome) | {"code": outcome.work.dossier.code, "signed": outcome.extra["signed"]}
