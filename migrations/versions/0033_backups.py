"""Backups, and what a restored place holds back."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "backups",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("way", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("taken_at", INSTANT, nullable=False),
        sa.Column("finished_at", INSTANT, nullable=False),
        sa.Column("database_bytes", sa.BigInteger(), nullable=False),
        sa.Column("files", sa.BigInteger(), nullable=False),
        sa.Column("files_bytes", sa.BigInteger(), nullable=False),
        sa.Column("new_files", sa.BigInteger(), nullable=False),
        sa.Column("new_bytes", sa.BigInteger(), nullable=False),
        sa.Column("missing", sa.BigInteger(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_backups"),
    )
    op.create_index("ix_backups_taken_at", "backups", ["taken_at"])
    op.create_table(
        "restores",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("backup", sa.Text(), nullable=False),
        sa.Column("taken_at", INSTANT, nullable=False),
        sa.Column("restored_at", INSTANT, nullable=False),
        sa.Column("last_delivery", sa.BigInteger(), nullable=False),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("lost_at", INSTANT, nullable=True),
        sa.Column("resend", sa.Boolean(), nullable=True),
        sa.Column("released_at", INSTANT, nullable=True),
        sa.Column("called_off", sa.BigInteger(), nullable=True),
        sa.Column("fired", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["decided_by"], ["accounts.id"], name="fk_restores_decided_by"),
        sa.PrimaryKeyConstraint("id", name="pk_restores"),
    )
    op.execute("GRANT SELECT, INSERT ON backups TO motcua_app")
    op.execute("GRANT SELECT, INSERT, UPDATE ON restores TO motcua_app")
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO motcua_app")
    # A backup reads everything, and the worker makes it in the application's role: what is there, and what will be.
    op.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO motcua_app")
    op.execute("GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO motcua_app")
    op.execute("ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO motcua_app")
    op.execute("ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON SEQUENCES TO motcua_app")
