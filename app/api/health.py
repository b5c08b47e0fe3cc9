"""Whether this process lives, and whether it can serve."""

from __future__ import annotations

from flask import Response

from app.access.guard import ANYONE, requires
from app.api.blueprint import Blueprint, reply
from app.errors import DomainError
from app.schemas.fields import Schema, Text
from app.store.readiness import schema_is_current
from app.store.transaction import reading

blueprint = Blueprint("health", __name__, description="Tình trạng hệ thống")


class HealthSchema(Schema):
    status = Text(20)


@blueprint.get("/healthz")
@requires(ANYONE)
@blueprint.response(200, HealthSchema)
def healthz() -> Response:
    """Tiến trình còn sống."""
    return reply({"status": "ok"})


@blueprint.get("/readyz")
@requires(ANYONE)
@blueprint.response(200, HealthSchema)
def readyz() -> Response:
    """Sẵn sàng phục vụ: cơ sở dữ liệu trả lời và lược đồ là mới nhất."""
    with reading() as connection:
        if not schema_is_current(connection):
            raise DomainError("unavailable", "Lược đồ cơ sở dữ liệu chưa được nâng cấp; hãy chạy `motcua db upgrade`.")
    return reply({"status": "ready"})
