"""Published tables that are being made into diagrams."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"

JSONB = postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    op.create_table(
        "table_drafts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("tables", JSONB, nullable=False),
        sa.Column("draft", JSONB, nullable=False),
        sa.Column("settled", JSONB, nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("diagram_draft_id", sa.BigInteger(), nullable=True),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["diagram_draft_id"], ["diagram_drafts.id"], name="fk_table_drafts_diagram_draft_id"),
        sa.ForeignKeyConstraint(["made_by"], ["accounts.id"], name="fk_table_drafts_made_by"),
        sa.ForeignKeyConstraint(["changed_by"], ["accounts.id"], name="fk_table_drafts_changed_by"),
        sa.PrimaryKeyConstraint("id", name="pk_table_drafts"),
    )
    op.create_index("ix_table_drafts_changed_at", "table_drafts", ["changed_at"])
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON table_drafts TO motcua_app")
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO motcua_app")
