"""Which actions people may do to many tasks at once on a page, and what such a form takes.

An action is for groups when one form can say what it cannot do without for all of them. What belongs to one dossier, such as
a file, or the one person who is to have the next step, is given on that dossier's own page; over the interface each action may
be a batch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.access.request import current_caller
from app.actions.open_task import NEEDS, Offer, look_at_task
from app.engine.instance import EngineIncident
from app.errors import DomainError
from app.runtime import asked_at
from app.views.chosen import ChosenTask
from app.web.task_forms import FIELDS

SHARED = ("decision", "account", "comment")
"""Fields that mean the same for every task of a group."""
NOT_WAITING = ("recall",)
"""Actions on tasks that no inbox lists."""
IN_BAR = ("forward", "claim", "handoff")
"""What is done most, with a button of its own."""
GROUPED: Mapping[str, tuple[str, ...]] = {
    name: () if name in ("claim", "release") else tuple(field for field in fields if field in SHARED)
    for name, fields in FIELDS.items()
    if name not in NOT_WAITING and set(NEEDS.get(name, ())) <= set(SHARED)
}
"""Action -> the fields of its form for groups."""
LOOKED_AT = 100
"""So many tasks are each looked at; of more, one of each kind speaks for its like, and each is judged when it is done."""


@dataclass(frozen=True, slots=True)
class Group:
    """What an action may do to the chosen tasks. `alone`: those that need something of their own."""

    action: str
    offers: Mapping[int, Offer]
    """Of the tasks that the person may see; none where the action has no meaning at the step, or the step cannot be read."""
    ready: tuple[int, ...]
    alone: tuple[int, ...]
    decisions: tuple[tuple[str, str], ...]
    """What all that are ready have to choose between."""

    @property
    def needs(self) -> set[str]:
        """Fields that the form must fill in."""
        return {need for task_id in self.ready for need in self.offers[task_id].needs}

    @property
    def colleagues(self) -> list[tuple[str, str]]:
        """To whom all that are ready may be given, user names and names."""
        each = [self.offers[task_id].accounts for task_id in self.ready]
        return [one for one in each[0] if all(one in others for others in each)] if each else []


def group_of(action: str, ids: Sequence[int], chosen: Mapping[int, ChosenTask]) -> Group:
    """Look at the chosen tasks, in the order of `ids`, for what `action` could do to them."""
    offers = _offers(action, [task_id for task_id in ids if task_id in chosen], chosen)
    possible = [task_id for task_id, offer in offers.items() if offer.allowed]
    wanted = {offers[task_id].decisions for task_id in possible}
    shared = wanted.pop() if len(wanted) == 1 else ()
    # Where steps ask for different decisions each must be opened: no decision is taken for somebody who did not see it.
    alone = [
        task_id
        for task_id in possible
        if (offers[task_id].decisions and not shared) or not set(offers[task_id].needs) <= set(GROUPED[action])
    ]
    ready = tuple(task_id for task_id in possible if task_id not in alone)
    return Group(action, offers, ready, tuple(alone), shared)


def _offers(action: str, ids: Sequence[int], chosen: Mapping[int, ChosenTask]) -> dict[int, Offer]:
    few = len(ids) <= LOOKED_AT
    seen: dict[object, Offer | None] = {}
    found: dict[int, Offer] = {}
    for task_id in ids:
        kind = task_id if few else _kind(chosen[task_id])
        if kind not in seen:
            seen[kind] = _look(action, task_id)
        if (offer := seen[kind]) is not None:
            found[task_id] = offer
    return found


def _kind(one: ChosenTask) -> object:
    """What tasks have in common whose offers are the same."""
    task, listed = one.listed.task, one.listed
    held = (task.state, task.position_id, task.assignee_id, task.finished_by)
    return (listed.procedure, task.instance_kind, task.step, held, listed.status, listed.result_at is None)


def _look(action: str, task_id: int) -> Offer | None:
    try:
        opened = look_at_task(task_id, current_caller(), asked_at())
    except (DomainError, EngineIncident):  # one dossier that cannot be opened is told as such, beside the others
        return None
    return next((offer for offer in opened.offers if offer.name == action), None)
