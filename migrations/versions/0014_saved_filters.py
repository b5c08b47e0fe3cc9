"""Filters of the inbox that people keep."""

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Nothing yet."""
