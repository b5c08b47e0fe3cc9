"""Duties handed to somebody else within limits."""

from __future__ import annotations

from app.api.blueprint import Blueprint

blueprint = Blueprint("delegations", __name__, url_prefix="/api/v1", description="Ủy quyền")
