"""Password and sessions of the caller."""

from __future__ import annotations

from app.api.blueprint import Blueprint

blueprint = Blueprint("my-account", __name__, url_prefix="/api/v1", description="Tài khoản của tôi")
