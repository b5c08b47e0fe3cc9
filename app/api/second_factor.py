"""The second factor: shown after signing in, set up, renewed, given up, and reset by administrators."""

from __future__ import annotations

from typing import Any

from flask import Response

from app.access.guard import SIGNED_IN, before_password_change, before_second_factor, requires
from app.access.request import current_caller, current_session
from app.access.second_factor import CODE, ENROLMENT
from app.actions.end_sessions import MANAGE
from app.actions.second_factor import (
    ShowCode,
    begin_enrolment,
    confirm_enrolment,
    end_second_factor,
    renew_recovery_codes,
    reset_second_factor,
    show_code,
)
from app.api.acting import acting_context
from app.api.api_tokens import FactorSchema
from app.api.blueprint import Blueprint, reply
from app.api.my_account import EndedSchema
from app.runtime import runtime
from app.schemas.fields import Flag, Instant, Many, Schema, Text
from app.views.ways_in import own_second_factor

blueprint = Blueprint("second-factor", __name__, url_prefix="/api/v1", description="Xác thực hai lớp")


class OtpBody(Schema):
    otp = Text(40, required=True, least=1, metadata={"description": "Mã 6 số của ứng dụng, hoặc một mã khôi phục"})


class EnrolmentSchema(Schema):
    secret = Text(64)
    address = Text(500, metadata={"description": "otpauth://…, nội dung của mã QR"})


class EnrolledSchema(Schema):
    recovery_codes = Many(Text(40), metadata={"description": "Chỉ hiện một lần"})
    expires_at = Instant()


class ShownSchema(Schema):
    expires_at = Instant(metadata={"description": "Phiên dùng được đến lúc này"})


class RecoveryCodesSchema(Schema):
    recovery_codes = Many(Text(40), metadata={"description": "Chỉ hiện một lần; mã cũ không dùng được nữa"})


class OffSchema(Schema):
    on = Flag()


@blueprint.get("/me/second-factor")
@requires(SIGNED_IN)
@before_password_change
@before_second_factor(ENROLMENT)
@blueprint.response(200, FactorSchema)
def show_second_factor() -> Response:
    """Xác thực hai lớp của mình."""
    return reply(own_second_factor(current_caller()))


@blueprint.post("/me/second-factor")
@requires(SIGNED_IN)
@before_password_change
@before_second_factor(ENROLMENT)
@blueprint.response(201, EnrolmentSchema)
def begin() -> Response:
    """Bắt đầu bật: khóa để nạp vào ứng dụng xác thực. Chưa có hiệu lực trước khi `confirm`."""
    return reply(begin_enrolment(acting_context()), 201)


@blueprint.post("/me/second-factor/confirm")
@requires(SIGNED_IN)
@before_password_change
@before_second_factor(ENROLMENT)
@blueprint.arguments(OtpBody)
@blueprint.response(200, EnrolledSchema)
def confirm(body: dict[str, Any]) -> Response:
    """Bật bằng mã đầu tiên của ứng dụng; các phiên khác của mình kết thúc."""
    made = confirm_enrolment(_shown(body), acting_context())
    return reply({"recovery_codes": made["recovery_codes"], "expires_at": made["expires_at"]})


@blueprint.post("/me/second-factor/show")
@requires(SIGNED_IN)
@before_password_change
@before_second_factor(CODE)
@blueprint.arguments(OtpBody)
@blueprint.response(200, ShownSchema)
def show(body: dict[str, Any]) -> Response:
    """Sau POST /tokens mà `second_factor` là “code”: đưa mã, thẻ vừa nhận bắt đầu dùng được. Mỗi mã dùng một lần."""
    return reply({"expires_at": show_code(_shown(body), acting_context())})


@blueprint.post("/me/second-factor/recovery-codes")
@requires(SIGNED_IN)
@blueprint.arguments(OtpBody)
@blueprint.response(200, RecoveryCodesSchema)
def renew(body: dict[str, Any]) -> Response:
    """Đổi bộ mã khôi phục."""
    return reply({"recovery_codes": renew_recovery_codes(body["otp"], acting_context())})


@blueprint.post("/me/second-factor/end")
@requires(SIGNED_IN)
@blueprint.arguments(OtpBody)
@blueprint.response(200, OffSchema)
def end(body: dict[str, Any]) -> Response:
    """Thôi dùng xác thực hai lớp; không được khi quyền của tài khoản đòi phải có."""
    end_second_factor(body["otp"], acting_context())
    return reply({"on": False})


@blueprint.post("/accounts/<code:username>/second-factor/reset")
@requires(*MANAGE)
@blueprint.response(200, EndedSchema)
def reset(username: str) -> Response:
    """Cán bộ mất điện thoại: bỏ xác thực hai lớp của tài khoản, kết thúc mọi phiên."""
    return reply({"ended": reset_second_factor(username, acting_context())})


def _shown(body: dict[str, Any]) -> ShowCode:
    return ShowCode(body["otp"], current_session(), runtime().settings.token_hours)
