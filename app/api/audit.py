"""What administrators changed."""

from __future__ import annotations

from app.api.blueprint import Blueprint

blueprint = Blueprint("audit", __name__, url_prefix="/api/v1", description="Nhật ký quản trị")
