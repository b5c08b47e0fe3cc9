"""Deliveries by every channel with their state, templates that were edited, outages."""

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    pass
