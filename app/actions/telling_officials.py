"""Telling officials: whoever has a step, its heads, the desk, the heads of the lead agency (QT-21).

Whom a diagram may name: `holder` (who has the procedure's open tasks), `holder_head` (the heads of their units), `performer`
(who has the open tasks of the diagram that sends it), `desk`, `desk_head`, `lead_head`. Of who is away, whoever stands in
for her is told too. How it reaches each of them, she says herself: see `app.actions.notify`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from app.actions.notify import News, notify
from app.actions.running import MAIN, Running
from app.actions.work import Work
from app.store import dossiers, organisation
from app.store.official_notices import Whom
from app.store.tasks import TaskRow


def tell_officials(work: Work, to: tuple[str, ...], template: str) -> None:
    """Tell those of whom a diagram may speak too, but not who does it herself; and write it into the history."""
    count = tell_named(work, to, template, {}, but=work.account_id)
    work.record("notice_sent", None, {"template": template, "to": list(to), "count": count})


def tell_named(
    work: Work,
    to: Iterable[str],
    template: str,
    said: Mapping[str, Any],
    running: Running | None = None,
    but: int | None = None,
) -> int:
    """Tell those whom `to` names; answers how many. `running`: the diagram that says it."""
    whom = whom_of(work, to, running)
    if not whom:
        return 0
    data = {"step_name": step_names(work), "applicant_name": applicant_name(work), **said}
    return notify(work.connection, whom, News(template, work.dossier.id, data, but=but), work.now)


def tell_holder(work: Work, task: TaskRow, template: str, said: Mapping[str, Any]) -> int:
    """Tell whoever has the task, else all who could take it; answers how many. Not who does it herself."""
    if task.assignee_id is not None:
        whom = Whom(accounts=(task.assignee_id,))
    else:
        whom = Whom(positions=(task.position_id,))
    return _tell(work, task, whom, template, said)


def tell_account(work: Work, task: TaskRow, account_id: int, template: str, said: Mapping[str, Any]) -> int:
    """Tell one official about a task."""
    return _tell(work, task, Whom(accounts=(account_id,)), template, said)


def _tell(work: Work, task: TaskRow, whom: Whom, template: str, said: Mapping[str, Any]) -> int:
    data = {"step_name": task.step_name, "applicant_name": applicant_name(work), **said}
    news = News(template, work.dossier.id, data, task_id=task.id, but=work.account_id)
    return notify(work.connection, whom, news, work.now)


def applicant_name(work: Work) -> str:
    return dossiers.applicant_name(work.connection, work.dossier.id)


def step_names(work: Work) -> str:
    return ", ".join(task.step_name for task in work.live_tasks() if task.instance_kind == MAIN)


def whom_of(work: Work, to: Iterable[str], running: Running | None = None) -> Whom:
    """Those whom a diagram names, as accounts, units and positions."""
    connection, lead = work.connection, work.dossier.agency_id
    held = [task for task in work.live_tasks() if task.instance_kind == MAIN]
    own = [task for task in work.open_tasks() if running is not None and task.instance_id == running.row.id]
    accounts: list[int] = []
    units: list[int] = []
    positions: list[int] = []
    for name in to:
        if name in ("holder", "performer"):
            waiting = held if name == "holder" else own
            accounts.extend(task.assignee_id for task in waiting if task.assignee_id is not None)
            positions.extend(task.position_id for task in waiting if task.assignee_id is None)
        elif name == "holder_head":
            positions.extend(organisation.heads_of(connection, [task.unit_id for task in held]))
        elif name == "lead_head":
            positions.extend(organisation.heads_of(connection, organisation.units_of(connection, lead, "leadership")))
        elif name == "desk_head":
            positions.extend(organisation.heads_of(connection, organisation.units_of(connection, lead, "desk")))
        elif name == "desk":
            units.extend(organisation.units_of(connection, lead, "desk"))
    return Whom(tuple(accounts), tuple(units), tuple(positions))
