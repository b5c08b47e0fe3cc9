"""Units and positions over time, accounts as administrators keep them."""

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Nothing yet."""
