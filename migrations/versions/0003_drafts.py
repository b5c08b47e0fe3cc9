"""Drafts of comments; finding an applicant and what a desk has to hand out, without reading everything.

The two functions say when two ways of writing a number are one number. They are marked immutable because they stand in
indexes, and use nothing that could change under them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

# Letters and digits alone: `C 123-4567` is `C1234567`.
NUMBER = """
CREATE FUNCTION motcua_number(t text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
AS $$ SELECT upper(regexp_replace(t, '[^0-9A-Za-z]', '', 'g')) $$
"""
# Digits alone, Vietnam's prefix as the 0 that people write: `+84 912 345 678` is `0912345678`.
PHONE = """
CREATE FUNCTION motcua_phone(t text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
AS $$ SELECT regexp_replace(regexp_replace(t, '[^0-9]', '', 'g'), '^84([0-9]{9})$', '0\\1') $$
"""


def upgrade() -> None:
    op.create_table(
        "drafts",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("task_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("text", sa.String(length=4000), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=("fk_drafts_account_id")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=("fk_drafts_task_id")),
        sa.PrimaryKeyConstraint("account_id", "task_id", name=("pk_drafts")),
    )
    op.create_index(("ix_drafts_task_id"), "drafts", ["task_id"], unique=False)
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON drafts TO motcua_app")
    op.execute(NUMBER)
    op.execute(PHONE)
    for name, function, member in (("id_number", "motcua_number", "id_number"), ("phone", "motcua_phone", "phone")):
        op.create_index(
            f"ix_dossier_contents_{name}",
            "dossier_contents",
            [sa.text(f"{function}(applicant ->> '{member}') text_pattern_ops"), "dossier_id"],
            unique=False,
        )
    op.create_index(
        "ix_tasks_stage",
        "tasks",
        ["position_id", "stage", "entered_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
