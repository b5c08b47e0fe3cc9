"""Backups, and letting a restored place go to work."""

from __future__ import annotations

from typing import Any

from flask import Response

from app.access.guard import requires
from app.actions.keyed import keyed
from app.actions.release_restored import MANAGE, ReleaseRestored
from app.api.acting import acting_context
from app.api.blueprint import Blueprint, reply
from app.runtime import asked_at, runtime
from app.schemas.fields import Choice, Flag, Instant, Many, Part, Schema, Text, Whole
from app.views.backups import WAYS, backup_state

blueprint = Blueprint("backups", __name__, url_prefix="/api/v1", description="Sao lưu, khôi phục")


class BackupSchema(Schema):
    id = Whole(1)
    name = Text(64, metadata={"description": "Tên thư mục trong BACKUP_DIR; trống khi không xong"})
    folder = Text(4096)
    way = Choice(tuple(WAYS))
    way_title = Text(100)
    state = Choice(("done", "failed"))
    taken_at = Instant(metadata={"description": "Thời điểm mà bản sao lưu cho thấy"})
    finished_at = Instant()
    database_bytes = Whole()
    files = Whole()
    files_bytes = Whole()
    new_files = Whole()
    new_bytes = Whole()
    missing = Whole(metadata={"description": "Số tệp có ghi trong hồ sơ mà kho không có hoặc đã hỏng"})
    error = Text(20_000, allow_none=True)


class HeldSchema(Schema):
    timers = Whole()
    deliveries = Whole()
    jobs = Whole()


class RestoreSchema(Schema):
    backup = Text(64)
    taken_at = Instant()
    restored_at = Instant()
    decided_at = Instant(allow_none=True)
    lost_at = Instant(allow_none=True)
    resend = Flag(allow_none=True)
    released_at = Instant(allow_none=True)
    called_off = Whole(allow_none=True)
    fired = Whole(allow_none=True)
    held = Part(HeldSchema, metadata={"description": "Những gì đang được giữ lại"})


class BackupStateSchema(Schema):
    folder = Text(4096, allow_none=True)
    schedule = Text(200)
    kept = Text(200)
    last_at = Instant(allow_none=True)
    late = Flag(metadata={"description": "Bản đến lịch đã không có sau nửa chu kỳ"})
    restore = Part(RestoreSchema, allow_none=True)
    last_restore = Part(RestoreSchema, allow_none=True)
    data = Many(Part(BackupSchema))


class ReleaseBody(Schema):
    lost_at = Instant(allow_none=True, load_default=None, metadata={"description": "Hệ thống cũ còn chạy đến lúc nào"})
    resend = Flag(load_default=False, metadata={"description": "Gửi cả những thông báo có thể đã gửi"})


class ReleasedSchema(Schema):
    released = Flag()


@blueprint.get("/backups")
@requires(MANAGE)
@blueprint.response(200, BackupStateSchema)
def read_backups() -> Response:
    """Các lần sao lưu gần nhất, lịch, và những gì nơi vừa khôi phục đang giữ lại."""
    return reply(backup_state(runtime().settings, asked_at()))


@blueprint.post("/restore/release")
@requires(MANAGE)
@blueprint.arguments(ReleaseBody)
@blueprint.response(200, ReleasedSchema)
def release_restored(body: dict[str, Any]) -> Response:
    """Cho nơi vừa khôi phục gửi thông báo, chạy đồng hồ hẹn trở lại."""
    command, context = ReleaseRestored(**body), acting_context()
    return reply(keyed(context, lambda held: command.make(held, context)))
