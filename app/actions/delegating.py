"""Acting under a delegation: the one place that says under which of hers a caller does a task, and what that comes to.

A delegation never lets her hold a position: it covers single tasks, those within its limits that nobody has or that the
delegator has. They stay the delegator's or the position's until they are done, so nothing is left over when it ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from app.access.caller import Caller
from app.errors import DomainError
from app.rules.delegation import step_key
from app.store import delegated
from app.store.accounts import HeldDelegation, Person
from app.store.tasks import TaskRow

if TYPE_CHECKING:
    from app.actions.work import Work

RULE = "TN-25.2"


@dataclass(frozen=True, slots=True)
class Covered:
    """`under`: the delegation that lets the caller do a task; None with `why_not` where one of its position does not."""

    under: HeldDelegation | None = None
    why_not: str | None = None


NEITHER = Covered()


def covered(work: Work, task: TaskRow, caller: Caller) -> Covered:
    """Under which delegation the caller may do this task, where it is not hers anyway. Costs nothing without delegations.

    Looked up once an action, while the task stays with whom it is: an act that was judged as hers under a delegation must not
    lose it before it is written down, because another used up the day's number in between. `act_under` looks once more, alone.
    """
    if not caller.delegated or _own(task, caller):
        return NEITHER
    key = (task.id, _who_has(task))
    if key not in work.covered:
        work.covered[key] = _looked_up(work, task, caller)
    return work.covered[key]


def _looked_up(work: Work, task: TaskRow, caller: Caller) -> Covered:
    why_not = None
    for one in caller.delegations_of(task.position_id, _who_has(task)):
        found = one.limits.why_not(work.dossier.procedure_id, step_key(task.instance_kind, task.step))
        if found is None and _spent(work, one, task):
            found = f"chỉ cho xử lý {one.limits.daily_most} việc mỗi ngày, hôm nay đã đủ"
        if found is None:
            return Covered(one)
        why_not = why_not or f"Ủy quyền của {one.giver.name} ({one.decision}) {found}."
    return Covered(why_not=why_not)


def _own(task: TaskRow, caller: Caller) -> bool:
    has = _who_has(task)
    free = has is None and caller.holds(task.position_id)
    return free or has == caller.account_id or caller.stands_in_for(has)


def _who_has(task: TaskRow) -> int | None:
    """Nobody, once it is done: who did it has it no longer."""
    return task.assignee_id if task.finished_at is None else None


def _spent(work: Work, one: HeldDelegation, task: TaskRow) -> bool:
    if one.limits.daily_most is None:
        return False
    return one.limits.spent(delegated.tasks_worked(work.connection, one.id, _today(work), task.id))


def _today(work: Work) -> date:
    """The day on which it is entered: whoever enters an act late does not use up another day's number."""
    return work.caller.day if work.caller is not None else work.today


def act_under(work: Work, task: TaskRow, action: str, one: HeldDelegation) -> None:
    """Write down an act under it, once an action. Errors: DomainError not_a_candidate where it has ended meanwhile."""
    if work.under(task) is not None:
        return
    limited = one.limits.daily_most is not None
    if not delegated.still_counts(work.connection, one.id, _today(work), alone=limited) or _spent(work, one, task):
        raise DomainError(
            "not_a_candidate",
            f"Ủy quyền của {one.giver.name} ({one.decision}) đã kết thúc hoặc đã đủ số việc trong ngày.",
            extra={"rule": RULE},
        )
    delegated.add_act(work.connection, one.id, task.id, action, work.now, _today(work))
    work.acts_under(task, one)


def in_whose_name(work: Work, task: TaskRow) -> Person | None:
    """The delegator, where the caller acts for her; else the caller."""
    one = work.under(task)
    if one is not None:
        return one.giver
    caller = work.caller
    return Person(caller.account_id, caller.username, caller.name) if caller else None
