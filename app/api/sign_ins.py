"""Accounts that are stolen, and sign-ins that fail too often."""

from __future__ import annotations

from typing import Any

from flask import Response

from app.access.guard import SIGNED_IN, before_password_change, before_second_factor, requires
from app.access.request import current_caller
from app.access.second_factor import CODE, ENROLMENT
from app.actions.let_address import LetAddress, let_address
from app.actions.report_account import MOST_REASON, ReportAccount, report_account
from app.api.acting import acting_context
from app.api.blueprint import Blueprint, reply
from app.api.lists import list_schema
from app.rules.administration import ADMINISTRATORS, EVERYWHERE, HELPERS
from app.runtime import asked_at
from app.schemas.fields import Instant, Schema, Text, Whole
from app.views.cursors import whole_answer
from app.views.sign_in_blocks import blocked_list

blueprint = Blueprint("sign-ins", __name__, url_prefix="/api/v1", description="Tài khoản bị lộ, đăng nhập bị tạm khóa")


class OwnReportBody(Schema):
    reason = Text(MOST_REASON, load_default="")


class ReportBody(Schema):
    reason = Text(MOST_REASON, required=True, least=1, metadata={"description": "Ai nhờ báo, chuyện gì đã xảy ra"})


class ReportedSchema(Schema):
    username = Text(200)
    ended = Whole(metadata={"description": "Số phiên, thẻ truy cập đã kết thúc"})


class AddressBody(Schema):
    address = Text(100, required=True, least=1)


class LetSchema(Schema):
    address = Text(100)


class BlockedSchema(Schema):
    username = Text(200, allow_none=True)
    name = Text(500, allow_none=True)
    agency_name = Text(500, allow_none=True)
    address = Text(100, allow_none=True, metadata={"description": "Địa chỉ mạng bị tạm khóa; null: một tài khoản"})
    failures = Whole()
    last_at = Instant()
    blocked_until = Instant()


@blueprint.post("/me/report-stolen")
@requires(SIGNED_IN)
@before_password_change
@before_second_factor(CODE, ENROLMENT)
@blueprint.arguments(OwnReportBody)
@blueprint.response(200, ReportedSchema)
def report_mine(body: dict[str, Any]) -> Response:
    """Tài khoản của mình bị lộ, mất máy: khóa ngay, mọi phiên và thẻ kết thúc, mật khẩu cũ bị hủy (HT-22.1)."""
    return reply(report_account(ReportAccount(None, body["reason"]), acting_context()))


@blueprint.post("/accounts/<code:username>/report-stolen")
@requires(*ADMINISTRATORS, *HELPERS)
@blueprint.arguments(ReportBody)
@blueprint.response(200, ReportedSchema)
def report_other(body: dict[str, Any], username: str) -> Response:
    """Báo giúp đồng nghiệp bị lộ tài khoản: bộ phận một cửa, lãnh đạo trong cơ quan, quản trị viên."""
    return reply(report_account(ReportAccount(username, body["reason"]), acting_context()))


@blueprint.get("/sign-in-blocks")
@requires(*ADMINISTRATORS)
@blueprint.response(200, list_schema("SignInBlockPage", BlockedSchema))
def list_blocked() -> Response:
    """Tài khoản trong phạm vi quản lý và địa chỉ mạng đang bị tạm khóa đăng nhập vì sai quá nhiều lần."""
    return reply(whole_answer(blocked_list(current_caller(), asked_at())))


@blueprint.post("/sign-in-blocks/let-address")
@requires(EVERYWHERE)
@blueprint.arguments(AddressBody)
@blueprint.response(200, LetSchema)
def let(body: dict[str, Any]) -> Response:
    """Bỏ tạm khóa một địa chỉ mạng."""
    let_address(LetAddress(body["address"]), acting_context())
    return reply({"address": body["address"]})
