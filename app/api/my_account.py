"""Password and sessions of the caller, and for administrators the sessions of an account."""

from __future__ import annotations

from typing import Any

from flask import Response

from app.access.guard import SIGNED_IN, before_password_change, requires
from app.access.request import current_caller, current_session
from app.actions.change_password import ChangePassword, change_password
from app.actions.end_sessions import MANAGE, SEE, EndSessions, end_sessions
from app.api.acting import acting_context
from app.api.blueprint import Blueprint, reply
from app.api.lists import list_schema
from app.rules.passwords import LEAST, MOST
from app.runtime import asked_at
from app.schemas.fields import Choice, Flag, Instant, Many, Part, Schema, Text, Whole
from app.views.cursors import whole_answer
from app.views.sessions import WAYS, own_sessions, sessions_of_account

blueprint = Blueprint("my-account", __name__, url_prefix="/api/v1", description="Tài khoản của tôi")


class PasswordBody(Schema):
    old_password = Text(1000, required=True, least=1, strip=False)
    new_password = Text(
        4 * MOST,
        required=True,
        least=1,
        strip=False,
        metadata={"description": f"Ít nhất {LEAST} ký tự, không chứa tên đăng nhập, không phải mật khẩu hay dùng"},
    )


class EndedSchema(Schema):
    ended = Whole(metadata={"description": "Số phiên đã kết thúc"})


class SessionSchema(Schema):
    id = Whole(1)
    way = Choice(tuple(WAYS))
    way_title = Text(100)
    program = Text(200, metadata={"description": "Trình duyệt, hệ điều hành bằng lời"})
    address = Text(100, allow_none=True)
    made_at = Instant()
    seen_at = Instant(metadata={"description": "Dùng lần cuối, chính xác đến 5 phút"})
    expires_at = Instant()
    current = Flag(metadata={"description": "Phiên đang gọi"})


class AccountSessionsSchema(Schema):
    username = Text(200)
    name = Text(500)
    active = Flag()
    ends = Flag(metadata={"description": "Người gọi kết thúc được"})
    data = Many(Part(SessionSchema), most=10_000)


@blueprint.post("/me/password")
@requires(SIGNED_IN)
@before_password_change
@blueprint.arguments(PasswordBody)
@blueprint.response(200, EndedSchema)
def set_password(body: dict[str, Any]) -> Response:
    """Đổi mật khẩu của mình; mọi phiên khác kết thúc. Không dùng Idempotency-Key: gửi lại thì mật khẩu cũ không còn đúng."""
    new = body["new_password"]
    command = ChangePassword(body["old_password"], new, new, current_session())
    return reply({"ended": change_password(command, acting_context())})


@blueprint.get("/me/sessions")
@requires(SIGNED_IN)
@blueprint.response(200, list_schema("SessionPage", SessionSchema))
def list_my_sessions() -> Response:
    """Những nơi đang đăng nhập bằng tài khoản của mình."""
    return reply(whole_answer(own_sessions(current_caller(), current_session(), asked_at())))


@blueprint.post("/me/sessions/end-others")
@requires(SIGNED_IN)
@blueprint.response(200, EndedSchema)
def end_my_other_sessions() -> Response:
    """Kết thúc mọi phiên khác của mình."""
    command = EndSessions(current_caller().username, keep=current_session())
    return reply({"ended": end_sessions(command, acting_context())})


@blueprint.post("/me/sessions/<id:session_id>/end")
@requires(SIGNED_IN)
@blueprint.response(200, EndedSchema)
def end_my_session(session_id: int) -> Response:
    """Kết thúc một phiên của mình."""
    return reply({"ended": end_sessions(EndSessions(current_caller().username, session_id), acting_context())})


@blueprint.get("/accounts/<code:username>/sessions")
@requires(*SEE)
@blueprint.response(200, AccountSessionsSchema)
def list_account_sessions(username: str) -> Response:
    """Những nơi đang đăng nhập bằng một tài khoản."""
    return reply(sessions_of_account(current_caller(), username, current_session(), asked_at()))


@blueprint.post("/accounts/<code:username>/sessions/end")
@requires(*MANAGE)
@blueprint.response(200, EndedSchema)
def end_account_sessions(username: str) -> Response:
    """Kết thúc mọi phiên của một tài khoản."""
    return reply({"ended": end_sessions(EndSessions(username), acting_context())})


@blueprint.post("/accounts/<code:username>/sessions/<id:session_id>/end")
@requires(*MANAGE)
@blueprint.response(200, EndedSchema)
def end_account_session(username: str, session_id: int) -> Response:
    """Kết thúc một phiên của một tài khoản."""
    return reply({"ended": end_sessions(EndSessions(username, session_id), acting_context())})


@blueprint.post("/accounts/<code:username>/lock-out")
@requires(*MANAGE)
@blueprint.response(200, EndedSchema)
def lock_out(username: str) -> Response:
    """Tài khoản bị lộ: khóa ngay và kết thúc mọi phiên (HT-22.1)."""
    return reply({"ended": end_sessions(EndSessions(username, lock=True), acting_context())})
