"""Drafts of diagrams: list, files, saving, comparing."""

from __future__ import annotations

from app.api.blueprint import Blueprint

blueprint = Blueprint("diagram_drafts", __name__, url_prefix="/api/v1", description="Bản vẽ quy trình")
