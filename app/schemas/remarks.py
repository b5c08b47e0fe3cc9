"""What is sent with a remark, and with word that somebody is at a dossier's page."""

from __future__ import annotations

from app.actions.remarks import MOST_MENTIONED
from app.schemas.fields import Flag, Many, Schema, Text, Whole
from app.store.remarks import LONGEST


class RemarkBody(Schema):
    text = Text(
        LONGEST, least=1, lines=True, required=True, metadata={"description": "@tên-đăng-nhập báo cho đồng nghiệp"}
    )
    mentioned = Many(
        Text(200, least=1), most=MOST_MENTIONED, metadata={"description": "Tên đăng nhập, thêm vào @ trong text"}
    )


class RemarkCorrection(Schema):
    text = Text(LONGEST, least=1, lines=True, required=True)


class PresenceBody(Schema):
    typing = Flag(load_default=False, metadata={"description": "Đang nhập"})
    leaves = Flag(load_default=False, metadata={"description": "Đã rời trang"})
    since = Whole(0, metadata={"description": "seq khi mở trang; có sự kiện sau đó thì moved nói là gì"})
