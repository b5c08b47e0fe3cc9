"""Accounts, their positions over time, import from a table: kept by administrators, the centre's and an agency's own."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import Response, request

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.give_positions import EndPosition, GivePosition, end_position, give_position
from app.actions.import_accounts import Accept, HandIn, accept, hand_in
from app.actions.keep_accounts import (
    CreateAccount,
    EditAccount,
    OnAccount,
    SetPermissions,
    create_account,
    edit_account,
    let_sign_in,
    lock_account,
    reset_password,
    set_permissions,
    unlock_account,
)
from app.actions.runner import Context, RequestKey
from app.api.acting import acting_context, etag, expected_version, idempotency_key
from app.api.blueprint import Blueprint, reply
from app.api.lists import PageArgs, list_schema
from app.errors import invalid
from app.rules.administration import ADMINISTRATORS
from app.rules.permissions import PERMISSIONS
from app.runtime import asked_at
from app.schemas.fields import Anything, Choice, Flag, Instant, Many, Part, Record, Schema, Text, Whole
from app.schemas.organisation import (
    AcceptImportBody,
    AccountBody,
    AccountEditBody,
    HoldingBody,
    HoldingEndBody,
    PermissionsBody,
)
from app.store.account_keeping import Wanted
from app.views.account_imports import import_view
from app.views.accounts import account_detail, account_list
from app.views.sign_in_blocks import sign_in_state

blueprint = Blueprint("account-administration", __name__, url_prefix="/api/v1/accounts", description="Tài khoản")

_TOLD_ONCE = "Mật khẩu tạm, chỉ trả một lần; gửi lại cùng khóa thì null"
UPLOAD = {
    "multipart/form-data": {
        "schema": {
            "type": "object",
            "properties": {"file": {"type": "string", "format": "binary", "description": "XLSX, ODS hoặc CSV"}},
            "required": ["file"],
        }
    }
}


class AccountArgs(PageArgs):
    q = Text(200, metadata={"description": "Họ tên, tên đăng nhập, thư điện tử; có dấu hay không"})
    agency = Text(64)
    position = Text(200, metadata={"description": "Mã hoặc tên vị trí đang giữ"})
    permission = Choice(tuple(PERMISSIONS))
    locked = Flag(load_default=False)
    without_position = Flag(load_default=False)


class KeptAccountSchema(Schema):
    username = Text(64)
    name = Text(300)
    email = Text(254, allow_none=True)
    agency = Text(64)
    agency_name = Text(300)
    permissions = Many(Text(64))
    positions = Many(Anything(), metadata={"description": "Các vị trí hôm nay"})
    active = Flag(metadata={"description": "false: đã khóa"})
    must_change_password = Flag()
    version = Whole(1)


class SignInStateSchema(Schema):
    failures = Whole(metadata={"description": "Số lần sai liên tiếp đang làm tạm khóa"})
    last_at = Instant(allow_none=True)
    blocked_until = Instant(allow_none=True, metadata={"description": "Tạm khóa đăng nhập đến lúc này"})
    password_changed_at = Instant(allow_none=True)
    password_void = Flag(metadata={"description": "Đã báo lộ: phải đặt mật khẩu tạm mới đăng nhập được"})


class KeptAccountDetailSchema(KeptAccountSchema):
    keeps = Flag(metadata={"description": "Người gọi sửa được tài khoản này"})
    self = Flag(metadata={"description": "Là chính người gọi"})
    holdings = Many(Anything(), metadata={"description": "Vị trí theo thời gian, mới nhất trước"})
    waiting = Whole(metadata={"description": "Số bước đang nhận xử lý"})
    emptied = Many(Anything(), metadata={"description": "Vị trí không ai khác làm được: {position, agency, waiting}"})
    changes = Many(Anything(), metadata={"description": "Thay đổi: {at, kind, by_name, before, after}"})
    sign_in = Part(SignInStateSchema)


class CreatedAccountSchema(KeptAccountDetailSchema):
    temporary_password = Text(64, allow_none=True, metadata={"description": _TOLD_ONCE})


class HandedInSchema(Schema):
    id = Whole(1)
    file_name = Text(300)
    made_at = Instant()
    accepted_at = Instant(allow_none=True)
    result = Record(metadata={"description": "{new, changed, unchanged, wrong} sau khi nhập"})
    counts = Record(metadata={"description": "{new, changed, unchanged, wrong}"})
    digest = Text(64)
    rows = Many(Anything(), most=2000, metadata={"description": "[{line, state, username, …, changes, faults}]"})


class AcceptedSchema(Schema):
    id = Whole(1)
    result = Record()
    accounts = Many(
        Anything(),
        most=2000,
        metadata={"description": "[{username, name, agency, temporary_password}], chỉ trả một lần"},
    )


@blueprint.get("")
@requires(*ADMINISTRATORS)
@blueprint.arguments(AccountArgs, location="query")
@blueprint.response(200, list_schema("KeptAccountPage", KeptAccountSchema))
def list_accounts(args: dict[str, Any]) -> Response:
    """Các tài khoản trong phạm vi quản lý, theo họ tên."""
    caller = current_caller()
    asked = {key: args.get(key) for key in ("position", "permission")}
    wanted = Wanted(args.get("q"), None, **asked, locked=args["locked"], without_position=args["without_position"])
    return reply(account_list(caller, wanted, args.get("agency"), caller.day, args.get("cursor"), args["page_size"]))


@blueprint.post("")
@requires(*ADMINISTRATORS)
@blueprint.arguments(AccountBody)
@blueprint.response(201, CreatedAccountSchema)
def add_account(body: dict[str, Any]) -> Response:
    """Lập tài khoản với mật khẩu tạm, phải đổi khi đăng nhập lần đầu."""
    made = create_account(CreateAccount(**{**body, "permissions": tuple(body["permissions"])}), acting_context())
    return _account(made["username"], 201, temporary_password=made["temporary_password"])


@blueprint.get("/<code:username>")
@requires(*ADMINISTRATORS)
@blueprint.response(200, KeptAccountDetailSchema)
def get_account(username: str) -> Response:
    """Một tài khoản: quyền, vị trí theo thời gian, việc đang giữ, thay đổi."""
    return _account(username)


@blueprint.put("/<code:username>")
@requires(*ADMINISTRATORS)
@blueprint.arguments(AccountEditBody)
@blueprint.response(200, KeptAccountDetailSchema)
def change_account(body: dict[str, Any], username: str) -> Response:
    """Sửa họ tên, thư điện tử, cơ quan. If-Match với ETag của lần đọc."""
    edit_account(EditAccount(username, body, expected_version()), acting_context())
    return _account(username)


@blueprint.put("/<code:username>/permissions")
@requires(*ADMINISTRATORS)
@blueprint.arguments(PermissionsBody)
@blueprint.response(200, KeptAccountDetailSchema)
def change_permissions(body: dict[str, Any], username: str) -> Response:
    """Cho đúng các quyền này. Quản trị viên cơ quan chỉ cho quyền trong cơ quan mà chính mình có."""
    set_permissions(SetPermissions(username, tuple(body["permissions"]), expected_version()), acting_context())
    return _account(username)


@blueprint.post("/<code:username>/lock")
@requires(*ADMINISTRATORS)
@blueprint.response(200, KeptAccountDetailSchema)
def lock(username: str) -> Response:
    """Khóa tài khoản: các phiên đang mở kết thúc ngay."""
    lock_account(OnAccount(username, expected_version()), acting_context())
    return _account(username)


@blueprint.post("/<code:username>/unlock")
@requires(*ADMINISTRATORS)
@blueprint.response(200, KeptAccountDetailSchema)
def unlock(username: str) -> Response:
    """Mở khóa tài khoản."""
    unlock_account(OnAccount(username, expected_version()), acting_context())
    return _account(username)


@blueprint.post("/<code:username>/let-sign-in")
@requires(*ADMINISTRATORS)
@blueprint.response(200, KeptAccountDetailSchema)
def let(username: str) -> Response:
    """Bỏ tạm khóa đăng nhập vì sai mật khẩu nhiều lần."""
    let_sign_in(OnAccount(username), acting_context())
    return _account(username)


@blueprint.post("/<code:username>/reset-password")
@requires(*ADMINISTRATORS)
@blueprint.response(200, CreatedAccountSchema)
def give_password(username: str) -> Response:
    """Đặt mật khẩu tạm mới; các phiên đang mở kết thúc ngay."""
    made = reset_password(OnAccount(username, expected_version()), acting_context())
    return _account(username, temporary_password=made["temporary_password"])


@blueprint.post("/<code:username>/positions")
@requires(*ADMINISTRATORS)
@blueprint.arguments(HoldingBody)
@blueprint.response(201, KeptAccountDetailSchema)
def give(body: dict[str, Any], username: str) -> Response:
    """Giao vị trí từ một ngày (đến hết một ngày)."""
    give_position(GivePosition(username, **body, version=expected_version()), acting_context())
    return _account(username, 201)


@blueprint.post("/<code:username>/positions/<id:holding_id>/end")
@requires(*ADMINISTRATORS)
@blueprint.arguments(HoldingEndBody)
@blueprint.response(200, KeptAccountDetailSchema)
def end(body: dict[str, Any], username: str, holding_id: int) -> Response:
    """Thôi giữ vị trí sau một ngày; việc đang nhận vẫn của người ấy đến khi bàn giao."""
    end_position(EndPosition(username, holding_id, body["last_day"]), acting_context())
    return _account(username)


@blueprint.post("/imports")
@requires(*ADMINISTRATORS)
@blueprint.doc(requestBody={"required": True, "content": UPLOAD})
@blueprint.response(201, HandedInSchema)
def hand_in_accounts() -> Response:
    """Gửi bảng cán bộ để xem trước từng dòng; chưa tạo gì."""
    file = request.files.get("file")
    if file is None:
        raise invalid({"file": ["Phải gửi tệp ở trường file (multipart/form-data)."]})
    content = file.read()
    context = acting_context()
    key = idempotency_key()
    held = RequestKey(key, hashlib.sha256(b"accounts/imports\n" + content).digest()) if key else None
    context = Context(context.caller, context.now, held, address=context.address)
    return reply(import_view(hand_in(HandIn(content, file.filename or ""), context), context), 201)


@blueprint.get("/imports/<id:import_id>")
@requires(*ADMINISTRATORS)
@blueprint.response(200, HandedInSchema)
def see_import(import_id: int) -> Response:
    """Từng dòng: tạo mới, thay đổi, không đổi, hay sai ở ô nào."""
    return reply(import_view(import_id, acting_context()))


@blueprint.post("/imports/<id:import_id>/accept")
@requires(*ADMINISTRATORS)
@blueprint.arguments(AcceptImportBody)
@blueprint.response(200, AcceptedSchema)
def accept_import(body: dict[str, Any], import_id: int) -> Response:
    """Nhập tất cả trong một lần, hoặc chỉ các dòng đúng; mật khẩu tạm chỉ trả ở đây."""
    return reply(accept(Accept(import_id, body["good_only"], body.get("seen")), acting_context()))


def _account(username: str, status: int = 200, **more: Any) -> Response:
    caller = current_caller()
    found = account_detail(caller, username, caller.day) | more
    found["sign_in"] = sign_in_state(caller, username, asked_at())
    return reply(found, status, {"ETag": etag(found["version"])})
