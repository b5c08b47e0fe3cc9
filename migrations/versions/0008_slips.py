"""Slips by form and number, their books, templates and logos; the register of dossiers.

A register's number belongs to the dossier, whether a receipt was printed or not. Dossiers that are there get theirs in the
order in which they were received.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

NUMBER_WHAT_IS_THERE = """
INSERT INTO register_entries (dossier_id, agency_id, year, number, entered_at)
SELECT id, agency_id, year, row_number() OVER (PARTITION BY agency_id, year ORDER BY received_at, id), received_at
FROM (
    SELECT id, agency_id, received_at, extract(year FROM received_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::smallint AS year
    FROM dossiers
    WHERE clock ->> 'started_at' IS NOT NULL
) AS accepted
"""
OPEN_BOOKS = """
INSERT INTO slip_books (agency_id, book, year, last)
SELECT agency_id, 'register', year, max(number) FROM register_entries GROUP BY agency_id, year
"""


def upgrade() -> None:
    templates()
    books()
    issued()
    op.execute(NUMBER_WHAT_IS_THERE)
    op.execute(OPEN_BOOKS)
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO motcua_app")


def templates() -> None:
    """A row is never changed: a slip that was printed with it prints so again. It can only be withdrawn."""
    op.create_table(
        "slip_templates",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("form", sa.String(length=64), nullable=True),
        sa.Column("agency_id", sa.BigInteger(), nullable=True),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by", sa.BigInteger(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=("fk_slip_templates_agency_id")),
        sa.ForeignKeyConstraint(["uploaded_by"], ["accounts.id"], name=("fk_slip_templates_uploaded_by")),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["accounts.id"], name=("fk_slip_templates_withdrawn_by")),
        sa.PrimaryKeyConstraint("id", name=("pk_slip_templates")),
    )
    op.create_index("ix_slip_templates_form", "slip_templates", ["form", "format", "valid_from"], unique=False)
    op.execute("GRANT SELECT, INSERT ON slip_templates TO motcua_app")
    op.execute("GRANT UPDATE (taken_at, withdrawn_at, withdrawn_by) ON slip_templates TO motcua_app")


def books() -> None:
    op.create_table(
        "slip_books",
        sa.Column("agency_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("book", sa.String(length=64), nullable=False),
        sa.Column("year", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=("fk_slip_books_agency_id")),
        sa.PrimaryKeyConstraint("agency_id", "book", "year", name=("pk_slip_books")),
    )
    op.create_table(
        "register_entries",
        sa.Column("dossier_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=("fk_register_entries_dossier_id")),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=("fk_register_entries_agency_id")),
        sa.PrimaryKeyConstraint("dossier_id", name=("pk_register_entries")),
        sa.UniqueConstraint("agency_id", "year", "number", name=("uq_register_entries_agency_id_year_number")),
    )
    op.execute("GRANT SELECT, INSERT, UPDATE ON slip_books TO motcua_app")
    op.execute("GRANT SELECT, INSERT ON register_entries TO motcua_app")


def issued() -> None:
    """Of the receipts that are there, the number is that of their dossier in the register."""
    op.add_column("slips", sa.Column("form", sa.String(length=64), nullable=True))
    op.add_column("slips", sa.Column("agency_id", sa.BigInteger(), nullable=True))
    op.add_column("slips", sa.Column("year", sa.BigInteger(), nullable=True))
    op.add_column("slips", sa.Column("number", sa.BigInteger(), nullable=True))
    op.add_column("slips", sa.Column("attachment_id", sa.BigInteger(), nullable=True))
    op.add_column("slips", sa.Column("template_id", sa.BigInteger(), nullable=True))
    op.add_column("slips", sa.Column("logo_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key("fk_slips_agency_id", "slips", "agencies", ["agency_id"], ["id"])
    op.create_foreign_key("fk_slips_attachment_id", "slips", "attachments", ["attachment_id"], ["id"])
    op.create_foreign_key("fk_slips_template_id", "slips", "slip_templates", ["template_id"], ["id"])
    op.create_foreign_key("fk_slips_logo_id", "slips", "slip_templates", ["logo_id"], ["id"])
    op.create_unique_constraint("uq_slips_agency_id_kind_year_number", "slips", ["agency_id", "kind", "year", "number"])
    op.create_index("ix_slips_agency_issued", "slips", ["agency_id", "kind", "issued_at"], unique=False)
    op.execute("UPDATE slips SET form = coalesce(content ->> 'form', 'tt01-2018/01')")
    op.execute("ALTER TABLE slips ALTER COLUMN form SET NOT NULL")
    op.execute("UPDATE slips SET agency_id = dossiers.agency_id FROM dossiers WHERE dossiers.id = slips.dossier_id")
    op.execute("ALTER TABLE slips ALTER COLUMN agency_id SET NOT NULL")
