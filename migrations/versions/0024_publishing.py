"""What publishing a draft asks for: the decision's scan, the centre's comments, corrections of a version."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.create_table(
        "decision_files",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("procedure_id", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("added_by", sa.BigInteger(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["procedure_id"], ["procedures.id"], name="fk_decision_files_procedure_id"),
        sa.ForeignKeyConstraint(["added_by"], ["accounts.id"], name="fk_decision_files_added_by"),
        sa.PrimaryKeyConstraint("id", name="pk_decision_files"),
    )
    op.create_index("ix_decision_files_procedure_id", "decision_files", ["procedure_id"])
    op.create_index("ix_decision_files_sha256", "decision_files", ["sha256"])
    op.add_column("procedure_versions", sa.Column("decision_file_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        "fk_procedure_versions_decision_file_id",
        "procedure_versions",
        "decision_files",
        ["decision_file_id"],
        ["id"],
    )
    for name, kind in (
        ("corrects", sa.BigInteger()),
        ("stands_for", sa.BigInteger()),
        ("applies_from", sa.Date()),
        ("correction_reason", sa.Text()),
        ("amends", sa.Text()),
        ("announcement", sa.Text()),
        ("vacancy_reason", sa.Text()),
    ):
        op.add_column("procedure_versions", sa.Column(name, kind, nullable=True))
    op.create_table(
        "version_comments",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("element", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("answer_to", sa.BigInteger(), nullable=True),
        sa.Column("said_by", sa.BigInteger(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["procedure_versions.id"], name="fk_version_comments_version_id"),
        sa.ForeignKeyConstraint(["answer_to"], ["version_comments.id"], name="fk_version_comments_answer_to"),
        sa.ForeignKeyConstraint(["said_by"], ["accounts.id"], name="fk_version_comments_said_by"),
        sa.PrimaryKeyConstraint("id", name="pk_version_comments"),
    )
    op.create_index("ix_version_comments_version_id", "version_comments", ["version_id"])
    op.create_table(
        "publication_reminders",
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("subject", "day", name="pk_publication_reminders"),
    )
    for table in ("decision_files", "version_comments", "publication_reminders"):
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO motcua_app")
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO motcua_app")
