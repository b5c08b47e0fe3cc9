"""Inboxes: lists of open tasks and how many there are of each colour."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Response, request
from sqlalchemy import Connection

from app.access.caller import Caller
from app.access.guard import requires
from app.access.request import current_caller
from app.api.blueprint import Blueprint, invalid, reply
from app.api.colours import COLOURS
from app.api.fields import Choice, Part, Schema, Text, Whole
from app.api.lists import PageArgs, an_id, an_instant, list_schema, make_cursor, page_answer, read_cursor
from app.api.present import TaskSchema, state_of, task_view
from app.api.visibility import agencies_asked
from app.lawbook import rules_for
from app.rules.permissions import READERS
from app.runtime import asked_at, runtime
from app.store import inbox, organisation
from app.store.inbox import INBOXES, SORTS, Filters, ListedTask, Place, Scope
from app.store.transaction import reading
from app.wording import LOCAL

blueprint = Blueprint("tasks", __name__, url_prefix="/api/v1/tasks", description="Hộp việc")

WAITING_FOR_ME = ("mine", "position")


class TaskListArgs(PageArgs):
    inbox = Choice(
        INBOXES,
        metadata={
            "description": "mine: đã nhận hoặc được giao; position: chờ người nhận ở vị trí của mình; unit, agency: mọi bước "
            "đang mở của đơn vị, cơ quan. Không ghi: mine và position"
        },
    )
    agency = Text(64, least=1, metadata={"description": "Cùng inbox=agency: một cơ quan"})
    due = Choice(
        ("overdue", "today", "soon"),
        metadata={"description": "Theo hạn của bước: đã quá, trong hôm nay, sắp đến hạn"},
    )
    procedure = Text(64, least=1)
    step = Text(64, least=1)
    q = Text(200, metadata={"description": "Từ trong mã hồ sơ hoặc tên người nộp, có dấu hoặc không dấu"})
    sort = Choice(SORTS, load_default="due_at")


class ColourCountSchema(Schema):
    total = Whole()
    total_is = Choice(("at_least",))
    on_time = Whole()
    due_soon = Whole()
    late = Whole()
    step_late = Whole()
    paused = Whole()
    done = Whole()


class CountsSchema(Schema):
    mine = Part(ColourCountSchema)
    position = Part(ColourCountSchema)
    unit = Part(ColourCountSchema)
    agency = Part(ColourCountSchema)


@blueprint.get("")
@requires(*READERS)
@blueprint.arguments(TaskListArgs, location="query")
@blueprint.response(200, list_schema("TaskPage", TaskSchema))
def list_tasks(args: dict[str, Any]) -> Response:
    """Các bước đang chờ, gấp nhất trước; bước không có hạn ở cuối."""
    caller, now, size, sort = current_caller(), asked_at(), args["page_size"], args["sort"]
    if "agency" in args and args.get("inbox") != "agency":
        raise invalid({"agency": ["Chỉ dùng cùng inbox=agency."]})
    inboxes = (args["inbox"],) if "inbox" in args else WAITING_FOR_ME
    place = Place(*read_cursor(args["cursor"], f"tasks{sort}", an_instant, an_id)) if "cursor" in args else None
    with reading() as connection:
        scope = _scope(connection, caller, inboxes, args.get("agency"))
        filters = _filters(connection, caller, args, now)
        listed = inbox.task_page(connection, inboxes, scope, filters, sort, place, size + 1)
        total = inbox.count_tasks(connection, inboxes, scope, filters)
        data = [_view(connection, one, now) for one in listed[:size]]
    return reply(page_answer(data, total, _next_cursor(listed, size, sort)))


@blueprint.get("/counts")
@requires(*READERS)
@blueprint.response(200, CountsSchema)
def count_tasks() -> Response:
    """Số bước của từng hộp theo màu, đếm đến 1.000 bước gấp nhất. Có ETag để hỏi lại mà không tải lại."""
    caller, now = current_caller(), asked_at()
    answer: dict[str, Any] = {}
    with reading() as connection:
        scope = _scope(connection, caller, INBOXES, None)
        for name in INBOXES:
            counted = inbox.count_colours(connection, name, scope, now)
            total = sum(counted.values())
            answer[name] = {"total": min(total, inbox.MOST_COUNTED)}
            if total > inbox.MOST_COUNTED:
                answer[name]["total_is"] = "at_least"
            answer[name] |= {colour: counted.get(colour, 0) for colour in COLOURS}
    response = reply(answer, headers={"Cache-Control": "private, no-cache"})
    response.add_etag()
    response.make_conditional(request)
    return response


def _scope(connection: Connection, caller: Caller, inboxes: tuple[str, ...], agency: str | None) -> Scope:
    units = sorted({held.unit_id for held in caller.positions})
    return Scope(
        account=caller.account_id,
        positions=tuple(held.id for held in caller.positions),
        unit_positions=inbox.positions_in_units(connection, units) if "unit" in inboxes and units else (),
        agencies=agencies_asked(connection, agency, caller) if "agency" in inboxes else (),
    )


def _filters(connection: Connection, caller: Caller, args: dict[str, Any], now: datetime) -> Filters:
    due_from, due_before = _due_range(connection, caller, args.get("due"), now)
    return Filters(due_from, due_before, args.get("procedure"), args.get("step"), args.get("q"))


def _due_range(
    connection: Connection, caller: Caller, due: str | None, now: datetime
) -> tuple[datetime | None, datetime | None]:
    """`soon` is what the profile warns of before a step's due time, in the working time of the caller's agency."""
    if due == "overdue":
        return None, now
    if due == "today":
        midnight = now.astimezone(LOCAL).replace(hour=0, minute=0, second=0, microsecond=0)
        return midnight, midnight + timedelta(days=1)
    if due == "soon":
        agency = organisation.agency_by_id(connection, caller.agency_id)
        rules = rules_for(connection, runtime().settings.profile, agency.calendar_id, agency.calendar_revision)
        return now, rules.calendar.due(now, rules.step_due_soon_seconds)
    return None, None


def _view(connection: Connection, listed: ListedTask, now: datetime) -> dict[str, Any]:
    rules = rules_for(connection, listed.profile, listed.calendar_id, listed.calendar_revision)
    return task_view(listed.task, listed, state_of(listed.clock), rules, now, listed.applicant)


def _next_cursor(listed: list[ListedTask], size: int, sort: str) -> str | None:
    if len(listed) <= size:
        return None
    last = listed[size - 1].task
    key = last.entered_at if sort.endswith("entered_at") else last.due_at
    return make_cursor(f"tasks{sort}", key, last.id)
