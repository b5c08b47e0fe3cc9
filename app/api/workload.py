"""Workload and trends."""

from __future__ import annotations

from app.api.blueprint import Blueprint

blueprint = Blueprint("workload", __name__, url_prefix="/api/v1", description="Khối lượng, xu hướng")
