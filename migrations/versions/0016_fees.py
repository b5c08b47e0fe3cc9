"""Fees that were collected and paid back."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"

JSONB = postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    op.create_table(
        "fee_entries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("method", sa.String(length=64), nullable=False),
        sa.Column("payer", sa.Text(), nullable=False),
        sa.Column("lines", JSONB, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("slip_id", sa.BigInteger(), nullable=False),
        sa.Column("refund_of", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voided_by", sa.BigInteger(), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name="fk_fee_entries_dossier_id"),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name="fk_fee_entries_agency_id"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_fee_entries_account_id"),
        sa.ForeignKeyConstraint(["slip_id"], ["slips.id"], name="fk_fee_entries_slip_id"),
        sa.ForeignKeyConstraint(["refund_of"], ["fee_entries.id"], name="fk_fee_entries_refund_of"),
        sa.ForeignKeyConstraint(["voided_by"], ["accounts.id"], name="fk_fee_entries_voided_by"),
        sa.PrimaryKeyConstraint("id", name="pk_fee_entries"),
        sa.UniqueConstraint("slip_id", name="uq_fee_entries_slip_id"),
    )
    op.create_index("ix_fee_entries_dossier_id", "fee_entries", ["dossier_id"])
    op.create_index("ix_fee_entries_agency_id_at", "fee_entries", ["agency_id", "at"])
    op.create_index("ix_fee_entries_agency_id_voided_at", "fee_entries", ["agency_id", "voided_at"])
    op.create_index(
        "uq_fee_entries_refund_of",
        "fee_entries",
        ["refund_of"],
        unique=True,
        postgresql_where=sa.text("voided_at IS NULL"),
    )
    # What was collected stays: an entry is only ever voided.
    op.execute("GRANT SELECT, INSERT, UPDATE (voided_at, voided_by, void_reason) ON fee_entries TO motcua_app")
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO motcua_app")
