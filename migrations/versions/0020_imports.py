"""Dossiers taken over from an old system."""

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Nothing yet."""
