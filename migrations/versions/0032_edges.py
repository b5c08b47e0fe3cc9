"""Limits at the edges: how much strangers look up by code, by address and hour."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    op.create_table(
        "lookup_counts",
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("hour_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("address", "hour_at", name="pk_lookup_counts"),
        prefixes=["UNLOGGED"],  # no WAL for what nobody misses after a crash
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON lookup_counts TO motcua_app")
