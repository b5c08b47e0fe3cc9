"""What the letter says with which an official's working day begins: what is new, due, overdue, returned and unanswered."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from app.lawbook import profile_named
from app.rules.calendar import WorkCalendar
from app.rules.notices import EMAIL, EVENTS, LETTER, NEW, OFF, mode_of
from app.store import digests, inbox
from app.store.accounts import AccountRow
from app.store.digests import Remark
from app.store.inbox import Filters, ListedTask, Scope
from app.store.new_steps import steps_since
from app.store.official_notices import switches_of
from app.wording import LOCAL

MOST_SHOWN = 20
"""Dossiers that a section names."""
MOST = 1000
MOST_TOLD = 200
"""Characters of what a notice about no dossier says."""
UNREAD_FOR = timedelta(days=30)
"""How long something unread is brought up again."""
_FROM_TASKS = frozenset({NEW, "due_soon", "overdue", "deadline_soon", "deadline_passed", LETTER})
"""Events whose sections are read from the tasks as they are now."""
_RETURNED, _LATE = "returned", "opinion_late"
_OTHERS = tuple(name for name in EVENTS if name not in {*_FROM_TASKS, _RETURNED, _LATE})


@dataclass(frozen=True, slots=True)
class Day:
    """The morning of a working day: by which calendar, and how long before its due time a step counts as due soon."""

    calendar: WorkCalendar
    now: datetime
    due_soon_seconds: int
    profile: str

    @property
    def due_before(self) -> datetime:
        """What is due before then is due soon: the rest of the day, or as long as warnings come before."""
        lead = self.calendar.due(self.now, self.due_soon_seconds)
        end = self.calendar.day_end(self.now)
        return max(lead, end + timedelta(seconds=1)) if end is not None else lead


@dataclass(frozen=True, slots=True)
class Content:
    """`sections` as `app.messages.official_texts.digest_letter` reads them; `told`: ids of the notices that it brings up."""

    sections: list[dict[str, Any]]
    told: list[int]


def digest_of(connection: Connection, account: AccountRow, since: datetime, day: Day) -> Content:
    """What there is to say to an account, of what came after `since` and of what stands now; each by her own switches."""
    chosen = switches_of(connection, account.id)
    wanted = frozenset(name for name in EVENTS if mode_of(name, EMAIL, chosen.get((name, EMAIL))) != OFF)
    remarks = digests.remarks_of(connection, account.id, since, day.now - UNREAD_FOR)
    scope = scope_of(account)
    sections = _of_tasks(connection, scope, since, day, wanted)
    for name, title in ((_RETURNED, "Bị trả lại"), (_LATE, "Ý kiến quá hạn trả lời")):
        found = [one for one in remarks if one.event == name and one.open]
        if name in wanted and found:
            sections.append(_section(title, found, _said))
    others = [one for one in remarks if one.event in wanted and one.event in _OTHERS and one.unread and not one.mailed]
    if others:
        sections.append(_section("Tin khác", others, _said))
    return Content(sections, [one.id for one in remarks if not one.mailed and one.event in wanted])


def scope_of(account: AccountRow) -> Scope:
    """Whose tasks wait for an account: its own, its positions', those of whom it stands in for."""
    return Scope(
        account=account.id,
        positions=tuple(held.id for held in account.positions),
        absent=tuple(person.id for person in account.absent),
    )


def new_section(connection: Connection, ids: Sequence[int]) -> dict[str, Any]:
    """The section of steps that have come, for the letter to whoever wants to know at once."""
    shown = inbox.tasks_by_id(connection, ids[:MOST_SHOWN])
    return _section("Mới đến", [shown[one] for one in ids[:MOST_SHOWN] if one in shown], _task, total=len(ids))


def _of_tasks(
    connection: Connection, scope: Scope, since: datetime, day: Day, wanted: Collection[str]
) -> list[dict[str, Any]]:
    """New, due soon and overdue, as the tasks stand."""
    overdue = _tasks(connection, scope, [_fact(name, day) for name in ("step_late", "overdue", "appointment_passed")])
    parts = {
        NEW: ("Mới đến", steps_since(connection, scope, since, MOST) if NEW in wanted else []),
        "due_soon": ("Sắp đến hạn", _due_soon(connection, scope, day, overdue) if "due_soon" in wanted else []),
        "overdue": ("Quá hạn", overdue if "overdue" in wanted else []),
    }
    shown = inbox.tasks_by_id(connection, [one for _, ids in parts.values() for one in ids[:MOST_SHOWN]])
    sections = []
    for title, ids in parts.values():
        if ids:
            listed = [shown[one] for one in ids[:MOST_SHOWN] if one in shown]
            sections.append(_section(title, listed, _task, total=len(ids)))
    return sections


def _due_soon(connection: Connection, scope: Scope, day: Day, overdue: Collection[int]) -> list[int]:
    steps = Filters(due_from=day.now, due_before=day.due_before)
    late = frozenset(overdue)
    return [one for one in _tasks(connection, scope, [steps, _fact("due_soon", day)]) if one not in late]


def _fact(name: str, day: Day) -> Filters:
    return Filters(fact=name, now=day.now, by_appointment=profile_named(day.profile).on_time_against == "appointment")


def _tasks(connection: Connection, scope: Scope, any_of: Sequence[Filters]) -> list[int]:
    """Ids of the tasks that wait for her and that one of the filters finds, each once."""
    inboxes = ("mine", "position", "substituted") if scope.absent else ("mine", "position")
    found: dict[int, None] = {}
    for filters in any_of:
        found |= dict.fromkeys(digests.tasks_found(connection, inboxes, scope, filters, MOST))
    return list(found)


def _section(
    title: str, found: Sequence[Any], item: Callable[[Any], Mapping[str, str]], total: int | None = None
) -> dict[str, Any]:
    number = len(found) if total is None else total
    left = number - min(len(found), MOST_SHOWN)
    more = f"Và {left}{'+' if number >= MOST else ''} việc nữa, xem ở mục “Việc cần xử lý”." if left > 0 else ""
    return {
        "title": title,
        "total": f"{MOST - 1}+" if number >= MOST else str(number),
        "items": [dict(item(one)) for one in found[:MOST_SHOWN]],
        "more": more,
    }


def _task(listed: ListedTask) -> Mapping[str, str]:
    task = listed.task
    due = f"; hạn bước {task.due_at.astimezone(LOCAL):%H:%M %d/%m/%Y}" if task.due_at else ""
    return {
        "text": f"{listed.code}: {listed.procedure_name}; bước {task.step_name}{due}",
        "path": f"/ho-so/{listed.code}?viec={task.id}",
    }


def _said(remark: Remark) -> Mapping[str, str]:
    step = str(remark.data.get("step_name") or "")
    words = [f"{remark.dossier}: {remark.procedure_name}" if remark.dossier else EVENTS[remark.event].title]
    if remark.event in _OTHERS and remark.dossier:
        words.insert(0, EVENTS[remark.event].title)
    if not remark.dossier and remark.data.get("path"):
        words.append(str(remark.data.get("reason") or "")[:MOST_TOLD])
    return {
        "text": "; ".join([*words, *([f"bước {step}"] if step else [])]),
        "path": f"/thong-bao-cua-toi/{remark.id}",
    }
