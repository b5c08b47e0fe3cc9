"""The bodies of what an administrator does about an incident."""

from __future__ import annotations

from app.schemas.acting import COMMENT
from app.schemas.fields import Flag, Record, Schema, Text


class ReasonBody(Schema):
    reason = Text(COMMENT, lines=True, required=True, least=1)


class RepairBody(ReasonBody):
    set = Record(load_default=dict, metadata={"description": "{biến của sơ đồ: giá trị JSON}"})
    data = Record(load_default=dict, metadata={"description": "{trường dữ liệu hồ sơ: giá trị JSON}"})
    to_step = Text(128, allow_none=True, metadata={"description": "Một trong to_steps của sự cố"})
    retry = Flag(load_default=True, metadata={"description": "Sửa xong thì thực hiện lại ngay, nếu được"})
