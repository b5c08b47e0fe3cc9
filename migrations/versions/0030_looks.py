"""Who looked at what, what was handed out, and whose duties another agency has."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"

FIRST_YEAR, LAST_YEAR = 2024, 2045
"""Looks of other years, from a clock that is wrong, go into the last partition."""

HELD = """
    CREATE OR REPLACE VIEW held_positions AS
    SELECT account_id, position_id, valid_from, valid_to, NULL::bigint AS absent_id, mandate_id
      FROM account_positions
    UNION ALL
    SELECT s.substitute_id, h.position_id, greatest(h.valid_from, s.from_day), least(h.valid_to, s.to_day), s.account_id,
           h.mandate_id
      FROM substitutions s
      JOIN account_positions h ON h.account_id = s.account_id
"""


def upgrade() -> None:
    _looks()
    _mandates()
    _disclosures()
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO motcua_app")


def _looks() -> None:
    op.create_table(
        "dossier_looks",
        sa.Column("dossier_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("slot", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ground", sa.String(length=64), nullable=False),
        sa.Column("way", sa.String(length=64), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("dossier_id", "account_id", "slot", name="pk_dossier_looks"),
        postgresql_partition_by="RANGE (slot)",
    )
    op.create_index("ix_dossier_looks_account_id_at", "dossier_looks", ["account_id", "at"])
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        op.execute(
            f"CREATE TABLE dossier_looks_{year} PARTITION OF dossier_looks"
            f" FOR VALUES FROM ('{year}-01-01 00:00+07') TO ('{year + 1}-01-01 00:00+07')"
        )
    op.execute("CREATE TABLE dossier_looks_other PARTITION OF dossier_looks DEFAULT")
    op.execute("GRANT SELECT, INSERT ON dossier_looks TO motcua_app")


def _mandates() -> None:
    op.create_table(
        "agency_mandates",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("acting_id", sa.BigInteger(), nullable=False),
        sa.Column("lead_id", sa.BigInteger(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=False),
        sa.Column("decision_number", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("from_day <= to_day", name="ck_agency_mandates_days"),
        sa.CheckConstraint("agency_id <> acting_id", name="ck_agency_mandates_two"),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name="fk_agency_mandates_agency_id"),
        sa.ForeignKeyConstraint(["acting_id"], ["agencies.id"], name="fk_agency_mandates_acting_id"),
        sa.ForeignKeyConstraint(["lead_id"], ["accounts.id"], name="fk_agency_mandates_lead_id"),
        sa.ForeignKeyConstraint(["made_by"], ["accounts.id"], name="fk_agency_mandates_made_by"),
        sa.ForeignKeyConstraint(["ended_by"], ["accounts.id"], name="fk_agency_mandates_ended_by"),
        sa.PrimaryKeyConstraint("id", name="pk_agency_mandates"),
    )
    op.create_index("ix_agency_mandates_agency_id_to_day", "agency_mandates", ["agency_id", "to_day"])
    op.execute("GRANT SELECT, INSERT, UPDATE ON agency_mandates TO motcua_app")
    op.add_column("account_positions", sa.Column("mandate_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        "fk_account_positions_mandate_id", "account_positions", "agency_mandates", ["mandate_id"], ["id"]
    )
    op.create_index(
        "ix_account_positions_mandate_id",
        "account_positions",
        ["mandate_id"],
        postgresql_where=sa.text("mandate_id IS NOT NULL"),
    )
    op.execute(HELD)


def _disclosures() -> None:
    op.create_table(
        "disclosures",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("request_number", sa.Text(), nullable=False),
        sa.Column("requested_on", sa.Date(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("files", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name="fk_disclosures_agency_id"),
        sa.ForeignKeyConstraint(["made_by"], ["accounts.id"], name="fk_disclosures_made_by"),
        sa.PrimaryKeyConstraint("id", name="pk_disclosures"),
    )
    op.create_index("ix_disclosures_sha256", "disclosures", ["sha256"])
    op.create_table(
        "disclosed_dossiers",
        sa.Column("disclosure_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["disclosure_id"], ["disclosures.id"], name="fk_disclosed_dossiers_disclosure_id"),
        sa.PrimaryKeyConstraint("disclosure_id", "dossier_id", name="pk_disclosed_dossiers"),
    )
    op.create_index("ix_disclosed_dossiers_dossier_id", "disclosed_dossiers", ["dossier_id"])
    for table in ("disclosures", "disclosed_dossiers"):
        op.execute(f"GRANT SELECT, INSERT ON {table} TO motcua_app")
