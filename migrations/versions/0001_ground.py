"""The ground: organisation, accounts, procedures, dossiers, tasks, timers, history.

Two roles from the first migration on: the owner runs this; the application is a member of `motcua_app`, which gets its
rights table by table at the end and none to change or remove history.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

APPLICATION_ROLE = """
DO $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'motcua_app') THEN
        CREATE ROLE motcua_app NOLOGIN;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;
END $$
"""
MEMBERSHIP = """
DO $$
BEGIN
    IF NOT pg_has_role(current_user, 'motcua_app', 'MEMBER') THEN
        EXECUTE format('GRANT motcua_app TO %I', current_user);
    END IF;
END $$
"""
# Marked immutable so that it can stand in generated columns and indexes: it names its dictionary, which is what the plain
# unaccent() is not sure of.
FOLD = """
CREATE FUNCTION motcua_fold(t text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
AS $$ SELECT lower(public.unaccent('public.unaccent', t)) $$
"""


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS unaccent")
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.execute(FOLD)
    op.execute(APPLICATION_ROLE)
    op.execute(MEMBERSHIP)
    create_tables()
    op.execute("GRANT USAGE ON SCHEMA public TO motcua_app")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO motcua_app")
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO motcua_app")
    op.execute("REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM motcua_app")
    op.execute("REVOKE UPDATE, DELETE ON history FROM motcua_app")


def create_tables() -> None:
    op.create_table(
        "calendars",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("revision", sa.BigInteger(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=("pk_calendars")),
        sa.UniqueConstraint("code", name=("uq_calendars_code")),
    )
    op.create_table(
        "procedures",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("level", sa.BigInteger(), nullable=False),
        sa.Column("limit", sa.Text(), nullable=False),
        sa.Column("limit_unit", sa.Text(), nullable=False),
        sa.Column("service_level", sa.Text(), nullable=False),
        sa.Column("components", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("fees", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("legal_basis", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("result_name", sa.Text(), nullable=False),
        sa.Column("demonstration", sa.Boolean(), server_default="false", nullable=False),
        sa.Column(
            "search",
            sa.Text(),
            sa.Computed("motcua_fold(code || ' ' || name || ' ' || field)", persisted=True),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=("pk_procedures")),
        sa.UniqueConstraint("code", name=("uq_procedures_code")),
    )
    op.create_index(
        "ix_procedures_search",
        "procedures",
        ["search"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"search": "gin_trgm_ops"},
    )
    op.create_table(
        "agencies",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("level", sa.BigInteger(), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("calendar_id", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["calendar_id"], ["calendars.id"], name=("fk_agencies_calendar_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["agencies.id"], name=("fk_agencies_parent_id")),
        sa.PrimaryKeyConstraint("id", name=("pk_agencies")),
        sa.UniqueConstraint("code", name=("uq_agencies_code")),
    )
    op.create_table(
        "accounts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("permissions", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=("fk_accounts_agency_id")),
        sa.PrimaryKeyConstraint("id", name=("pk_accounts")),
        sa.UniqueConstraint("username", name=("uq_accounts_username")),
    )
    op.create_table(
        "code_counters",
        sa.Column("agency_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=("fk_code_counters_agency_id")),
        sa.PrimaryKeyConstraint("agency_id", "day", name=("pk_code_counters")),
    )
    op.create_table(
        "procedure_agencies",
        sa.Column("procedure_id", sa.BigInteger(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=("fk_procedure_agencies_agency_id")),
        sa.ForeignKeyConstraint(["procedure_id"], ["procedures.id"], name=("fk_procedure_agencies_procedure_id")),
        sa.PrimaryKeyConstraint("procedure_id", "agency_id", name=("pk_procedure_agencies")),
    )
    op.create_index(("ix_procedure_agencies_agency_id"), "procedure_agencies", ["agency_id"], unique=False)
    op.create_table(
        "units",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=("fk_units_agency_id")),
        sa.PrimaryKeyConstraint("id", name=("pk_units")),
        sa.UniqueConstraint("agency_id", "code", name=("uq_units_agency_id_code")),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request", sa.LargeBinary(), nullable=False),
        sa.Column("answer", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=("fk_idempotency_keys_account_id")),
        sa.PrimaryKeyConstraint("account_id", "key", name=("pk_idempotency_keys")),
    )
    op.create_index(("ix_idempotency_keys_created_at"), "idempotency_keys", ["created_at"], unique=False)
    op.create_table(
        "positions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("head", sa.Boolean(), server_default="false", nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=("fk_positions_agency_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=("fk_positions_unit_id")),
        sa.PrimaryKeyConstraint("id", name=("pk_positions")),
        sa.UniqueConstraint("agency_id", "code", name=("uq_positions_agency_id_code")),
    )
    op.create_index(("ix_positions_unit_id"), "positions", ["unit_id"], unique=False)
    op.create_table(
        "procedure_versions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("procedure_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("process", sa.Text(), nullable=False),
        sa.Column("decision_number", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.BigInteger(), nullable=True),
        sa.Column("steps", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("warnings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["procedure_id"], ["procedures.id"], name=("fk_procedure_versions_procedure_id")),
        sa.ForeignKeyConstraint(["published_by"], ["accounts.id"], name=("fk_procedure_versions_published_by")),
        sa.PrimaryKeyConstraint("id", name=("pk_procedure_versions")),
        sa.UniqueConstraint("procedure_id", "number", name=("uq_procedure_versions_procedure_id_number")),
    )
    op.create_table(
        "tokens",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=("fk_tokens_account_id")),
        sa.PrimaryKeyConstraint("hash", name=("pk_tokens")),
    )
    op.create_index(("ix_tokens_account_id"), "tokens", ["account_id"], unique=False)
    op.create_index(("ix_tokens_expires_at"), "tokens", ["expires_at"], unique=False)
    op.create_table(
        "account_positions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("position_id", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=("fk_account_positions_account_id")),
        sa.ForeignKeyConstraint(["position_id"], ["positions.id"], name=("fk_account_positions_position_id")),
        sa.PrimaryKeyConstraint("id", name=("pk_account_positions")),
    )
    op.create_index(("ix_account_positions_account_id"), "account_positions", ["account_id"], unique=False)
    op.create_index(("ix_account_positions_position_id"), "account_positions", ["position_id"], unique=False)
    op.create_table(
        "dossiers",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("procedure_id", sa.BigInteger(), nullable=False),
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("status", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("limit_seconds", sa.BigInteger(), nullable=True),
        sa.Column("clock", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("appointment_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_soon_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("overdue", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("history_seq", sa.BigInteger(), nullable=False),
        sa.Column("history_hash", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=("fk_dossiers_agency_id")),
        sa.ForeignKeyConstraint(["procedure_id"], ["procedures.id"], name=("fk_dossiers_procedure_id")),
        sa.ForeignKeyConstraint(["version_id"], ["procedure_versions.id"], name=("fk_dossiers_version_id")),
        sa.PrimaryKeyConstraint("id", name=("pk_dossiers")),
        sa.UniqueConstraint("code", name=("uq_dossiers_code")),
    )
    op.create_index(
        "ix_dossiers_agency_open",
        "dossiers",
        ["agency_id", "appointment_at"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index("ix_dossiers_agency_recent", "dossiers", ["agency_id", "id"], unique=False)
    op.create_table(
        "version_files",
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["procedure_versions.id"], name=("fk_version_files_version_id")),
        sa.PrimaryKeyConstraint("version_id", "name", name=("pk_version_files")),
    )
    op.create_table(
        "attachments",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("added_by", sa.BigInteger(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["added_by"], ["accounts.id"], name=("fk_attachments_added_by")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=("fk_attachments_dossier_id")),
        sa.PrimaryKeyConstraint("id", name=("pk_attachments")),
    )
    op.create_index(("ix_attachments_dossier_id"), "attachments", ["dossier_id"], unique=False)
    op.create_index(("ix_attachments_sha256"), "attachments", ["sha256"], unique=False)
    op.create_table(
        "deliveries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("template", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=("fk_deliveries_dossier_id")),
        sa.PrimaryKeyConstraint("id", name=("pk_deliveries")),
    )
    op.create_index(("ix_deliveries_dossier_id"), "deliveries", ["dossier_id"], unique=False)
    op.create_table(
        "dossier_contents",
        sa.Column("dossier_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("applicant", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("components", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("notify", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("deliver", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("applicant_name", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column(
            "search",
            sa.Text(),
            sa.Computed("motcua_fold(code || ' ' || applicant_name)", persisted=True),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=("fk_dossier_contents_dossier_id")),
        sa.PrimaryKeyConstraint("dossier_id", name=("pk_dossier_contents")),
    )
    op.create_index(
        "ix_dossier_contents_search",
        "dossier_contents",
        ["search"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"search": "gin_trgm_ops"},
    )
    op.create_table(
        "history",
        sa.Column("dossier_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("task_id", sa.BigInteger(), nullable=True),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=("fk_history_account_id")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=("fk_history_dossier_id")),
        sa.PrimaryKeyConstraint("dossier_id", "seq", name=("pk_history")),
    )
    op.create_table(
        "instances",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("process", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=("fk_instances_dossier_id")),
        sa.ForeignKeyConstraint(["version_id"], ["procedure_versions.id"], name=("fk_instances_version_id")),
        sa.PrimaryKeyConstraint("id", name=("pk_instances")),
    )
    op.create_index(("ix_instances_dossier_id"), "instances", ["dossier_id"], unique=False)
    op.create_table(
        "segments",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("agency", sa.String(length=64), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("task_id", sa.BigInteger(), nullable=True),
        sa.Column("step", sa.String(length=64), nullable=False),
        sa.Column("account", sa.Text(), nullable=True),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("to_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seconds", sa.BigInteger(), nullable=False),
        sa.Column("charged", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=("fk_segments_dossier_id")),
        sa.PrimaryKeyConstraint("id", name=("pk_segments")),
    )
    op.create_index(("ix_segments_dossier_id"), "segments", ["dossier_id"], unique=False)
    op.create_table(
        "slips",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=("fk_slips_dossier_id")),
        sa.ForeignKeyConstraint(["issued_by"], ["accounts.id"], name=("fk_slips_issued_by")),
        sa.PrimaryKeyConstraint("id", name=("pk_slips")),
    )
    op.create_index(("ix_slips_dossier_id"), "slips", ["dossier_id"], unique=False)
    op.create_table(
        "tasks",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("instance_id", sa.BigInteger(), nullable=False),
        sa.Column("engine_task", sa.String(length=64), nullable=False),
        sa.Column("step", sa.String(length=64), nullable=False),
        sa.Column("step_name", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("position_id", sa.BigInteger(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("assignee_id", sa.BigInteger(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_by", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("predecessor_id", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=("fk_tasks_agency_id")),
        sa.ForeignKeyConstraint(["assignee_id"], ["accounts.id"], name=("fk_tasks_assignee_id")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=("fk_tasks_dossier_id")),
        sa.ForeignKeyConstraint(["finished_by"], ["accounts.id"], name=("fk_tasks_finished_by")),
        sa.ForeignKeyConstraint(["instance_id"], ["instances.id"], name=("fk_tasks_instance_id")),
        sa.ForeignKeyConstraint(["position_id"], ["positions.id"], name=("fk_tasks_position_id")),
        sa.ForeignKeyConstraint(["predecessor_id"], ["tasks.id"], name=("fk_tasks_predecessor_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=("fk_tasks_unit_id")),
        sa.PrimaryKeyConstraint("id", name=("pk_tasks")),
    )
    op.create_index(
        "ix_tasks_agency",
        "tasks",
        ["agency_id", "due_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index("ix_tasks_dossier", "tasks", ["dossier_id", "state"], unique=False)
    op.create_index(
        "ix_tasks_inbox",
        "tasks",
        ["position_id", "due_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index("ix_tasks_part", "tasks", ["agency_id", "dossier_id"], unique=False)
    op.create_index(("ix_tasks_instance_id"), "tasks", ["instance_id"], unique=False)
    op.create_index(
        "ix_tasks_mine",
        "tasks",
        ["assignee_id", "due_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index("ix_tasks_predecessor", "tasks", ["predecessor_id"], unique=False)
    op.create_table(
        "timers",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("instance_id", sa.BigInteger(), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("engine_task", sa.Text(), nullable=True),
        sa.Column("element", sa.Text(), nullable=True),
        sa.Column("instant", sa.Text(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("incident", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=("fk_timers_dossier_id")),
        sa.ForeignKeyConstraint(["instance_id"], ["instances.id"], name=("fk_timers_instance_id")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=("fk_timers_task_id")),
        sa.PrimaryKeyConstraint("id", name=("pk_timers")),
    )
    op.create_index("ix_timers_dossier", "timers", ["dossier_id"], unique=False)
    op.create_index("ix_timers_due", "timers", ["due_at"], unique=False, postgresql_where=sa.text("incident IS NULL"))
    op.create_index(("ix_timers_instance_id"), "timers", ["instance_id"], unique=False)
    op.create_index("ix_timers_task", "timers", ["task_id"], unique=False)
