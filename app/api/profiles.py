"""The province's profile, to read."""

from __future__ import annotations

from typing import Any

from flask import Response

from app.access.guard import requires
from app.api.blueprint import Blueprint, reply
from app.errors import DomainError
from app.runtime import runtime
from app.schemas.fields import Anything, Day, Many, Schema, Text, Whole
from app.views.profiles import SEE, profile_files, profile_view

blueprint = Blueprint("profiles", __name__, url_prefix="/api/v1", description="Quy định của tỉnh")


class ProfileArgs(Schema):
    name = Text(64, metadata={"description": "Tên tệp, như ha_tinh; mặc định là của tỉnh này"})
    q = Text(200)


class ProfileSchema(Schema):
    name = Text(200)
    file = Text(64)
    regulation = Text(2000)
    valid_from = Day()
    valid_to = Day(allow_none=True)
    others = Many(Anything(), metadata={"description": "[{file, name}]"})
    switches = Many(Anything(), metadata={"description": "[{name, meaning, value, raw, ground, others}]"})
    total = Whole()


@blueprint.get("/profile")
@requires(*SEE)
@blueprint.arguments(ProfileArgs, location="query")
@blueprint.response(200, ProfileSchema)
def read_profile(args: dict[str, Any]) -> Response:
    """Từng lựa chọn theo quy chế của tỉnh, căn cứ, và nơi khác chọn thế nào."""
    name = args.get("name") or runtime().settings.profile
    if name not in profile_files():
        raise DomainError("not_found", "Không có hồ sơ tỉnh này.")
    return reply(profile_view(name, args.get("q")))
