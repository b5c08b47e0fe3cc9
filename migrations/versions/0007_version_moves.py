"""Repealed versions, and dossiers that were moved to another version."""

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    pass
