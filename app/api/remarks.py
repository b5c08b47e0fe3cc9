"""Remarks inside one agency, presence, related dossiers."""

from __future__ import annotations

from app.api.blueprint import Blueprint

blueprint = Blueprint("remarks", __name__, url_prefix="/api/v1", description="Trao đổi trong cơ quan")
