"""Bodies of the log book of outages and of maintenance."""

from __future__ import annotations

from app.actions.keep_log_book import KINDS, LEVELS, NOTES
from app.actions.maintain import KINDS as MAINTENANCE_KINDS
from app.actions.maintain import MODES
from app.schemas.fields import Choice, Instant, Schema, Text, Whole


class LogEntryChangeBody(Schema):
    kind = Choice(tuple(KINDS))
    level = Choice(tuple(LEVELS))
    title = Text(200, least=1)
    words = Text(10_000, lines=True, least=1, metadata={"description": "Diễn biến"})
    affected = Text(2000, lines=True, allow_none=True, metadata={"description": "Cơ quan, người dùng, chức năng"})
    began_at = Instant()
    noticed_at = Instant()
    ended_at = Instant(allow_none=True)
    cause = Text(10_000, lines=True, allow_none=True)
    remedy = Text(10_000, lines=True, allow_none=True, metadata={"description": "Khắc phục, phòng ngừa"})
    version = Whole(1, metadata={"description": "Phiên bản đã xem; khác thì 412"})


class LogEntryBody(Schema):
    kind = Choice(tuple(KINDS), required=True)
    level = Choice(tuple(LEVELS), required=True)
    title = Text(200, required=True, least=1)
    words = Text(10_000, lines=True, required=True, least=1, metadata={"description": "Diễn biến"})
    affected = Text(2000, lines=True, allow_none=True, metadata={"description": "Cơ quan, người dùng, chức năng"})
    began_at = Instant(required=True)
    noticed_at = Instant(allow_none=True)
    ended_at = Instant(allow_none=True)
    cause = Text(10_000, lines=True, allow_none=True)
    remedy = Text(10_000, lines=True, allow_none=True, metadata={"description": "Khắc phục, phòng ngừa"})
    outage_id = Whole(1, allow_none=True, metadata={"description": "Thông báo sự cố hệ thống đã đăng"})


class LogNoteBody(Schema):
    kind = Choice(tuple(NOTES), load_default="note")
    words = Text(5000, lines=True, required=True, least=1)


class MaintenanceBody(Schema):
    kind = Choice(tuple(MAINTENANCE_KINDS), load_default="maintenance")
    mode = Choice(tuple(MODES), required=True)
    words = Text(1000, lines=True, required=True, least=1, metadata={"description": "Lời báo cho mọi người"})
    starts_at = Instant(allow_none=True, metadata={"description": "Không có: ngay bây giờ"})
    ends_at = Instant(allow_none=True, metadata={"description": "Dự kiến xong; không tự kết thúc"})
    basis = Text(500, allow_none=True, metadata={"description": "Quyết định tạm dừng: số, ngày, người ký"})


class MaintenanceEndBody(Schema):
    words = Text(5000, lines=True, load_default="", metadata={"description": "Đã làm gì; ghi vào sổ sự cố"})
