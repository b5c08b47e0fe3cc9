"""What publishing a draft asks for: the decision's scan, the centre's comments, corrections of a version."""

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    pass
