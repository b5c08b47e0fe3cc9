"""The log book of outages, maintenance, and the oldest release that may serve on this schema."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0034"
down_revision = "0033"

JSONB = postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    op.create_table(
        "log_book",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("level", sa.String(length=64), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("affected", sa.Text(), nullable=True),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("remedy", sa.Text(), nullable=True),
        sa.Column("outage_id", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["outage_id"], ["outages.id"], name="fk_log_book_outage_id"),
        sa.ForeignKeyConstraint(["made_by"], ["accounts.id"], name="fk_log_book_made_by"),
        sa.PrimaryKeyConstraint("id", name="pk_log_book"),
    )
    op.create_index("ix_log_book_began_at", "log_book", ["began_at"])
    op.create_table(
        "log_book_notes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("changes", JSONB, nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["log_book.id"], name="fk_log_book_notes_entry_id"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_log_book_notes_account_id"),
        sa.PrimaryKeyConstraint("id", name="pk_log_book_notes"),
    )
    op.create_index("ix_log_book_notes_entry_id", "log_book_notes", ["entry_id"])
    op.create_table(
        "maintenance",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("mode", sa.String(length=64), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.BigInteger(), nullable=True),
        sa.Column("entry_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["accounts.id"], name="fk_maintenance_made_by"),
        sa.ForeignKeyConstraint(["ended_by"], ["accounts.id"], name="fk_maintenance_ended_by"),
        sa.ForeignKeyConstraint(["entry_id"], ["log_book.id"], name="fk_maintenance_entry_id"),
        sa.PrimaryKeyConstraint("id", name="pk_maintenance"),
    )
    op.create_index("ix_maintenance_ended_at", "maintenance", ["ended_at"])
    op.create_table(
        "schema_floor",
        sa.Column("revision", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("revision", name="pk_schema_floor"),
    )
    for table in ("log_book", "maintenance"):
        op.execute(f"GRANT SELECT, INSERT, UPDATE ON {table} TO motcua_app")
    op.execute("GRANT SELECT, INSERT ON log_book_notes TO motcua_app")
    op.execute("GRANT SELECT ON schema_floor TO motcua_app")
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO motcua_app")
