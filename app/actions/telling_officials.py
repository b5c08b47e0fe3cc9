"""Telling officials: whoever has a step, its heads, the desk, the heads of the lead agency (QT-21).

Whom a diagram may name: `holder` (who has the procedure's open tasks), `holder_head` (the heads of their units), `performer`
(who has the open tasks of the diagram that sends it), `desk`, `desk_head`, `lead_head`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from app.actions.queueing import queue_delivery
from app.actions.running import MAIN, Running
from app.actions.work import Work
from app.store import accounts, dossiers, organisation
from app.store.tasks import TaskRow


def tell_officials(work: Work, to: tuple[str, ...], template: str) -> None:
    """Queue e-mails to those of whom a diagram may speak too, and write it into the history."""
    told = sorted(set(addresses_of(work, to)))
    for address in told:
        queue_delivery(work, template, address, {"step_name": step_names(work)})
    work.record("notice_sent", None, {"template": template, "to": list(to), "count": len(told)})


def tell_holder(work: Work, task: TaskRow, template: str, said: Mapping[str, Any]) -> int:
    """Queue an e-mail to whoever has the task, else to all who could take it; answers how many."""
    if task.assignee_id is not None:
        told = accounts.email_of(work.connection, [task.assignee_id], work.today)
    else:
        told = accounts.addresses(work.connection, work.today, units=[], positions=[task.position_id])
    data = {"step_name": task.step_name, "applicant_name": applicant_name(work), **said}
    for address in sorted(set(told)):
        queue_delivery(work, template, address, data)
    return len(set(told))


def applicant_name(work: Work) -> str:
    return str(dossiers.contents(work.connection, work.dossier.id).applicant_name)


def step_names(work: Work) -> str:
    return ", ".join(task.step_name for task in work.live_tasks() if task.instance_kind == MAIN)


def addresses_of(work: Work, to: Iterable[str], running: Running | None = None) -> Iterable[str]:
    connection, today, lead = work.connection, work.today, work.dossier.agency_id
    held = [task for task in work.live_tasks() if task.instance_kind == MAIN]
    own = [task for task in work.open_tasks() if running is not None and task.instance_id == running.row.id]
    units: list[int] = []
    positions: list[int] = []
    for name in to:
        if name in ("holder", "performer"):
            waiting = held if name == "holder" else own
            assigned = [task.assignee_id for task in waiting if task.assignee_id is not None]
            yield from accounts.email_of(connection, assigned, today)
            positions.extend(task.position_id for task in waiting if task.assignee_id is None)
        elif name == "holder_head":
            positions.extend(organisation.heads_of(connection, [task.unit_id for task in held]))
        elif name == "lead_head":
            positions.extend(organisation.heads_of(connection, organisation.units_of(connection, lead, "leadership")))
        elif name == "desk_head":
            positions.extend(organisation.heads_of(connection, organisation.units_of(connection, lead, "desk")))
        elif name == "desk":
            units.extend(organisation.units_of(connection, lead, "desk"))
    if units or positions:
        yield from accounts.addresses(connection, today, units=units, positions=positions)
