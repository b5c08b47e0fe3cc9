"""Filters of the inbox that people keep; what somebody did, the latest first."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"

JSONB = postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    op.create_table(
        "saved_filters",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("filter", JSONB, nullable=False),
        sa.Column("is_start", sa.Boolean(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_saved_filters_account_id"),
        sa.PrimaryKeyConstraint("id", name="pk_saved_filters"),
        sa.UniqueConstraint("account_id", "name", name="uq_saved_filters_account_id_name"),
    )
    op.create_index(
        "ix_saved_filters_start", "saved_filters", ["account_id"], unique=True, postgresql_where=sa.text("is_start")
    )
    op.create_index(
        "ix_tasks_done_by",
        "tasks",
        ["finished_by", "finished_at", "id"],
        postgresql_include=["dossier_id", "agency_id"],
        postgresql_where=sa.text("state = 'done'"),
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON saved_filters TO motcua_app")
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO motcua_app")
