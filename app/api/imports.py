"""Open dossiers from an old system."""

from __future__ import annotations

from app.api.blueprint import Blueprint

blueprint = Blueprint("imports", __name__, url_prefix="/api/v1", description="Chuyển hồ sơ cũ")
