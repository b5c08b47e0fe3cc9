"""Files by content: what they are, whether they are clean, who looked at them.

What is there already counts as looked at by nobody and scanned by nothing; the first duty that finds it sees to both.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"

KNOWN_CONTENT = """
INSERT INTO files (sha256, size, media_type, first_seen_at)
SELECT DISTINCT ON (sha256) sha256, size, media_type, added_at FROM attachments ORDER BY sha256, added_at
"""


def upgrade() -> None:
    op.create_table(
        "files",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("pages", sa.BigInteger(), nullable=True),
        sa.Column("has_javascript", sa.Boolean(), nullable=True),
        sa.Column("encrypted", sa.Boolean(), nullable=True),
        sa.Column("readable", sa.Boolean(), nullable=True),
        sa.Column("scan", sa.Text(), server_default="unscanned", nullable=False),
        sa.Column("scan_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("scan_result", sa.Text(), nullable=True),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("sha256", name="pk_files"),
        sa.CheckConstraint("scan IN ('clean', 'waiting', 'infected', 'unscanned')", name="ck_files_scan"),
    )
    op.create_index(
        "ix_files_waiting",
        "files",
        ["first_seen_at"],
        postgresql_where=sa.text("scan = 'waiting' OR looked_at IS NULL"),
    )
    op.create_index("ix_files_unscanned", "files", ["first_seen_at"], postgresql_where=sa.text("scan = 'unscanned'"))
    op.create_table(
        "file_accesses",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("attachment_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("page", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["attachment_id"], ["attachments.id"], name="fk_file_accesses_attachment_id"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_file_accesses_account_id"),
        sa.PrimaryKeyConstraint("id", name="pk_file_accesses"),
    )
    op.create_index("ix_file_accesses_attachment_id_at", "file_accesses", ["attachment_id", "at"])
    op.add_column("attachments", sa.Column("reused_from", sa.BigInteger(), nullable=True))
    op.create_foreign_key("fk_attachments_reused_from", "attachments", "attachments", ["reused_from"], ["id"])
    op.add_column("procedures", sa.Column("max_file_bytes", sa.BigInteger(), nullable=True))
    op.add_column("procedures", sa.Column("file_types", postgresql.ARRAY(sa.Text()), nullable=True))
    op.execute(KNOWN_CONTENT)
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON files TO motcua_app")
    op.execute("GRANT SELECT, INSERT ON file_accesses TO motcua_app")
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO motcua_app")
