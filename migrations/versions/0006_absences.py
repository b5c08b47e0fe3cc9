"""Absences of officials and who takes their work meanwhile."""

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    pass
