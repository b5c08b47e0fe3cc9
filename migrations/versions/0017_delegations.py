"""Duties handed to somebody else within limits, and what was done under them: a day's limit is counted from it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "delegations",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("delegator_id", sa.BigInteger(), nullable=False),
        sa.Column("delegate_id", sa.BigInteger(), nullable=False),
        sa.Column("position_id", sa.BigInteger(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=False),
        sa.Column("procedures", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("steps", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("signs", sa.Boolean(), nullable=False),
        sa.Column("form", sa.String(length=64), nullable=False),
        sa.Column("daily_most", sa.BigInteger(), nullable=True),
        sa.Column("decision_number", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("from_day <= to_day", name="days"),
        sa.CheckConstraint("delegator_id <> delegate_id", name="delegate"),
        sa.CheckConstraint("daily_most > 0", name="daily_most"),
        sa.ForeignKeyConstraint(["delegator_id"], ["accounts.id"], name="fk_delegations_delegator_id"),
        sa.ForeignKeyConstraint(["delegate_id"], ["accounts.id"], name="fk_delegations_delegate_id"),
        sa.ForeignKeyConstraint(["position_id"], ["positions.id"], name="fk_delegations_position_id"),
        sa.ForeignKeyConstraint(["made_by"], ["accounts.id"], name="fk_delegations_made_by"),
        sa.ForeignKeyConstraint(["ended_by"], ["accounts.id"], name="fk_delegations_ended_by"),
        sa.PrimaryKeyConstraint("id", name="pk_delegations"),
    )
    op.create_index("ix_delegations_delegate_id_to_day", "delegations", ["delegate_id", "to_day"])
    op.create_index("ix_delegations_delegator_id_to_day", "delegations", ["delegator_id", "to_day"])
    op.create_table(
        "delegated_acts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("delegation_id", sa.BigInteger(), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["delegation_id"], ["delegations.id"], name="fk_delegated_acts_delegation_id"),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name="fk_delegated_acts_task_id"),
        sa.PrimaryKeyConstraint("id", name="pk_delegated_acts"),
    )
    op.create_index("ix_delegated_acts_delegation_id_day", "delegated_acts", ["delegation_id", "day"])
    op.create_index("ix_delegated_acts_task_id", "delegated_acts", ["task_id"])
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON delegations TO motcua_app")
    op.execute("GRANT SELECT, INSERT ON delegated_acts TO motcua_app")
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO motcua_app")
