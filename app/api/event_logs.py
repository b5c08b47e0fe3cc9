"""What really happened, for tools that mine processes: XES and OCEL."""

from __future__ import annotations

from app.api.blueprint import Blueprint

blueprint = Blueprint("event_logs", __name__, url_prefix="/api/v1", description="Nhật ký quy trình")
