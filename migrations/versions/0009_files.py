"""Files by content: what they are, whether they are clean, who looked at them."""

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    pass
