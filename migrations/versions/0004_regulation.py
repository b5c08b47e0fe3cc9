"""What the whole regulation needs: calendars of desks and procedures, requests that hold a dossier, joint handlers, issues.

Every calendar that changes takes the next number of `calendar_epoch`; a dossier keeps the number under which its clock was
last folded, so that a holiday announced late is seen by the next action and by the job alike.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"

JSONB = postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    _calendars()
    _dossiers()
    _joint_handlers()
    _procedures()
    _monitoring()
    op.execute(
        "GRANT SELECT, INSERT, UPDATE, DELETE ON calendar_epoch, calendar_changes, joint_handlers, procedure_issues TO motcua_app"
    )
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO motcua_app")


def _calendars() -> None:
    op.create_table(
        "calendar_epoch",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=("pk_calendar_epoch")),
    )
    op.execute("INSERT INTO calendar_epoch (id, epoch) SELECT 1, coalesce(max(revision), 1) FROM calendars")
    op.add_column("agencies", sa.Column("desk_calendar_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key("fk_agencies_desk_calendar_id", "agencies", "calendars", ["desk_calendar_id"], ["id"])
    op.create_table(
        "calendar_changes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("calendar_id", sa.BigInteger(), nullable=False),
        sa.Column("before", JSONB, nullable=False),
        sa.Column("after", JSONB, nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("total", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("done", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("moved", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("failed", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("last_dossier", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["calendar_id"], ["calendars.id"], name=("fk_calendar_changes_calendar_id")),
        sa.ForeignKeyConstraint(["made_by"], ["accounts.id"], name=("fk_calendar_changes_made_by")),
        sa.PrimaryKeyConstraint("id", name=("pk_calendar_changes")),
    )


def _dossiers() -> None:
    op.add_column("dossiers", sa.Column("held_by", sa.Text(), nullable=True))
    op.add_column("dossiers", sa.Column("clock_epoch", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("dossiers", sa.Column("limit_unit", sa.Text(), server_default="working", nullable=False))
    op.add_column("dossier_contents", sa.Column("intake", JSONB, server_default="{}", nullable=False))
    op.add_column("attachments", sa.Column("kind", sa.Text(), server_default="paper", nullable=False))
    op.add_column("attachments", sa.Column("component", sa.Text(), nullable=True))
    op.add_column("attachments", sa.Column("origin", sa.Text(), nullable=True))
    op.add_column("instances", sa.Column("data", JSONB, server_default="{}", nullable=False))
    op.add_column("instances", sa.Column("limit_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("instances", sa.Column("task_id", sa.BigInteger(), nullable=True))
    op.add_column("timers", sa.Column("held_seconds", sa.BigInteger(), nullable=True))
    op.add_column("timers", sa.Column("held_unit", sa.Text(), nullable=True))
    op.drop_index("ix_timers_due", table_name="timers")
    op.create_index(
        "ix_timers_due",
        "timers",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("incident IS NULL AND held_unit IS NULL"),
    )


def _joint_handlers() -> None:
    op.create_table(
        "joint_handlers",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("added_by", sa.BigInteger(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("contribution", sa.Text(), nullable=True),
        sa.Column("contributed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=("fk_joint_handlers_task_id")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=("fk_joint_handlers_account_id")),
        sa.ForeignKeyConstraint(["added_by"], ["accounts.id"], name=("fk_joint_handlers_added_by")),
        sa.PrimaryKeyConstraint("id", name=("pk_joint_handlers")),
        sa.UniqueConstraint("task_id", "account_id", name=("uq_joint_handlers_task_id_account_id")),
    )
    op.create_index(
        "ix_joint_handlers_account_id",
        "joint_handlers",
        ["account_id"],
        unique=False,
        postgresql_where=sa.text("contributed_at IS NULL"),
    )


def _procedures() -> None:
    op.add_column("procedures", sa.Column("calendar_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key("fk_procedures_calendar_id", "procedures", "calendars", ["calendar_id"], ["id"])
    op.add_column("procedure_versions", sa.Column("review", sa.Text(), server_default="none", nullable=False))
    op.add_column("procedure_versions", sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("procedure_versions", sa.Column("reviewed_by", sa.BigInteger(), nullable=True))
    op.add_column("procedure_versions", sa.Column("review_note", sa.Text(), nullable=True))
    op.create_foreign_key(
        "fk_procedure_versions_reviewed_by", "procedure_versions", "accounts", ["reviewed_by"], ["id"]
    )
    op.create_table(
        "procedure_issues",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("procedure_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("raised_by", sa.BigInteger(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.BigInteger(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["procedure_id"], ["procedures.id"], name=("fk_procedure_issues_procedure_id")),
        sa.ForeignKeyConstraint(["raised_by"], ["accounts.id"], name=("fk_procedure_issues_raised_by")),
        sa.ForeignKeyConstraint(["answered_by"], ["accounts.id"], name=("fk_procedure_issues_answered_by")),
        sa.PrimaryKeyConstraint("id", name=("pk_procedure_issues")),
    )
    op.create_index(("ix_procedure_issues_procedure_id"), "procedure_issues", ["procedure_id"], unique=False)


def _monitoring() -> None:
    op.add_column("dossiers", sa.Column("transfer_due_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("dossiers", sa.Column("timeliness", sa.Text(), nullable=True))
    op.create_index("ix_dossiers_agency_received", "dossiers", ["agency_id", "received_at"], unique=False)
    op.create_index(
        "ix_dossiers_agency_result",
        "dossiers",
        ["agency_id", "result_at"],
        unique=False,
        postgresql_include=["timeliness"],
        postgresql_where=sa.text("result_at IS NOT NULL"),
    )
    op.create_index(
        "ix_tasks_unit_done",
        "tasks",
        ["unit_id", "finished_at"],
        unique=False,
        postgresql_include=["due_at", "finished_by"],
        postgresql_where=sa.text("state = 'done'"),
    )
