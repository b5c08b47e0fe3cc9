"""Remarks inside an agency, who looks at a dossier now, drafts of whole forms."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"

JSONB = postgresql.JSONB(astext_type=sa.Text())
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "remarks",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.String(length=4000), nullable=False),
        sa.Column("mentioned", JSONB, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("corrected_at", INSTANT, nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_remarks_account_id"),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name="fk_remarks_agency_id"),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name="fk_remarks_dossier_id"),
        sa.PrimaryKeyConstraint("id", name="pk_remarks"),
    )
    op.create_index("ix_remarks_dossier_id_agency_id_id", "remarks", ["dossier_id", "agency_id", "id"])
    op.create_table(
        "remark_texts",
        sa.Column("remark_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("text", sa.String(length=4000), nullable=False),
        sa.Column("replaced_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["remark_id"], ["remarks.id"], name="fk_remark_texts_remark_id"),
        sa.PrimaryKeyConstraint("remark_id", "version", name="pk_remark_texts"),
    )
    op.create_table(
        "presence",
        sa.Column("dossier_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("typed_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_presence_account_id"),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name="fk_presence_dossier_id"),
        sa.PrimaryKeyConstraint("dossier_id", "account_id", name="pk_presence"),
        prefixes=["UNLOGGED"],
    )
    op.create_index("ix_presence_seen_at", "presence", ["seen_at"])
    op.add_column("drafts", sa.Column("fields", JSONB, server_default=sa.text("'{}'"), nullable=False))
    op.add_column("drafts", sa.Column("action", sa.String(length=64), nullable=True))
    op.add_column("drafts", sa.Column("page", sa.String(length=64), nullable=True))
    # What was said stays: a correction keeps the old text beside it, and nothing is removed.
    op.execute("GRANT SELECT, INSERT, UPDATE ON remarks TO motcua_app")
    op.execute("GRANT SELECT, INSERT ON remark_texts TO motcua_app")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON presence TO motcua_app")
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO motcua_app")
