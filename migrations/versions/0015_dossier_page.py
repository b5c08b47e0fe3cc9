"""Remarks inside an agency, who looks at a dossier now, drafts of whole forms."""

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Nothing yet."""
