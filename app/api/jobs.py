"""Deferred work that failed."""

from __future__ import annotations

from app.api.blueprint import Blueprint

blueprint = Blueprint("jobs", __name__, url_prefix="/api/v1", description="Công việc nền")
