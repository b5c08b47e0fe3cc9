"""The log book of outages (TN-22.1d)."""

from __future__ import annotations

from typing import Any

from flask import Response

from app.access.guard import requires
from app.actions.keep_log_book import KINDS, LEVELS, SEE, WRITE, ChangeEntry, EnterOutage, NoteOutage
from app.actions.keyed import keyed
from app.api.acting import acting_context
from app.api.blueprint import Blueprint, reply
from app.api.lists import PageArgs, list_schema
from app.api.stored import disposition
from app.schemas.fields import Anything, Choice, Instant, Many, Schema, Text, Whole
from app.schemas.operations import LogEntryBody, LogEntryChangeBody, LogNoteBody
from app.views.log_book import entry_detail, entry_view, log_book_file, log_book_list

blueprint = Blueprint("log-book", __name__, url_prefix="/api/v1", description="Sổ sự cố hệ thống")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class LogFilterArgs(Schema):
    kind = Choice(tuple(KINDS))
    year = Whole(2000, 2200)


class LogArgs(PageArgs, LogFilterArgs):
    pass


class LogEntrySchema(Schema):
    id = Whole(1)
    kind = Choice(tuple(KINDS))
    kind_title = Text(200)
    level = Choice(tuple(LEVELS))
    level_title = Text(200)
    title = Text(200)
    words = Text(20_000, lines=True)
    affected = Text(2000, lines=True, allow_none=True)
    began_at = Instant()
    noticed_at = Instant()
    ended_at = Instant(allow_none=True)
    minutes = Whole(allow_none=True, metadata={"description": "Kéo dài bao lâu"})
    cause = Text(10_000, lines=True, allow_none=True)
    remedy = Text(10_000, lines=True, allow_none=True)
    outage_id = Whole(1, allow_none=True)
    made_at = Instant()
    made_by = Text(500, allow_none=True)
    version = Whole(1)


class LogDetailSchema(LogEntrySchema):
    notes = Many(Anything(), most=100_000, metadata={"description": "[{kind, title, at, name, words, lines}]"})


@blueprint.get("/log-book")
@requires(*SEE)
@blueprint.arguments(LogArgs, location="query")
@blueprint.response(200, list_schema("LogBookPage", LogEntrySchema))
def list_log_book(args: dict[str, Any]) -> Response:
    """Sổ sự cố, mới nhất trước."""
    return reply(log_book_list(args.get("kind"), args.get("year"), args.get("cursor"), args["page_size"]))


@blueprint.get("/log-book.xlsx")
@requires(*SEE)
@blueprint.arguments(LogFilterArgs, location="query")
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type=XLSX)
def export_log_book(args: dict[str, Any]) -> Response:
    """Sổ sự cố ra bảng tính."""
    response = Response(log_book_file(args.get("kind"), args.get("year")), mimetype=XLSX)
    response.headers["Content-Disposition"] = disposition("so-su-co.xlsx", inline=False)
    return response


@blueprint.get("/log-book/<id:entry_id>")
@requires(*SEE)
@blueprint.response(200, LogDetailSchema)
def read_log_entry(entry_id: int) -> Response:
    """Một dòng của sổ với mọi ghi chú, thay đổi."""
    return reply(entry_detail(entry_id))


@blueprint.post("/log-book")
@requires(*WRITE)
@blueprint.arguments(LogEntryBody)
@blueprint.response(201, LogEntrySchema)
def enter_outage(body: dict[str, Any]) -> Response:
    """Ghi một sự cố vào sổ."""
    command, context = EnterOutage(**body), acting_context()
    return reply(keyed(context, lambda held: entry_view(command.enter(held, context))), 201)


@blueprint.put("/log-book/<id:entry_id>")
@requires(*WRITE)
@blueprint.arguments(LogEntryChangeBody)
@blueprint.response(200, LogEntrySchema)
def change_log_entry(body: dict[str, Any], entry_id: int) -> Response:
    """Sửa, ghi kết thúc; nội dung trước đó vẫn còn trong ghi chú."""
    version = body.pop("version", None)
    command, context = ChangeEntry(entry_id, version, body), acting_context()
    return reply(keyed(context, lambda held: entry_view(command.change(held, context))))


@blueprint.post("/log-book/<id:entry_id>/notes")
@requires(*WRITE)
@blueprint.arguments(LogNoteBody)
@blueprint.response(201, LogEntrySchema)
def note_outage(body: dict[str, Any], entry_id: int) -> Response:
    """Thêm ghi chú, biện pháp, hoặc đã báo cáo ai; không ai xóa được."""
    command, context = NoteOutage(entry_id, body["kind"], body["words"]), acting_context()
    return reply(keyed(context, lambda held: entry_view(command.write(held, context))), 201)
