"""Filters of the inbox that the caller keeps, and how her inbox looks."""

from __future__ import annotations

from typing import Any

from flask import Response

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.inbox_settings import (
    AFTER,
    COLUMNS,
    LONGEST_NAME,
    change_filter,
    choose_settings,
    keep_filter,
    remove_filter,
)
from app.api.acting import acting_context, etag, expected_version
from app.api.blueprint import Blueprint, reply
from app.api.lists import list_schema
from app.rules.permissions import READERS
from app.schemas.fields import Choice, Flag, Many, Part, Schema, Text, Whole
from app.store.inbox import SORTS
from app.views.cursors import whole_answer
from app.views.inbox import DUE, LISTS
from app.views.inbox_settings import my_filters, my_settings

blueprint = Blueprint("saved-filters", __name__, url_prefix="/api/v1", description="Bộ lọc đã lưu, cách hiện hộp việc")


class AskedSchema(Schema):
    """As in the address of `GET /tasks`."""

    inbox = Choice(LISTS, allow_none=True, metadata={"description": "Không ghi: mọi việc chờ mình"})
    due = Choice(DUE, allow_none=True)
    procedure = Text(64, allow_none=True)
    step = Text(64, allow_none=True)
    q = Text(200, allow_none=True)
    sort = Choice(SORTS, allow_none=True)


class SavedFilterBody(Schema):
    name = Text(LONGEST_NAME, least=1, required=True)
    filter = Part(AskedSchema, required=True)
    is_start = Flag(load_default=False, metadata={"description": "Hiện khi mở hộp việc; nhiều nhất một bộ lọc"})


class SavedFilterChanges(Schema):
    name = Text(LONGEST_NAME, least=1)
    filter = Part(AskedSchema)
    is_start = Flag()


class SavedFilterSchema(Schema):
    id = Whole(1)
    name = Text(LONGEST_NAME)
    filter = Part(AskedSchema)
    is_start = Flag()
    version = Whole(1)


class InboxSettingsBody(Schema):
    columns = Many(Choice(tuple(COLUMNS)), most=len(COLUMNS), metadata={"description": "Các cột hiện, theo thứ tự"})
    after = Choice(tuple(AFTER), metadata={"description": "Sau khi xử lý một việc mở từ danh sách"})


@blueprint.get("/saved-filters")
@requires(*READERS)
@blueprint.response(200, list_schema("SavedFilterPage", SavedFilterSchema))
def list_filters() -> Response:
    """Bộ lọc hộp việc của tôi, theo thứ tự đã tạo."""
    return reply(whole_answer(my_filters(current_caller())))


@blueprint.post("/saved-filters")
@requires(*READERS)
@blueprint.arguments(SavedFilterBody)
@blueprint.response(201, SavedFilterSchema)
def create_filter(body: dict[str, Any]) -> Response:
    """Lưu một bộ lọc dưới một tên của riêng tôi; nhiều nhất 20 bộ lọc."""
    made = keep_filter(acting_context(), body["name"], body["filter"], body["is_start"])
    return reply(made, 201, headers={"ETag": etag(made["version"])})


@blueprint.put("/saved-filters/<id:filter_id>")
@requires(*READERS)
@blueprint.arguments(SavedFilterChanges)
@blueprint.response(200, SavedFilterSchema)
def edit_filter(body: dict[str, Any], filter_id: int) -> Response:
    """Đổi tên, đổi điều kiện, đặt hoặc bỏ làm trang đầu, điều không nêu giữ nguyên; If-Match là phiên bản đã xem."""
    changed = change_filter(acting_context(), filter_id, expected_version(), body)
    return reply(changed, headers={"ETag": etag(changed["version"])})


@blueprint.post("/saved-filters/<id:filter_id>/remove")
@requires(*READERS)
@blueprint.response(204)
def drop_filter(filter_id: int) -> Response:
    """Xóa một bộ lọc của tôi."""
    remove_filter(acting_context(), filter_id)
    return Response(status=204)


@blueprint.get("/me/inbox-settings")
@requires(*READERS)
@blueprint.response(200, InboxSettingsBody)
def read_inbox_settings() -> Response:
    """Các cột của hộp việc và nơi đến sau khi xử lý."""
    found = my_settings(current_caller())
    return reply({"columns": list(found.columns), "after": found.after})


@blueprint.put("/me/inbox-settings")
@requires(*READERS)
@blueprint.arguments(InboxSettingsBody)
@blueprint.response(200, InboxSettingsBody)
def change_inbox_settings(body: dict[str, Any]) -> Response:
    """Chọn những gì nêu ra; điều không nêu giữ nguyên."""
    return reply(choose_settings(acting_context(), body.get("columns"), body.get("after")))
