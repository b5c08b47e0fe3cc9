"""Notices to officials, and which of them somebody wants how."""

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    pass
