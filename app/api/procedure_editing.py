"""Procedures as published: created, copied, changed."""

from __future__ import annotations

from app.api.blueprint import Blueprint

blueprint = Blueprint("procedure-editing", __name__, url_prefix="/api/v1", description="Danh mục thủ tục")
