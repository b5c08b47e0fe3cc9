"""What the one-stop desk has before it: results to hand out, online dossiers to take in, and who came before."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from app.access.caller import Caller
from app.errors import DomainError, invalid
from app.rules.legality import RECEIVE, RETURN
from app.rules.status import REGISTERED
from app.store import applicants, inbox
from app.store.inbox import MOST_COUNTED, Filters, ListedTask, Place, Scope
from app.store.transaction import reading
from app.views.cursors import an_id, an_instant, make_cursor, page_answer, read_cursor
from app.views.inbox import listed_view

UNCOLLECTED_AFTER = timedelta(days=30)
"""A result that lies at the desk for longer is uncollected (ST-16.2). No regulation counts the days, so these are ours:
calendar days since the result was confirmed, because what waits is a person, not an office."""
KINDS = ("waiting", "ready", "uncollected", "intake")
_SORT = "entered_at"
_PERSON = ("name", "id_number", "phone", "email", "address")


def ready_results(
    caller: Caller, kind: str, q: str | None, cursor: str | None, page_size: int, now: datetime
) -> dict[str, Any]:
    """A page of the desk's tasks of one kind, longest there first, in the units in which the caller holds a position.

    Kinds: `waiting` at the return step without a confirmed result; `ready` to be handed out; `uncollected`, those of them that
    have been ready for longer than UNCOLLECTED_AFTER; `intake`, online dossiers to be accepted. `q`: words of the code or the
    applicant's name. Answers `{data, total, [total_is], next, counts: {kind: {total, [total_is]}}}`; an item is the task's view
    with `result_at`, and the counts are those without `q`. Errors: DomainError invalid (kind, cursor).
    """
    if kind not in KINDS:
        raise invalid({"kind": [f"Phải là một trong: {', '.join(KINDS)}."]})
    place = Place(*read_cursor(cursor, f"desk-{kind}", an_instant, an_id)) if cursor else None
    if place is not None and place.key is None:
        raise invalid({"cursor": ["Con trỏ trang không đúng; hãy đọc lại từ trang đầu."]})
    filters = _filters(kind, q, now)
    with reading() as connection:
        scope = _scope(connection, caller)
        listed = inbox.task_page(connection, ("unit",), scope, filters, _SORT, place, page_size + 1)
        data = [_view(connection, one, now) for one in listed[:page_size]]
        counted = {name: _count(connection, scope, _filters(name, None, now)) for name in KINDS}
        total = _count(connection, scope, filters) if q else counted[kind]
    answer = page_answer(data, total, _next_cursor(kind, listed, page_size))
    return answer | {"counts": {name: _shown_count(number) for name, number in counted.items()}}


def find_applicants(caller: Caller, words: str, limit: int = 10) -> list[dict[str, Any]]:
    """Earlier applicants at the caller's desks, newest first, so that nobody gives the same data twice (TN-21.7).

    `{name, id_number, phone, email, address, [kind], last_code, last_received_at, dossiers}`; what was never given is None.
    Errors: DomainError forbidden for whoever registers nothing.
    """
    desks = sorted({held.agency_id for held in caller.positions if held.unit_kind == "desk"})
    if not desks or not caller.may("dossier.register"):
        raise DomainError(
            "forbidden", "Chỉ cán bộ của bộ phận một cửa mới tra cứu người nộp.", extra={"rule": "ST-6.6"}
        )
    with reading() as connection:
        found = applicants.find_applicants(connection, desks, words, limit)
    return [
        {name: one.applicant.get(name) for name in _PERSON}
        | ({"kind": one.applicant["kind"]} if "kind" in one.applicant else {})
        | {"last_code": one.code, "last_received_at": one.received_at, "dossiers": one.dossiers}
        for one in found
    ]


def _filters(kind: str, words: str | None, now: datetime) -> Filters:
    if kind == "waiting":
        return Filters(words=words, stage=RETURN, result=False)
    if kind == "ready":
        return Filters(words=words, stage=RETURN, result=True)
    if kind == "uncollected":
        return Filters(words=words, stage=RETURN, result=True, result_before=now - UNCOLLECTED_AFTER)
    return Filters(words=words, stage=RECEIVE, status=REGISTERED.number)


def _scope(connection: Connection, caller: Caller) -> Scope:
    units = sorted({held.unit_id for held in caller.positions})
    positions = inbox.positions_in_units(connection, units) if units else ()
    return Scope(caller.account_id, tuple(held.id for held in caller.positions), positions)


def _view(connection: Connection, listed: ListedTask, now: datetime) -> dict[str, Any]:
    return listed_view(connection, listed, now) | {"result_at": listed.result_at}


def _count(connection: Connection, scope: Scope, filters: Filters) -> int:
    return inbox.count_tasks(connection, ("unit",), scope, filters, _SORT)


def _shown_count(number: int) -> dict[str, Any]:
    return {"total": MOST_COUNTED, "total_is": "at_least"} if number > MOST_COUNTED else {"total": number}


def _next_cursor(kind: str, listed: list[ListedTask], page_size: int) -> str | None:
    if len(listed) <= page_size:
        return None
    last = listed[page_size - 1].task
    return make_cursor(f"desk-{kind}", last.entered_at, last.id)
