"""Approving and signing many at once."""

from __future__ import annotations

from app.api.blueprint import Blueprint

blueprint = Blueprint("approving", __name__, url_prefix="/api/v1", description="Duyệt và ký nhiều")
