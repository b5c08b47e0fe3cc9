"""Dossiers: lists, and one with its open tasks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.access.caller import Caller
from app.lawbook import rules_for
from app.rules.permissions import WORKERS
from app.store import dossier_lists, dossiers, handlers, tasks
from app.store.dossier_lists import DossierFilters
from app.store.dossiers import DossierContents, DossierRow
from app.store.procedure_changes import as_received
from app.store.procedures import ProcedureRow
from app.store.transaction import reading
from app.views.cursors import an_id, make_cursor, page_answer, read_cursor
from app.views.incidents import standstill
from app.views.present import dossier_view, open_task_view, state_of
from app.views.visibility import agencies_asked, visible_dossier


@dataclass(frozen=True, slots=True)
class DossierAsk:
    """Which dossiers: `status` is a national number, `agency` has a part, `q` are words of code or applicant's name; `stands`:
    only those that stand for an incident."""

    status: int | None = None
    procedure: str | None = None
    agency: str | None = None
    q: str | None = None
    stands: bool = False
    page_size: int = 50
    cursor: str | None = None


def dossier_list(caller: Caller, ask: DossierAsk, now: datetime) -> dict[str, Any]:
    """A page of the dossiers in which the caller's agencies have a part, newest first; who controls all sees all.

    Errors: DomainError invalid, forbidden.
    """
    after = read_cursor(ask.cursor, "dossiers", an_id)[0] if ask.cursor is not None else None
    size = ask.page_size
    with reading() as connection:
        everything = caller.may("control.view") and ask.agency is None
        agencies = None if everything else agencies_asked(connection, ask.agency, caller)
        filters = DossierFilters(agencies, ask.status, ask.procedure, ask.q, ask.stands)
        listed = dossier_lists.dossier_page(connection, filters, after, size + 1)
        total = dossier_lists.count_dossiers(connection, filters)
        data = [
            dossier_view(
                one.dossier,
                one.applicant,
                rules_for(connection, one.dossier),
                now,
            )
            for one in listed[:size]
        ]
    next_cursor = make_cursor("dossiers", listed[size - 1].dossier.id) if len(listed) > size else None
    return page_answer(data, total, next_cursor)


def dossier_detail(caller: Caller, code: str, now: datetime) -> dict[str, Any]:
    """A dossier with its applicant, components, data, and its open tasks with who may act on them.

    Errors: DomainError not_found.
    """
    with reading() as connection:
        dossier = visible_dossier(connection, code, caller)
        return detail_of(connection, dossier, dossiers.contents(connection, dossier.id), caller, now)


def detail_of(
    connection: Connection, dossier: DossierRow, contents: DossierContents, caller: Caller, now: datetime
) -> dict[str, Any]:
    """As `dossier_detail`, of a dossier that was read, and seen, already."""
    procedure = as_received(connection, dossier.procedure, dossier.received_at)
    rules = rules_for(connection, dossier)
    opened = [task for task in tasks.tasks_of(connection, dossier.id) if task.state == "open"]
    people = handlers.candidates(connection, opened, caller.day, WORKERS)
    stands = standstill(connection, dossier)
    state = state_of(dossier.clock)
    return dossier_view(dossier, contents.applicant, rules, now) | {
        "components": _named(contents.components, procedure),
        "notify": contents.notify,
        "deliver": contents.deliver,
        "data": contents.data,
        "intake": contents.intake,
        "incidents": stands,
        "open_tasks": [open_task_view(task, dossier, state, rules, now, people[task.id]) for task in opened],
    }


def _named(handed_in: list[Any], procedure: ProcedureRow | None) -> list[Any]:
    """The components with the names that the procedure gives them, as far as it still knows them."""
    names = {one["code"]: one["name"] for one in procedure.components} if procedure is not None else {}
    return [one | ({"name": names[one["code"]]} if one["code"] in names else {}) for one in handed_in]
