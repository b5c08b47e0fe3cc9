"""What administrators changed, with before and after; and what each account prefers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"

JSONB = postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    op.create_table(
        "administration_changes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=True),
        sa.Column("before", JSONB, nullable=False),
        sa.Column("after", JSONB, nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_administration_changes_account_id"),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name="fk_administration_changes_agency_id"),
        sa.PrimaryKeyConstraint("id", name="pk_administration_changes"),
    )
    op.create_index("ix_administration_changes_at", "administration_changes", ["at"])
    op.create_index("ix_administration_changes_subject", "administration_changes", ["subject"])
    op.create_index("ix_administration_changes_agency_id_id", "administration_changes", ["agency_id", "id"])
    op.create_table(
        "preferences",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", JSONB, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_preferences_account_id"),
        sa.PrimaryKeyConstraint("account_id", "name", name="pk_preferences"),
    )
    # As in the history of dossiers, the application may add what happened and never change it.
    op.execute("GRANT SELECT, INSERT ON administration_changes TO motcua_app")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON preferences TO motcua_app")
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO motcua_app")
