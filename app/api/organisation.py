"""Agencies, units, positions."""

from __future__ import annotations

from app.api.blueprint import Blueprint

blueprint = Blueprint("organisation", __name__, url_prefix="/api/v1", description="Cơ quan, đơn vị, vị trí")
