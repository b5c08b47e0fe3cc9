"""Published tables that are being made into diagrams."""

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    pass
