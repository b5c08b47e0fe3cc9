"""Accounts, their positions over time, import."""

from __future__ import annotations

from app.api.blueprint import Blueprint

blueprint = Blueprint("account-administration", __name__, url_prefix="/api/v1", description="Tài khoản")
