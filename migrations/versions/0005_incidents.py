"""Incidents, and steps whose position nobody holds.

What a timer gave up on so far becomes an incident like any other; a dossier keeps how many of its own are open, so that the
next action and every list know without asking.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"

JSONB = postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    op.create_table(
        "incidents",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("instance_id", sa.BigInteger(), nullable=True),
        sa.Column("task_id", sa.BigInteger(), nullable=True),
        sa.Column("timer_id", sa.BigInteger(), nullable=True),
        sa.Column("engine_task", sa.Text(), nullable=True),
        sa.Column("element", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("details", JSONB, server_default="{}", nullable=False),
        sa.Column("command", JSONB, nullable=True),
        sa.Column("attempts", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.BigInteger(), nullable=True),
        sa.Column("resolution", sa.Text(), nullable=True),
        sa.Column("resolution_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=("fk_incidents_dossier_id")),
        sa.ForeignKeyConstraint(["instance_id"], ["instances.id"], name=("fk_incidents_instance_id")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=("fk_incidents_task_id")),
        sa.ForeignKeyConstraint(["resolved_by"], ["accounts.id"], name=("fk_incidents_resolved_by")),
        sa.PrimaryKeyConstraint("id", name=("pk_incidents")),
    )
    still_open = sa.text("resolved_at IS NULL")
    op.create_index("ix_incidents_dossier_id", "incidents", ["dossier_id"], unique=False)
    op.create_index("ix_incidents_instance_id", "incidents", ["instance_id"], unique=False)
    op.create_index("ix_incidents_open", "incidents", ["id"], unique=False, postgresql_where=still_open)
    op.create_index(
        "ux_incidents_open_subject",
        "incidents",
        ["dossier_id", "kind", "subject"],
        unique=True,
        postgresql_where=still_open,
    )
    op.add_column("dossiers", sa.Column("incidents", sa.BigInteger(), server_default="0", nullable=False))
    op.create_index(
        "ix_dossiers_agency_incidents",
        "dossiers",
        ["agency_id"],
        unique=False,
        postgresql_where=sa.text("incidents > 0"),
    )
    op.create_index(
        "ix_tasks_vacant", "tasks", ["position_id"], unique=False, postgresql_where=sa.text("state = 'vacant'")
    )
    _timers_that_gave_up()
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON incidents TO motcua_app")
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO motcua_app")


def _timers_that_gave_up() -> None:
    op.execute(
        """
        INSERT INTO incidents (dossier_id, kind, subject, instance_id, task_id, timer_id, engine_task, element, reason,
                               details, attempts, opened_at, last_at)
        SELECT t.dossier_id, 'timer', 'timer:' || t.id, t.instance_id, t.task_id, t.id, t.engine_task,
               coalesce(t.element, t.kind), t.incident, jsonb_build_object('timer', t.kind), t.attempts, t.due_at, t.due_at
          FROM timers t
         WHERE t.incident IS NOT NULL
        """
    )
    op.execute(
        """
        UPDATE dossiers SET incidents = found.number
          FROM (SELECT dossier_id, count(*) AS number FROM incidents GROUP BY dossier_id) found
         WHERE found.dossier_id = dossiers.id
        """
    )
