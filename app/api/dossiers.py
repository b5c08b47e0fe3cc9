"""Dossiers: lists, and one with its open tasks."""

from __future__ import annotations

from typing import Any

from flask import Response

from app.access.guard import requires
from app.access.request import current_caller
from app.api.blueprint import Blueprint, reply
from app.api.fields import Text, Whole
from app.api.lists import PageArgs, an_id, list_schema, make_cursor, page_answer, read_cursor
from app.api.present import DossierDetailSchema, DossierSchema, dossier_view, open_task_view, state_of
from app.api.visibility import agencies_asked, visible_dossier
from app.lawbook import rules_for
from app.rules.permissions import READERS, WORKERS
from app.runtime import asked_at
from app.store import accounts, dossier_lists, dossiers, tasks
from app.store.dossier_lists import DossierFilters
from app.store.tasks import TaskRow
from app.store.transaction import reading

blueprint = Blueprint("dossiers", __name__, url_prefix="/api/v1/dossiers", description="Hồ sơ")


class DossierListArgs(PageArgs):
    status = Whole(1, 10, metadata={"description": "Số trạng thái quốc gia"})
    procedure = Text(64, least=1)
    agency = Text(64, least=1, metadata={"description": "Cơ quan có tham gia"})
    q = Text(200, metadata={"description": "Từ trong mã hồ sơ hoặc tên người nộp, có dấu hoặc không dấu"})


@blueprint.get("")
@requires(*READERS)
@blueprint.arguments(DossierListArgs, location="query")
@blueprint.response(200, list_schema("DossierPage", DossierSchema))
def list_dossiers(args: dict[str, Any]) -> Response:
    """Hồ sơ mà cơ quan của mình có tham gia, mới nhất trước; người kiểm soát thấy toàn tỉnh."""
    caller, now, size = current_caller(), asked_at(), args["page_size"]
    after = read_cursor(args["cursor"], "dossiers", an_id)[0] if "cursor" in args else None
    with reading() as connection:
        everything = caller.may("control.view") and "agency" not in args
        agencies = None if everything else agencies_asked(connection, args.get("agency"), caller)
        filters = DossierFilters(agencies, args.get("status"), args.get("procedure"), args.get("q"))
        listed = dossier_lists.dossier_page(connection, filters, after, size + 1)
        total = dossier_lists.count_dossiers(connection, filters)
        data = [
            dossier_view(
                one.dossier,
                one.applicant,
                rules_for(connection, one.dossier.profile, one.dossier.calendar_id, one.dossier.calendar_revision),
                now,
            )
            for one in listed[:size]
        ]
    next_cursor = make_cursor("dossiers", listed[size - 1].dossier.id) if len(listed) > size else None
    return reply(page_answer(data, total, next_cursor))


@blueprint.get("/<code:code>")
@requires(*READERS)
@blueprint.response(200, DossierDetailSchema)
def read_dossier(code: str) -> Response:
    """Một hồ sơ: người nộp, thành phần, dữ liệu, và các bước đang mở cùng những người xử lý được."""
    caller, now = current_caller(), asked_at()
    with reading() as connection:
        dossier = visible_dossier(connection, code, caller)
        contents = dossiers.contents(connection, dossier.id)
        rules = rules_for(connection, dossier.profile, dossier.calendar_id, dossier.calendar_revision)
        opened = tasks.tasks_of(connection, dossier.id)
        wanted = [task.position_id for task in opened]
        holders = accounts.holders(connection, wanted, caller.day, WORKERS) if opened else {}
    state = state_of(dossier.clock)
    answer = dossier_view(dossier, contents.applicant, rules, now) | {
        "components": contents.components,
        "notify": contents.notify,
        "deliver": contents.deliver,
        "data": contents.data,
        "open_tasks": [
            open_task_view(task, dossier, state, rules, now, _candidates(task, holders[task.position_id]))
            for task in opened
        ],
    }
    return reply(answer)


def _candidates(task: TaskRow, holders: list[str]) -> list[str]:
    """Who may act on the task now: whoever has it, else everybody who holds its position."""
    return [task.assignee] if task.assignee is not None else holders
