"""Slips by form and number, their books, templates and logos."""

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    pass
