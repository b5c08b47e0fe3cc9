"""Units and positions over time, former names of agencies, accounts as administrators keep them, accounts from a table."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"

JSONB = postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    for table in ("agencies", "units", "positions", "accounts"):
        op.add_column(table, sa.Column("version", sa.BigInteger(), server_default="1", nullable=False))
    for table in ("units", "positions"):
        op.add_column(table, sa.Column("valid_to", sa.Date(), nullable=True))
    op.create_table(
        "agency_names",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name="fk_agency_names_agency_id"),
        sa.PrimaryKeyConstraint("id", name="pk_agency_names"),
    )
    op.create_index("ix_agency_names_agency_id", "agency_names", ["agency_id"])
    op.create_table(
        "account_imports",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("rows", JSONB, nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", JSONB, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_account_imports_account_id"),
        sa.PrimaryKeyConstraint("id", name="pk_account_imports"),
    )
    op.create_index("ix_account_imports_account_id", "account_imports", ["account_id"])
    # A former name is history: it is added and never changed.
    op.execute("GRANT SELECT, INSERT ON agency_names TO motcua_app")
    op.execute("GRANT SELECT, INSERT, UPDATE ON account_imports TO motcua_app")
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO motcua_app")
