"""Who is told what: notices that a diagram sends, and news for the applicant (QT-16.4, QT-21).

A delivery and the job that sends it are made in the action's own transaction. Whom a diagram may name: `holder` (who has
the open tasks), `holder_head` (the heads of their units), `desk`, `desk_head`, `lead_head`, `applicant`.
"""

from __future__ import annotations

from collections.abc import Iterable

from app.actions.running import MAIN, Running
from app.actions.work import Work
from app.engine.instance import Notice
from app.store import accounts, deliveries, dossiers, organisation, queue

SEND_DELIVERY = "send_delivery"


def tell_applicant(work: Work, template: str) -> None:
    """Queue an e-mail to the applicant, if that is how he asked to be told."""
    contents = dossiers.contents(work.connection, work.dossier.id)
    address = contents.applicant.get("email")
    if address and "email" in contents.notify:
        _queue(work, template, address, {"applicant_name": contents.applicant_name})


def announce(work: Work) -> None:
    """Queue what the send tasks of the action's diagrams said, and write it into the history; before `work.finish()`."""
    for running in work.diagrams.loaded():
        _send_notices(work, running)


def _send_notices(work: Work, running: Running) -> None:
    for notice in running.engine.take_notices():
        told = sorted(set(_addresses(work, notice)))
        for address in told:
            _queue(work, notice.template, address, {"step_name": _step_names(work)})
        if "applicant" in notice.to:
            tell_applicant(work, notice.template)
        work.record("notice_sent", None, {"template": notice.template, "to": list(notice.to), "count": len(told)})


def _step_names(work: Work) -> str:
    return ", ".join(task.step_name for task in work.open_tasks() if task.instance_kind == MAIN)


def _addresses(work: Work, notice: Notice) -> Iterable[str]:
    connection, today, lead = work.connection, work.today, work.dossier.agency_id
    held = [task for task in work.open_tasks() if task.instance_kind == MAIN]
    units: list[int] = []
    positions: list[int] = []
    for name in notice.to:
        if name == "holder":
            assigned = [task.assignee_id for task in held if task.assignee_id is not None]
            yield from accounts.email_of(connection, assigned)
            positions.extend(task.position_id for task in held if task.assignee_id is None)
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


def _queue(work: Work, template: str, address: str, data: dict[str, str]) -> None:
    delivery_id = deliveries.add_delivery(work.connection, work.dossier.id, template, address, data, work.now)
    queue.defer(work.connection, SEND_DELIVERY, delivery_id=delivery_id)
