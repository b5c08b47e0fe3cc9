"""Comments on drafts, and who is at one right now."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.create_table(
        "draft_comments",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("draft_id", sa.BigInteger(), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("element", sa.Text(), nullable=True),
        sa.Column("element_name", sa.Text(), nullable=True),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.String(length=4000), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_by", sa.BigInteger(), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["draft_id"], ["diagram_drafts.id"], name="fk_draft_comments_draft_id"),
        sa.ForeignKeyConstraint(["parent_id"], ["draft_comments.id"], name="fk_draft_comments_parent_id"),
        sa.ForeignKeyConstraint(["made_by"], ["accounts.id"], name="fk_draft_comments_made_by"),
        sa.ForeignKeyConstraint(["resolved_by"], ["accounts.id"], name="fk_draft_comments_resolved_by"),
        sa.PrimaryKeyConstraint("id", name="pk_draft_comments"),
    )
    op.create_index("ix_draft_comments_draft_id", "draft_comments", ["draft_id"])
    op.create_table(
        "draft_presence",
        sa.Column("draft_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["draft_id"], ["diagram_drafts.id"], name="fk_draft_presence_draft_id"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_draft_presence_account_id"),
        sa.PrimaryKeyConstraint("draft_id", "account_id", name="pk_draft_presence"),
        prefixes=["UNLOGGED"],
    )
    op.create_index("ix_draft_presence_seen_at", "draft_presence", ["seen_at"])
    op.execute("GRANT SELECT, INSERT, UPDATE ON draft_comments TO motcua_app")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON draft_presence TO motcua_app")
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO motcua_app")
