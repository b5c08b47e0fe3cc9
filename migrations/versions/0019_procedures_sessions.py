"""Procedures as they are edited, sessions that can be told apart."""

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Nothing yet."""
