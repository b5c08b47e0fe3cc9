"""Fees collected and paid back."""

from __future__ import annotations

from app.api.blueprint import Blueprint

blueprint = Blueprint("fees", __name__, url_prefix="/api/v1", description="Phí, lệ phí")
