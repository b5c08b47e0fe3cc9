"""Filters of the inbox that the caller keeps."""

from __future__ import annotations

from app.api.blueprint import Blueprint

blueprint = Blueprint("saved-filters", __name__, url_prefix="/api/v1", description="Bộ lọc đã lưu")
