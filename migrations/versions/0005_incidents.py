"""Incidents, and steps whose position nobody holds."""

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    pass
