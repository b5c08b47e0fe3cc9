"""Signatures found in files, and signing that is under way."""

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    pass
