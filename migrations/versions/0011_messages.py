"""Deliveries by every channel with their state, what stands on the portal, templates that were edited, outages, asking by SMS."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"

JSONB = postgresql.JSONB(astext_type=sa.Text())
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    outages()
    deliveries()
    portal_notices()
    message_templates()
    sms_lookups()
    op.execute("GRANT SELECT, INSERT, UPDATE ON outages TO motcua_app")
    op.execute("GRANT SELECT, INSERT ON portal_notices, message_templates TO motcua_app")
    op.execute("GRANT SELECT, INSERT, DELETE ON sms_lookups TO motcua_app")
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO motcua_app")


def outages() -> None:
    op.create_table(
        "outages",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=True),
        sa.Column("audience", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("told_through", sa.BigInteger(), nullable=False),
        sa.Column("told_at", INSTANT, nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("ended_by", sa.BigInteger(), nullable=True),
        sa.Column("end_text", sa.Text(), nullable=True),
        sa.Column("end_told_through", sa.BigInteger(), nullable=False),
        sa.Column("end_told_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["accounts.id"], name=("fk_outages_made_by")),
        sa.ForeignKeyConstraint(["ended_by"], ["accounts.id"], name=("fk_outages_ended_by")),
        sa.PrimaryKeyConstraint("id", name=("pk_outages")),
    )
    op.create_index("ix_outages_ended_at", "outages", ["ended_at"], unique=False)


def deliveries() -> None:
    op.alter_column("deliveries", "dossier_id", nullable=True)
    for column in (
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("outage_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(length=64), server_default="waiting", nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("letter", JSONB, nullable=True),
        sa.Column("attempts", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("series", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("tried_at", INSTANT, nullable=True),
        sa.Column("next_try_at", INSTANT, nullable=True),
        sa.Column("failed_at", INSTANT, nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("repeated", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("settled_by", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
    ):
        op.add_column("deliveries", column)
    op.create_foreign_key("fk_deliveries_account_id", "deliveries", "accounts", ["account_id"], ["id"])
    op.create_foreign_key("fk_deliveries_outage_id", "deliveries", "outages", ["outage_id"], ["id"])
    op.create_foreign_key("fk_deliveries_settled_by", "deliveries", "accounts", ["settled_by"], ["id"])
    op.execute("UPDATE deliveries SET state = 'sent' WHERE sent_at IS NOT NULL")
    op.create_index(
        "ix_deliveries_unsettled",
        "deliveries",
        ["state", "id"],
        unique=False,
        postgresql_where=sa.text("state IN ('waiting', 'trying', 'failed', 'to_call')"),
    )
    op.create_index("ix_deliveries_channel_id", "deliveries", ["channel", "id"], unique=False)
    op.create_index(
        "uq_deliveries_outage",
        "deliveries",
        ["outage_id", "template", "channel", "recipient"],
        unique=True,
        postgresql_where=sa.text("outage_id IS NOT NULL"),
    )
    op.create_index(
        "ix_deliveries_account_id",
        "deliveries",
        ["account_id", "id"],
        unique=False,
        postgresql_where=sa.text("account_id IS NOT NULL"),
    )


def portal_notices() -> None:
    op.create_table(
        "portal_notices",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("template", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=("fk_portal_notices_dossier_id")),
        sa.PrimaryKeyConstraint("id", name=("pk_portal_notices")),
    )
    op.create_index("ix_portal_notices_dossier_id", "portal_notices", ["dossier_id"], unique=False)


def message_templates() -> None:
    op.create_table(
        "message_templates",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("event", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=("fk_message_templates_agency_id")),
        sa.ForeignKeyConstraint(["made_by"], ["accounts.id"], name=("fk_message_templates_made_by")),
        sa.PrimaryKeyConstraint("id", name=("pk_message_templates")),
    )
    op.create_index(
        "ix_message_templates_event_channel_agency_id",
        "message_templates",
        ["event", "channel", "agency_id"],
        unique=False,
    )


def sms_lookups() -> None:
    op.create_table(
        "sms_lookups",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=("pk_sms_lookups")),
        sa.UniqueConstraint("message_id", name=("uq_sms_lookups_message_id")),
    )
    op.create_index("ix_sms_lookups_sender_asked_at", "sms_lookups", ["sender", "asked_at"], unique=False)
