"""Simulations of drafts under load."""

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    pass
