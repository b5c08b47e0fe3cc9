"""Signing in, and who one is."""

from __future__ import annotations

from typing import Any

from flask import Response

from app.access.guard import ANYONE, SIGNED_IN, before_password_change, open_to_programs, requires
from app.access.request import current_caller, origin
from app.access.sign_in import sign_in
from app.api.blueprint import Blueprint, reply
from app.errors import DomainError
from app.runtime import asked_at, runtime
from app.schemas.fields import Flag, Instant, Many, Part, Schema, Text
from app.store import accounts, organisation
from app.store.accounts import AccountRow
from app.store.transaction import reading

blueprint = Blueprint("accounts", __name__, url_prefix="/api/v1", description="Đăng nhập và tài khoản của mình")


class CredentialsBody(Schema):
    username = Text(200, required=True, least=1)
    password = Text(1000, required=True, least=1, strip=False)


class AccountSchema(Schema):
    username = Text(200)
    name = Text(500)
    email = Text(254, allow_none=True)
    agency = Text(64)


class TokenSchema(Schema):
    token = Text(100)
    expires_at = Instant()
    account = Part(AccountSchema)
    must_change_password = Flag(metadata={"description": "Mật khẩu tạm hoặc quá hạn: chỉ đổi mật khẩu được"})
    password_expires_at = Instant(allow_none=True, metadata={"description": "Phải đổi mật khẩu trước lúc này"})
    second_factor = Text(
        16,
        allow_none=True,
        metadata={"description": "code: đưa mã tại /me/second-factor/show; enrolment: phải bật tại /me/second-factor"},
    )


class HeldPositionSchema(Schema):
    code = Text(64)
    name = Text(500)
    agency = Text(64)
    unit = Text(64)
    unit_kind = Text(32)
    instead_of = Text(200, allow_none=True, metadata={"description": "Giữ thay cho ai hôm nay"})


class PersonSchema(Schema):
    username = Text(200)
    name = Text(500)


class AgencySchema(Schema):
    code = Text(64)
    name = Text(500)


class MeSchema(Schema):
    account = Part(AccountSchema)
    positions = Many(Part(HeldPositionSchema))
    agencies = Many(Part(AgencySchema))
    permissions = Many(Text(64))
    must_change_password = Flag()
    stands_in_for = Many(Part(PersonSchema), metadata={"description": "Đang làm thay cho ai hôm nay"})


@blueprint.post("/tokens")
@requires(ANYONE)
@blueprint.arguments(CredentialsBody)
@blueprint.response(201, TokenSchema)
def create_token(body: dict[str, Any]) -> Response:
    """Đăng nhập: đổi tên và mật khẩu lấy thẻ truy cập."""
    signed = sign_in(body["username"], body["password"], asked_at(), runtime().settings.token_hours, origin())
    age = signed.password
    answer = {
        "token": signed.token,
        "expires_at": signed.expires_at,
        "account": _account_view(signed.account),
        "must_change_password": signed.account.must_change_password,
        "second_factor": signed.waits_for,
        "password_expires_at": age.ends_at if age else None,
    }
    return reply(answer, 201)


@blueprint.get("/me")
@requires(SIGNED_IN)
@open_to_programs()
@before_password_change
@blueprint.response(200, MeSchema)
def me() -> Response:
    """Tài khoản đang đăng nhập: vị trí việc làm, cơ quan và quyền."""
    caller = current_caller()
    with reading() as connection:
        account = accounts.account_by_id(connection, caller.account_id, caller.day)
        agencies = [organisation.agency_by_id(connection, agency_id) for agency_id in sorted(caller.agency_ids)]
    if account is None:
        raise DomainError("unauthenticated", "Tài khoản không còn hoạt động.")
    absent = {one.id: one.username for one in account.absent}
    answer = {
        "account": _account_view(account),
        "positions": [
            {
                "code": held.code,
                "name": held.name,
                "agency": held.agency,
                "unit": held.unit,
                "unit_kind": held.unit_kind,
                "instead_of": absent.get(held.absent_id) if held.absent_id is not None else None,
            }
            for held in account.positions
        ],
        "agencies": [{"code": agency.code, "name": agency.name} for agency in agencies],
        "permissions": sorted(caller.permissions),
        "must_change_password": caller.must_change_password,
        "stands_in_for": [{"username": one.username, "name": one.name} for one in account.absent],
    }
    return reply(answer)


def _account_view(account: AccountRow) -> dict[str, Any]:
    return {"username": account.username, "name": account.name, "email": account.email, "agency": account.agency}
