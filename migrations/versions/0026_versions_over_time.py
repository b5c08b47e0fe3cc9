"""The dossiers of a version by the day they came: what its diagram took in a period."""

from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.create_index("ix_dossiers_version_received", "dossiers", ["version_id", "received_at"])
