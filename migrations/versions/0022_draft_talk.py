"""Comments on drafts, and who is at one right now."""

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    pass
