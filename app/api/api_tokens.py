"""Tokens for programs: the caller's own, and for administrators those of an account."""

from __future__ import annotations

from typing import Any

from flask import Response

from app.access.guard import SIGNED_IN, requires
from app.access.request import current_caller
from app.actions.api_tokens import MOST_OF_NAME, MakeApiToken, RevokeApiToken, make_api_token, revoke_api_token
from app.actions.end_sessions import MANAGE, SEE
from app.actions.unlink_identity import unlink_identity
from app.api.acting import acting_context
from app.api.blueprint import Blueprint, reply
from app.api.lists import list_schema
from app.rules.permissions import PERMISSIONS
from app.runtime import asked_at, runtime
from app.schemas.fields import Choice, Flag, Instant, Many, Part, Schema, Text, Whole
from app.views.cursors import whole_answer
from app.views.ways_in import own_api_tokens, ways_into_account

blueprint = Blueprint("api-tokens", __name__, url_prefix="/api/v1", description="Thẻ truy cập cho phần mềm")


class ApiTokenBody(Schema):
    name = Text(MOST_OF_NAME, required=True, least=1, metadata={"description": "Phần mềm nào dùng thẻ"})
    scopes = Many(
        Choice(tuple(PERMISSIONS)),
        required=True,
        most=len(PERMISSIONS),
        metadata={"description": "Một phần quyền của tài khoản"},
    )
    reads_only = Flag(load_default=False, metadata={"description": "Chỉ gọi được GET"})
    days = Whole(1, 3650, load_default=90)


class MadeApiTokenSchema(Schema):
    id = Whole(1)
    name = Text(MOST_OF_NAME)
    token = Text(100, allow_none=True, metadata={"description": "Chỉ có ở câu trả lời đầu tiên"})
    expires_at = Instant()


class ApiTokenSchema(Schema):
    id = Whole(1)
    name = Text(MOST_OF_NAME)
    scopes = Many(Text(64))
    scope_titles = Many(Text(200))
    reads_only = Flag()
    made_at = Instant()
    used_at = Instant(allow_none=True, metadata={"description": "Dùng lần cuối, chính xác đến 5 phút"})
    expires_at = Instant()


class RevokedSchema(Schema):
    name = Text(MOST_OF_NAME)


class FactorSchema(Schema):
    on = Flag()
    since = Instant(allow_none=True)
    demanded = Flag(metadata={"description": "Quyền của tài khoản đòi phải có"})
    recovery_codes_left = Whole()


class IdentitySchema(Schema):
    issuer = Text(1000)
    claim = Text(254)
    made_at = Instant()
    used_at = Instant()


class WaysInSchema(Schema):
    username = Text(200)
    changes = Flag(metadata={"description": "Người gọi thu hồi, bỏ được"})
    second_factor = Part(FactorSchema)
    tokens = Many(Part(ApiTokenSchema))
    identities = Many(Part(IdentitySchema))


class LinksEndedSchema(Schema):
    ended = Whole()


@blueprint.post("/me/api-tokens")
@requires(SIGNED_IN)
@blueprint.arguments(ApiTokenBody)
@blueprint.response(201, MadeApiTokenSchema)
def create_api_token(body: dict[str, Any]) -> Response:
    """Tạo thẻ truy cập cho một phần mềm. Thẻ chỉ hiện một lần; gửi lại cùng Idempotency-Key thì `token` là null."""
    scopes, most = tuple(body["scopes"]), runtime().settings.api_token_days
    command = MakeApiToken(body["name"], scopes, body["reads_only"], body["days"], most)
    return reply(make_api_token(command, acting_context()), 201)


@blueprint.get("/me/api-tokens")
@requires(SIGNED_IN)
@blueprint.response(200, list_schema("ApiTokenPage", ApiTokenSchema))
def list_api_tokens() -> Response:
    """Thẻ truy cập còn dùng được của mình."""
    return reply(whole_answer(own_api_tokens(current_caller(), asked_at())))


@blueprint.post("/me/api-tokens/<id:token_id>/revoke")
@requires(SIGNED_IN)
@blueprint.response(200, RevokedSchema)
def revoke_own_api_token(token_id: int) -> Response:
    """Thu hồi một thẻ của mình."""
    return reply({"name": revoke_api_token(RevokeApiToken(current_caller().username, token_id), acting_context())})


@blueprint.get("/accounts/<code:username>/ways-in")
@requires(*SEE)
@blueprint.response(200, WaysInSchema)
def show_ways_in(username: str) -> Response:
    """Ngoài mật khẩu, một tài khoản vào được bằng những gì: xác thực hai lớp, thẻ truy cập, liên kết định danh."""
    return reply(ways_into_account(current_caller(), username, asked_at()))


@blueprint.post("/accounts/<code:username>/api-tokens/<id:token_id>/revoke")
@requires(*MANAGE)
@blueprint.response(200, RevokedSchema)
def revoke_account_api_token(username: str, token_id: int) -> Response:
    """Thu hồi một thẻ của một tài khoản."""
    return reply({"name": revoke_api_token(RevokeApiToken(username, token_id), acting_context())})


@blueprint.post("/accounts/<code:username>/identities/unlink")
@requires(*MANAGE)
@blueprint.response(200, LinksEndedSchema)
def unlink_account_identity(username: str) -> Response:
    """Bỏ liên kết của một tài khoản với nhà cung cấp định danh."""
    return reply({"ended": unlink_identity(username, acting_context())})
