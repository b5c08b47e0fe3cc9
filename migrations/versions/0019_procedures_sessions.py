"""Procedures as they are edited over time, sessions that can be told apart, a log that is searched, why jobs failed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"

JSONB = postgresql.JSONB(astext_type=sa.Text())
SEARCHED = "motcua_fold(subject || ' ' || (before)::text || ' ' || (after)::text)"


def upgrade() -> None:
    _procedures()
    _sessions()
    op.add_column("administration_changes", sa.Column("search", sa.Text(), sa.Computed(SEARCHED, persisted=True)))
    op.alter_column("administration_changes", "search", nullable=False)
    op.create_index(
        "ix_administration_changes_search",
        "administration_changes",
        ["search"],
        postgresql_using="gin",
        postgresql_ops={"search": "gin_trgm_ops"},
    )
    op.create_index("ix_administration_changes_account_id_id", "administration_changes", ["account_id", "id"])
    op.create_table(
        "job_failures",
        sa.Column("job_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("job_id", name="pk_job_failures"),
    )
    op.create_table(
        "worker_ticks",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_worker_ticks"),
    )
    op.execute("GRANT SELECT, INSERT, UPDATE ON procedure_changes TO motcua_app")
    for table in ("job_failures", "worker_ticks"):
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO motcua_app")
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO motcua_app")


def _procedures() -> None:
    op.add_column("procedures", sa.Column("revision", sa.BigInteger(), server_default="1", nullable=False))
    op.add_column("procedures", sa.Column("closed_from", sa.Date(), nullable=True))
    op.add_column("procedure_agencies", sa.Column("beneficiary", JSONB, nullable=True))
    op.create_table(
        "procedure_changes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("procedure_id", sa.BigInteger(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("before", JSONB, nullable=False),
        sa.Column("after", JSONB, nullable=False),
        sa.Column("decision_number", sa.Text(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["procedure_id"], ["procedures.id"], name="fk_procedure_changes_procedure_id"),
        sa.ForeignKeyConstraint(["made_by"], ["accounts.id"], name="fk_procedure_changes_made_by"),
        sa.PrimaryKeyConstraint("id", name="pk_procedure_changes"),
    )
    op.create_index("ix_procedure_changes_procedure_id_applied_at", "procedure_changes", ["procedure_id", "applied_at"])
    op.create_index(
        "ix_procedure_changes_waiting",
        "procedure_changes",
        ["effective_from"],
        postgresql_where=sa.text("applied_at IS NULL AND cancelled_at IS NULL"),
    )


def _sessions() -> None:
    op.add_column("tokens", sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False))
    op.add_column("tokens", sa.Column("way", sa.String(length=64), server_default="api", nullable=False))
    op.add_column("tokens", sa.Column("used_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("tokens", sa.Column("address", sa.Text(), nullable=True))
    op.add_column("tokens", sa.Column("agent", sa.Text(), nullable=True))
    op.create_unique_constraint("uq_tokens_id", "tokens", ["id"])
