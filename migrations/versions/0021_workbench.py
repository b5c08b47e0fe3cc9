"""The designers' workbench: drafts of diagrams with every state that was kept of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"

JSONB = postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    op.create_table(
        "diagram_drafts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("procedure_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("base_version", sa.BigInteger(), nullable=True),
        sa.Column("origin", JSONB, nullable=False),
        sa.Column("preparation", JSONB, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("published_version", sa.BigInteger(), nullable=True),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["procedure_id"], ["procedures.id"], name="fk_diagram_drafts_procedure_id"),
        sa.ForeignKeyConstraint(["made_by"], ["accounts.id"], name="fk_diagram_drafts_made_by"),
        sa.ForeignKeyConstraint(["changed_by"], ["accounts.id"], name="fk_diagram_drafts_changed_by"),
        sa.PrimaryKeyConstraint("id", name="pk_diagram_drafts"),
    )
    op.create_index("ix_diagram_drafts_procedure_id", "diagram_drafts", ["procedure_id"])
    op.create_index("ix_diagram_drafts_changed_at", "diagram_drafts", ["changed_at"])
    op.create_table(
        "draft_revisions",
        sa.Column("draft_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("label", sa.Text(), nullable=True),
        sa.Column("diagram", sa.LargeBinary(), nullable=False),
        sa.Column("forms", JSONB, nullable=False),
        sa.Column("called", JSONB, nullable=False),
        sa.Column("sides", JSONB, nullable=False),
        sa.Column("saved_by", sa.BigInteger(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["diagram_drafts.id"], name="fk_draft_revisions_draft_id"),
        sa.ForeignKeyConstraint(["saved_by"], ["accounts.id"], name="fk_draft_revisions_saved_by"),
        sa.PrimaryKeyConstraint("draft_id", "number", name="pk_draft_revisions"),
    )
    for table in ("diagram_drafts", "draft_revisions"):
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO motcua_app")
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO motcua_app")
