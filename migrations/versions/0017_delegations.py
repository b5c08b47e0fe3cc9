"""Duties handed to somebody else within limits."""

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Nothing yet."""
