"""Tasks that somebody has chosen from lists, by their ids: as the lists show them, a thousand as quickly as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.access.caller import Caller
from app.store import inbox, tasks
from app.store.inbox import ListedTask
from app.store.transaction import reading
from app.views.inbox import listed_view


@dataclass(frozen=True, slots=True)
class ChosenTask:
    listed: ListedTask
    view: dict[str, Any]
    """As in an inbox."""


def chosen_tasks(caller: Caller, ids: Sequence[int], now: datetime) -> dict[int, ChosenTask]:
    """The tasks by id; those of dossiers that the caller may not see are left out, as what does not exist."""
    with reading() as connection:
        found = inbox.tasks_by_id(connection, ids)
        if not caller.may("control.view"):
            agencies = sorted(caller.agency_ids)
            mine = tasks.dossiers_with_part(connection, [one.task.dossier_id for one in found.values()], agencies)
            found = {task_id: one for task_id, one in found.items() if one.task.dossier_id in mine}
        return {task_id: ChosenTask(one, listed_view(connection, one, now)) for task_id, one in found.items()}
