"""Who is told what: notices that a diagram sends, and news for the applicant (QT-16.4, QT-21).

A delivery and the job that sends it are made in the action's own transaction. Whom a diagram may name: `holder` (who has
the procedure's open tasks), `holder_head` (the heads of their units), `performer` (who has the open tasks of the diagram that
sends it), `desk`, `desk_head`, `lead_head`, `applicant`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from app.actions.running import MAIN, Running
from app.actions.work import Work
from app.rules.side import SIDE
from app.store import accounts, deliveries, dossiers, organisation, queue
from app.store.tasks import TaskRow

SEND_DELIVERY = "send_delivery"
_SAID = ("reason", "limit_at", "amount", "visit_at", "place", "participants")
"""What of a request its notices may speak of."""


def tell_applicant(work: Work, template: str, reason: str = "", *, anyway: bool = False) -> None:
    """Queue an e-mail to the applicant, if that is how he asked to be told; `anyway` wherever he has an address."""
    _tell_applicant(work, template, {"reason": reason} if reason else {}, anyway=anyway)


def _tell_applicant(work: Work, template: str, said: Mapping[str, Any], *, anyway: bool = False) -> None:
    contents = dossiers.contents(work.connection, work.dossier.id)
    address = contents.applicant.get("email")
    if address and (anyway or "email" in contents.notify):
        _queue(work, template, address, {"applicant_name": contents.applicant_name, **said})


def tell_officials(work: Work, to: tuple[str, ...], template: str) -> None:
    """Queue e-mails to those of whom a diagram may speak too, and write it into the history."""
    told = sorted(set(_addresses(work, to)))
    for address in told:
        _queue(work, template, address, {"step_name": _step_names(work)})
    work.record("notice_sent", None, {"template": template, "to": list(to), "count": len(told)})


def tell_holder(work: Work, task: TaskRow, template: str, said: Mapping[str, Any]) -> int:
    """Queue an e-mail to whoever has the task, else to all who could take it; answers how many."""
    if task.assignee_id is not None:
        told = accounts.email_of(work.connection, [task.assignee_id], work.today)
    else:
        told = accounts.addresses(work.connection, work.today, units=[], positions=[task.position_id])
    data = {"step_name": task.step_name, "applicant_name": _applicant(work), **said}
    for address in sorted(set(told)):
        _queue(work, template, address, data)
    return len(set(told))


def announce(work: Work) -> None:
    """Queue what the send tasks of the action's diagrams said, and write it into the history; before `work.finish()`."""
    for running in work.diagrams.loaded():
        _send_notices(work, running)


def _send_notices(work: Work, running: Running) -> None:
    notices = running.engine.take_notices()
    said = _said(work, running) if notices else {}
    for notice in notices:
        told = sorted(set(_addresses(work, notice.to, running)))
        data = {"step_name": _step_names(work), "applicant_name": _applicant(work), **said} if told else {}
        for address in told:
            _queue(work, notice.template, address, data)
        if "applicant" in notice.to:
            _tell_applicant(work, notice.template, said)
        work.record("notice_sent", None, {"template": notice.template, "to": list(notice.to), "count": len(told)})


def _said(work: Work, running: Running) -> dict[str, Any]:
    if running.row.kind not in SIDE:
        return {}
    asked = work.diagrams.request(running).data
    return {name: asked[name] for name in _SAID if asked.get(name) is not None}


def _applicant(work: Work) -> str:
    return str(dossiers.contents(work.connection, work.dossier.id).applicant_name)


def _step_names(work: Work) -> str:
    return ", ".join(task.step_name for task in work.live_tasks() if task.instance_kind == MAIN)


def _addresses(work: Work, to: Iterable[str], running: Running | None = None) -> Iterable[str]:
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


def _queue(work: Work, template: str, address: str, data: Mapping[str, Any]) -> None:
    delivery_id = deliveries.add_delivery(work.connection, work.dossier.id, template, address, data, work.now)
    queue.defer(work.connection, SEND_DELIVERY, delivery_id=delivery_id)
