"""Dossiers taken over from an old system: the files, their rows, what came of each; the old code is searched too."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"

JSONB = postgresql.JSONB(astext_type=sa.Text())
SEARCHED = "motcua_fold(code || ' ' || applicant_name || coalesce(' ' || old_code, ''))"


def upgrade() -> None:
    op.create_table(
        "dossier_imports",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("history_name", sa.Text(), nullable=True),
        sa.Column("history_content", sa.LargeBinary(), nullable=True),
        sa.Column("mapping", JSONB, nullable=False),
        sa.Column("headings", JSONB, nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_by", sa.BigInteger(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["accounts.id"], name="fk_dossier_imports_made_by"),
        sa.ForeignKeyConstraint(["accepted_by"], ["accounts.id"], name="fk_dossier_imports_accepted_by"),
        sa.PrimaryKeyConstraint("id", name="pk_dossier_imports"),
    )
    op.create_table(
        "dossier_import_rows",
        sa.Column("import_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("line", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("old_code", sa.Text(), nullable=False),
        sa.Column("applicant_name", sa.Text(), nullable=False),
        sa.Column("verdict", sa.String(length=64), nullable=False),
        sa.Column("plan", JSONB, nullable=False),
        sa.Column("remarks", JSONB, nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("dossier_id", sa.BigInteger(), nullable=True),
        sa.Column("history_seq", sa.BigInteger(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["import_id"], ["dossier_imports.id"], name="fk_dossier_import_rows_import_id"),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name="fk_dossier_import_rows_dossier_id"),
        sa.PrimaryKeyConstraint("import_id", "line", name="pk_dossier_import_rows"),
    )
    op.create_index(
        "ix_dossier_import_rows_taken",
        "dossier_import_rows",
        ["source", "old_code"],
        unique=True,
        postgresql_where=sa.text("state = 'imported'"),
    )
    op.create_index(
        "ix_dossier_import_rows_dossier_id",
        "dossier_import_rows",
        ["dossier_id"],
        postgresql_where=sa.text("dossier_id IS NOT NULL"),
    )
    op.create_index(
        "ix_dossier_import_rows_waiting",
        "dossier_import_rows",
        ["import_id", "line"],
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.drop_index("ix_dossier_contents_search", "dossier_contents")
    op.drop_column("dossier_contents", "search")
    op.add_column("dossier_contents", sa.Column("old_code", sa.Text(), nullable=True))
    op.add_column(
        "dossier_contents", sa.Column("search", sa.Text(), sa.Computed(SEARCHED, persisted=True), nullable=False)
    )
    op.create_index(
        "ix_dossier_contents_search",
        "dossier_contents",
        ["search"],
        postgresql_using="gin",
        postgresql_ops={"search": "gin_trgm_ops"},
    )
    op.create_index(
        "ix_dossier_contents_old_code",
        "dossier_contents",
        ["old_code"],
        postgresql_where=sa.text("old_code IS NOT NULL"),
    )
    # What was taken over by mistake and withdrawn is not counted as received; the count stays one of the index alone.
    op.drop_index("ix_dossiers_agency_received", "dossiers")
    op.create_index(
        "ix_dossiers_agency_received", "dossiers", ["agency_id", "received_at"], postgresql_include=["outcome"]
    )
    for table in ("dossier_imports", "dossier_import_rows"):
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO motcua_app")
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO motcua_app")
