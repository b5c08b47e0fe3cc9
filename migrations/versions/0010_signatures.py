"""Signatures found in files, and signing that is under way on somebody's own machine."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"

JSONB = postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    op.add_column("attachments", sa.Column("signatures", JSONB, nullable=True))
    op.add_column("attachments", sa.Column("signatures_checked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("attachments", sa.Column("signed_from", sa.BigInteger(), nullable=True))
    op.create_foreign_key("fk_attachments_signed_from", "attachments", "attachments", ["signed_from"], ["id"])
    op.create_index("ix_attachments_signed_from", "attachments", ["signed_from"], unique=False)
    op.create_table(
        "signing_sessions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("attachment_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("certificate", sa.LargeBinary(), nullable=False),
        sa.Column("chain", sa.LargeBinary(), nullable=False),
        sa.Column("increment", sa.LargeBinary(), nullable=False),
        sa.Column("signed_attributes", sa.LargeBinary(), nullable=False),
        sa.Column("prepared", JSONB, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=("fk_signing_sessions_dossier_id")),
        sa.ForeignKeyConstraint(["attachment_id"], ["attachments.id"], name=("fk_signing_sessions_attachment_id")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=("fk_signing_sessions_account_id")),
        sa.PrimaryKeyConstraint("id", name=("pk_signing_sessions")),
    )
    op.create_index("ix_signing_sessions_expires_at", "signing_sessions", ["expires_at"], unique=False)
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON signing_sessions TO motcua_app")
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO motcua_app")
