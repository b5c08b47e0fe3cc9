"""What the one-stop desk has before it: results to hand out, online dossiers to take in, and who came before."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection

from app.access.caller import Caller
from app.errors import DomainError, invalid
from app.lawbook import rules_for
from app.rules.calendar import WorkCalendar
from app.rules.intake import AWAIT_CORRECTION
from app.rules.legality import RECEIVE, RETURN
from app.rules.status import REGISTERED
from app.store import applicants, desk, inbox
from app.store.desk import DeskContact, DeskFilter, DeskPlace
from app.store.inbox import MOST_COUNTED, ListedTask
from app.store.transaction import reading
from app.views.cursors import an_id, an_instant, make_cursor, page_answer, read_cursor
from app.views.inbox import listed_view
from app.views.masking import masked_person
from app.wording import LOCAL

UNCOLLECTED_AFTER = timedelta(days=30)
"""A result that lies at the desk for longer is kept (ST-16.2). No regulation counts the days, so these are ours:
calendar days since the result was confirmed, because what waits is a person, not an office."""
SOON = timedelta(days=3)
"""Whose appointment is within the next days is due soon: time to see that the result comes."""
KINDS = ("ready", "today", "soon", "missed", "uncollected", "post", "waiting", "intake", "correction")
_PERSON = ("name", "id_number", "phone", "email", "address")


CALLED = ("missed", "uncollected")
"""Whom the desk calls: of those a list has whole numbers."""


def ready_results(
    caller: Caller,
    kind: str,
    q: str | None,
    cursor: str | None,
    page_size: int,
    now: datetime,
    *,
    whole: bool = False,
) -> dict[str, Any]:
    """A page of the desk's tasks of one kind, in the units in which the caller holds a position.

    Kinds: `ready` to be handed out; `today` and `soon`, promised for today and the next days, ready or not; `missed`, ready
    and past their appointment since before today; `uncollected`, ready for longer than UNCOLLECTED_AFTER; `post`, ready and to
    go back by post; `waiting` at the return step without a confirmed result; `intake`, online dossiers to be accepted;
    `correction`, those that wait for their applicants. `q`: words of the code, the applicant's name or numbers. Answers
    `{data, total, [total_is], next, counts: {kind: {total, [total_is]}}}`; an item is the task's view with `result_at`,
    `phone`, `address`, `deliver`, `days` since the applicant was awaited and, of `intake`, `remaining` working seconds.
    Personal numbers are masked, unless they are asked for `whole` or it is one of CALLED.
    Errors: DomainError invalid (kind, cursor).
    """
    if kind not in KINDS:
        raise invalid({"kind": [f"Phải là một trong: {', '.join(KINDS)}."]})
    place = _place(cursor, kind)
    with reading() as connection:
        positions = _positions(connection, caller)
        found = replace(_filter(kind, positions, now), words=q)
        ids = desk.task_ids(connection, found, _order(kind), place, page_size + 1)
        listed = inbox.tasks_by_id(connection, [task_id for task_id, _ in ids[:page_size]])
        data = _views(connection, [listed[task_id] for task_id, _ in ids[:page_size]], now)
        data = data if whole or kind in CALLED else [masked_person(one) for one in data]
        counted = {name: desk.count(connection, _filter(name, positions, now)) for name in KINDS}
        total = desk.count(connection, found) if q else counted[kind]
    more = make_cursor(f"desk-{kind}", *reversed(ids[page_size - 1])) if len(ids) > page_size else None
    return page_answer(data, total, more) | {"counts": {name: _shown_count(number) for name, number in counted.items()}}


def due_today(caller: Caller, now: datetime) -> int:
    """How many online dossiers must be looked at before the day ends."""
    midnight = datetime.combine(now.astimezone(LOCAL).date() + timedelta(days=1), time(), LOCAL)
    with reading() as connection:
        found = _filter("intake", _positions(connection, caller), now)
        return desk.count(connection, replace(found, due_before=midnight))


def one_of_desk(caller: Caller, task_id: int, now: datetime) -> dict[str, Any]:
    """One task of the caller's units as the lists have it. Errors: DomainError not_found."""
    with reading() as connection:
        listed = inbox.tasks_by_id(connection, [task_id]).get(task_id)
        if listed is None or listed.task.position_id not in _positions(connection, caller):
            raise DomainError("not_found", "Bộ phận một cửa của bạn không có việc này.")
        return _views(connection, [listed], now)[0]


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


def _filter(kind: str, positions: tuple[int, ...], now: datetime) -> DeskFilter:
    midnight = datetime.combine(now.astimezone(LOCAL).date(), time(), LOCAL)
    tomorrow = midnight + timedelta(days=1)
    returned = DeskFilter(positions, stage=RETURN)
    made: Mapping[str, Callable[[], DeskFilter]] = {
        "ready": lambda: replace(returned, result=True),
        "today": lambda: replace(returned, appointment_from=midnight, appointment_before=tomorrow),
        "soon": lambda: replace(returned, appointment_from=tomorrow, appointment_before=tomorrow + SOON),
        "missed": lambda: replace(returned, result=True, missed_before=midnight),
        "uncollected": lambda: replace(returned, result=True, result_before=now - UNCOLLECTED_AFTER),
        "post": lambda: replace(returned, result=True, post=True),
        "waiting": lambda: replace(returned, result=False),
        "intake": lambda: DeskFilter(positions, stage=RECEIVE, status=REGISTERED.number),
        "correction": lambda: DeskFilter(positions, step=AWAIT_CORRECTION),
    }
    return made[kind]()


def _order(kind: str) -> str:
    return {"intake": "due_at", "today": "appointment_at", "soon": "appointment_at", "missed": "appointment_at"}.get(
        kind, "entered_at"
    )


def _place(cursor: str | None, kind: str) -> DeskPlace | None:
    if not cursor:
        return None
    key, task_id = read_cursor(cursor, f"desk-{kind}", an_instant, an_id)
    if key is None:
        raise invalid({"cursor": ["Con trỏ trang không đúng; hãy đọc lại từ trang đầu."]})
    return DeskPlace(key, task_id)


def _positions(connection: Connection, caller: Caller) -> tuple[int, ...]:
    units = sorted({held.unit_id for held in caller.positions})
    return inbox.positions_in_units(connection, units) if units else ()


def _views(connection: Connection, listed: Sequence[ListedTask], now: datetime) -> list[dict[str, Any]]:
    ids = [one.task.dossier_id for one in listed]
    people = desk.contacts(connection, ids)
    files = desk.files_of(connection, ids)
    return [
        _view(connection, one, people[one.task.dossier_id], now) | {"files": files.get(one.task.dossier_id, 0)}
        for one in listed
    ]


def _view(connection: Connection, listed: ListedTask, person: DeskContact, now: datetime) -> dict[str, Any]:
    calendar = rules_for(connection, listed).calendar
    awaited = max((at for at in (listed.result_at, person.appointment_at) if at is not None), default=None)
    return listed_view(connection, listed, now) | {
        "result_at": listed.result_at,
        "appointment_at": person.appointment_at,
        "id_number": person.applicant.get("id_number"),
        "phone": person.applicant.get("phone"),
        "email": person.applicant.get("email"),
        "address": person.applicant.get("address"),
        "deliver": person.deliver,
        "channel": person.channel,
        "days": (now.astimezone(LOCAL).date() - awaited.astimezone(LOCAL).date()).days if awaited else 0,
        "remaining": calendar.between(now, listed.task.due_at) if listed.task.due_at else None,
        "hours": working_hours(calendar, now),
    }


def working_hours(calendar: WorkCalendar, now: datetime) -> list[tuple[datetime, datetime]]:
    """The working periods of today, in which a limit ticks."""
    day = now.astimezone(LOCAL).date()
    midnight = datetime.combine(day, time(), LOCAL)
    return [
        (midnight + timedelta(seconds=begin), midnight + timedelta(seconds=end)) for begin, end in calendar.hours(day)
    ]


def _shown_count(number: int) -> dict[str, Any]:
    return {"total": MOST_COUNTED, "total_is": "at_least"} if number > MOST_COUNTED else {"total": number}
