"""Repealed versions, and dossiers that were moved to another version.

A move keeps what stood before it, so that it can be undone until the dossier's next action.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"

JSONB = postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    op.add_column("procedure_versions", sa.Column("repealed_on", sa.Date(), nullable=True))
    op.add_column("procedure_versions", sa.Column("repeal_number", sa.Text(), nullable=True))
    op.add_column("procedure_versions", sa.Column("repeal_decided_on", sa.Date(), nullable=True))
    op.add_column("procedure_versions", sa.Column("repeal_reason", sa.Text(), nullable=True))
    op.add_column("procedure_versions", sa.Column("repealed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("procedure_versions", sa.Column("repealed_by", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        "fk_procedure_versions_repealed_by", "procedure_versions", "accounts", ["repealed_by"], ["id"]
    )
    op.create_table(
        "version_moves",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("from_version_id", sa.BigInteger(), nullable=False),
        sa.Column("to_version_id", sa.BigInteger(), nullable=False),
        sa.Column("instance_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("kept", JSONB, nullable=False),
        sa.Column("history_seq", sa.BigInteger(), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved_by", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=("fk_version_moves_dossier_id")),
        sa.ForeignKeyConstraint(
            ["from_version_id"], ["procedure_versions.id"], name=("fk_version_moves_from_version_id")
        ),
        sa.ForeignKeyConstraint(["to_version_id"], ["procedure_versions.id"], name=("fk_version_moves_to_version_id")),
        sa.ForeignKeyConstraint(["instance_id"], ["instances.id"], name=("fk_version_moves_instance_id")),
        sa.ForeignKeyConstraint(["moved_by"], ["accounts.id"], name=("fk_version_moves_moved_by")),
        sa.PrimaryKeyConstraint("id", name=("pk_version_moves")),
    )
    op.create_index("ix_version_moves_dossier_id", "version_moves", ["dossier_id"], unique=False)
    op.create_index(
        "ix_dossiers_version_open",
        "dossiers",
        ["version_id", "id"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON version_moves TO motcua_app")
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO motcua_app")
