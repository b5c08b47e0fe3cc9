"""History in partitions by the month in which a dossier was registered; seals over every day; what retention removed.

A dossier's chain is never cut: the key of a partition is the dossier's number, and the numbers of a month begin at
YYYYMM * 10^7. The table that there was becomes the first partition as it is, without being read or written anew.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0031"
down_revision = "0030"

JSONB = postgresql.JSONB(astext_type=sa.Text())
# The names of a dropped or renamed table's constraints would stay behind and be in the way of the new ones.
BECOMES_A_PARTITION = """
ALTER TABLE history RENAME TO history_earlier;
ALTER TABLE history_earlier RENAME CONSTRAINT pk_history TO pk_history_earlier;
ALTER TABLE history_earlier RENAME CONSTRAINT fk_history_account_id TO fk_history_earlier_account_id;
ALTER TABLE history_earlier RENAME CONSTRAINT fk_history_dossier_id TO fk_history_earlier_dossier_id;
"""
# Attaching would look at every row under a lock, unless a checked constraint says already that all of them fit. Checking it
# lets people work meanwhile.
FITS = """
ALTER TABLE history DROP CONSTRAINT IF EXISTS history_fits;
DO $$
DECLARE
    month integer := to_char(now() AT TIME ZONE 'Asia/Ho_Chi_Minh', 'YYYYMM');
BEGIN
    EXECUTE format('ALTER TABLE history ADD CONSTRAINT history_fits CHECK (dossier_id < %s) NOT VALID',
                   greatest(month, 202601) * 10000000::bigint);
END $$
"""
CHECKED = "ALTER TABLE history VALIDATE CONSTRAINT history_fits"
ATTACHED = """
DO $$
DECLARE
    month integer := to_char(now() AT TIME ZONE 'Asia/Ho_Chi_Minh', 'YYYYMM');
    until bigint := greatest(month, 202601) * 10000000::bigint;
BEGIN
    EXECUTE format('ALTER TABLE history ATTACH PARTITION history_earlier FOR VALUES FROM (MINVALUE) TO (%s)', until);
    ALTER TABLE history_earlier DROP CONSTRAINT history_fits;
END $$;
REVOKE ALL ON history_earlier FROM motcua_app;
"""
PARTITIONS = r"""
CREATE FUNCTION motcua_history_partitions()
RETURNS TABLE (name text, from_id bigint, to_id bigint)
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT c.relname::text,
           coalesce(substring(pg_get_expr(c.relpartbound, c.oid) FROM 'FROM \(''(\d+)''\)')::bigint, 0),
           substring(pg_get_expr(c.relpartbound, c.oid) FROM 'TO \(''(\d+)''\)')::bigint
      FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent = 'public.history'::regclass
     ORDER BY 3
$$;
"""
# What the worker may ask for although it owns nothing: no argument, so nothing but the months that come next.
AHEAD = r"""
CREATE FUNCTION motcua_prepare_history()
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
    today date := (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date;
    starts bigint := to_char(today, 'YYYYMM')::bigint * 10000000;
    wanted bigint := to_char(today + interval '3 months', 'YYYYMM')::bigint * 10000000;
    numbers regclass := pg_get_serial_sequence('public.dossiers', 'id')::regclass;
    reached bigint;
    month date;
    following bigint;
    part text;
    taken bigint;
    made integer := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('history partitions', 0));
    SELECT max(to_id) INTO reached FROM motcua_history_partitions();
    WHILE reached < wanted AND made < 60 LOOP
        month := to_date((reached / 10000000)::text, 'YYYYMM');
        following := to_char(month + interval '1 month', 'YYYYMM')::bigint * 10000000;
        part := 'history_' || to_char(month, 'YYYYMM');
        EXECUTE format('CREATE TABLE public.%I (LIKE public.history INCLUDING DEFAULTS)', part);
        EXECUTE format('ALTER TABLE public.history ATTACH PARTITION public.%I FOR VALUES FROM (%s) TO (%s)',
                       part, reached, following);
        reached := following;
        made := made + 1;
    END LOOP;
    EXECUTE format('SELECT last_value FROM %s', numbers) INTO taken;
    -- Only ever forward: a clock that was set back must not give a number out twice.
    IF taken < starts AND starts < reached THEN
        PERFORM setval(numbers, starts, false);
    END IF;
    RETURN made;
END $$;
"""
# Who has this lock knows that everybody who has taken a number of the log has committed or given up.
SETTLED = r"""
CREATE FUNCTION motcua_settled(log text)
RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET lock_timeout = '1s' AS $$
DECLARE
    newest bigint;
BEGIN
    IF log NOT IN ('administration_changes', 'file_accesses', 'looks') THEN
        RAISE EXCEPTION 'no such log';
    END IF;
    EXECUTE format('LOCK TABLE public.%I IN SHARE MODE', log);
    EXECUTE format('SELECT max(id) FROM public.%I', log) INTO newest;
    RETURN coalesce(newest, 0);
END $$;
"""
CALLED = ("motcua_history_partitions()", "motcua_prepare_history()", "motcua_settled(text)")


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute(FITS)
        op.execute(CHECKED)
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.execute(BECOMES_A_PARTITION)
    op.create_table(
        "history",
        sa.Column("dossier_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("task_id", sa.BigInteger(), nullable=True),
        sa.Column("data", JSONB, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_history_account_id"),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name="fk_history_dossier_id"),
        sa.PrimaryKeyConstraint("dossier_id", "seq", name="pk_history"),
        postgresql_partition_by="RANGE (dossier_id)",
    )
    op.execute(ATTACHED)
    op.execute("GRANT SELECT, INSERT ON history TO motcua_app")
    for statement in (PARTITIONS, AHEAD, SETTLED):
        op.execute(statement)
    for name in CALLED:
        op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO motcua_app")
    op.execute("SELECT motcua_prepare_history()")
    create_seals()


def create_seals() -> None:
    op.create_table(
        "seals",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leaves", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_seals"),
        sa.UniqueConstraint("day", name="uq_seals_day"),
    )
    op.create_table(
        "seal_leaves",
        sa.Column("seal", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seal", "dossier_id", name="pk_seal_leaves"),
    )
    op.create_index("ix_seal_leaves_dossier_id_seal", "seal_leaves", ["dossier_id", "seal"])
    op.create_table(
        "seal_blocks",
        sa.Column("seal", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("log", sa.String(length=64), nullable=False),
        sa.Column("first_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last_id", sa.BigInteger(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seal", "log", "first_id", name="pk_seal_blocks"),
    )
    op.create_index("ix_seal_blocks_log_first_id", "seal_blocks", ["log", "first_id"])
    op.create_table(
        "dropped_histories",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("partition", sa.String(length=64), nullable=False),
        sa.Column("from_id", sa.BigInteger(), nullable=False),
        sa.Column("to_id", sa.BigInteger(), nullable=False),
        sa.Column("dossiers", sa.BigInteger(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("seal", sa.BigInteger(), nullable=False),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_dropped_histories"),
    )
    # The application adds seals and never changes one; what was dropped is written by the owner alone.
    for table in ("seals", "seal_leaves", "seal_blocks"):
        op.execute(f"GRANT SELECT, INSERT ON {table} TO motcua_app")
    op.execute("GRANT SELECT ON dropped_histories TO motcua_app")
