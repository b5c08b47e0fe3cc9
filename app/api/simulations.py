"""Simulations of drafts and versions under load."""

from __future__ import annotations

from app.api.blueprint import Blueprint

blueprint = Blueprint("simulations", __name__, url_prefix="/api/v1", description="Mô phỏng quy trình")
