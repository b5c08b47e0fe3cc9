"""Notices to officials, which of them somebody wants how, and the daily digests that were made."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"

JSONB = postgresql.JSONB(astext_type=sa.Text())
UNREAD = sa.text("read_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "official_notices",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("event", sa.String(length=64), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=True),
        sa.Column("task_id", sa.BigInteger(), nullable=True),
        sa.Column("data", JSONB, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_official_notices_account_id"),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name="fk_official_notices_dossier_id"),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name="fk_official_notices_task_id"),
        sa.PrimaryKeyConstraint("id", name="pk_official_notices"),
    )
    op.create_index("ix_official_notices_account_id_id", "official_notices", ["account_id", "id"])
    op.create_index("ix_official_notices_unread", "official_notices", ["account_id", "id"], postgresql_where=UNREAD)
    op.create_index("ix_official_notices_created_at", "official_notices", ["created_at"])
    op.create_table(
        "notice_switches",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("event", sa.String(length=64), nullable=False),
        sa.Column("way", sa.String(length=64), nullable=False),
        sa.Column("mode", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_notice_switches_account_id"),
        sa.PrimaryKeyConstraint("account_id", "event", "way", name="pk_notice_switches"),
    )
    op.create_table(
        "notice_looks",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_notice_looks_account_id"),
        sa.PrimaryKeyConstraint("account_id", name="pk_notice_looks"),
    )
    op.create_table(
        "digests",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_digests_account_id"),
        sa.PrimaryKeyConstraint("account_id", "day", name="pk_digests"),
    )
    op.create_index(
        "ix_tasks_unopened",
        "tasks",
        ["position_id", "entered_at"],
        postgresql_where=sa.text("state = 'open' AND opened_at IS NULL"),
    )
    for table in ("official_notices", "notice_switches", "notice_looks", "digests"):
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO motcua_app")
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO motcua_app")
