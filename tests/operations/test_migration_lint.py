"""Migrations: what would stop the offices is found before, and the former release works on the newest schema."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from click.testing import CliRunner
from sqlalchemy import Connection, Engine, create_engine, text

from app.cli import motcua
from app.config import PROJECT_ROOT
from app.embedded import Urls
from app.store import migrate
from app.store.database import sqlalchemy_url
from app.store.migrate import upgrade
from app.store.migration_lint import lint
from app.store.readiness import SchemaState

FORMER = "0027"
"""The newest migration of the release before this one."""
HARMLESS = """
    op.create_table("new_ones", sa.Column("id", sa.BigInteger(), primary_key=True), sa.Column("dossier_id", sa.BigInteger()))
    op.create_index("ix_new_ones", "new_ones", ["dossier_id"])
    op.create_foreign_key("fk", "new_ones", "dossiers", ["dossier_id"], ["id"])
    op.execute("ALTER TABLE new_ones ALTER COLUMN dossier_id SET NOT NULL")
    op.add_column("dossiers", sa.Column("a", sa.Text(), nullable=True))
    op.add_column("dossiers", sa.Column("b", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("dossiers", sa.Column("c", sa.BigInteger(), server_default=sa.text("0"), nullable=False))
    op.execute("GRANT SELECT, INSERT, UPDATE ON new_ones TO motcua_app")
    op.execute("ALTER TABLE dossiers ADD CONSTRAINT few CHECK (version > 0) NOT VALID")
    op.execute("CREATE INDEX CONCURRENTLY ix_a ON dossiers (a)")
    op.execute("INSERT INTO new_ones (id) VALUES (1)")
    op.execute("-- DROP TABLE dossiers")
"""


def migration(folder: Path, body: str, accepted: str = "") -> Path:
    (folder / "versions").mkdir(exist_ok=True)
    lines = "\n".join(f"    {line.strip()}" for line in body.strip().splitlines())
    head = 'import sqlalchemy as sa\nfrom alembic import op\nrevision = "9999"\n'
    (folder / "versions" / "9999_tried.py").write_text(f"{head}def upgrade():\n{lines}\n", encoding="utf-8")
    (folder / "accepted.toml").write_text(accepted or "accepted = []", encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("body", "rule", "table"),
    [
        ('op.create_index("ix", "tasks", ["step"])', "index", "tasks"),
        ('op.create_index("ix", "tasks", ["step"], unique=True, postgresql_where=sa.text("x > 1"))', "index", "tasks"),
        ('op.execute("CREATE INDEX ON history (kind)")', "index", "history"),
        ('op.add_column("tasks", sa.Column("a", sa.Text(), nullable=False))', "not_null_column", "tasks"),
        ('op.execute("ALTER TABLE tasks ADD a uuid DEFAULT gen_random_uuid()")', "rewrite", "tasks"),
        (
            'op.add_column("tasks", sa.Column("a", sa.Text(), sa.Computed("step", persisted=True)))',
            "rewrite",
            "tasks",
        ),
        ('op.alter_column("tasks", "step", type_=sa.Text())', "type", "tasks"),
        ('op.alter_column("tasks", "assignee", nullable=False)', "set_not_null", "tasks"),
        ('op.create_foreign_key("fk", "tasks", "units", ["unit_id"], ["id"])', "constraint", "tasks"),
        ('op.create_check_constraint("ck", "tasks", "version > 0")', "constraint", "tasks"),
        ('op.create_unique_constraint("uq", "tasks", ["step"])', "unique", "tasks"),
        ('op.execute("UPDATE dossiers SET status = 4")', "rows", "dossiers"),
        ('op.execute("DELETE FROM tokens WHERE true")', "rows", "tokens"),
        ('op.execute("LOCK TABLE dossiers")', "lock", "dossiers"),
        ('op.drop_column("tasks", "step")', "contracts", "tasks"),
        ('op.drop_table("remarks")', "contracts", "remarks"),
        ('op.rename_table("remarks", "words")', "contracts", "remarks"),
        ('op.alter_column("tasks", "step", new_column_name="place")', "contracts", "tasks"),
        ('op.execute("REVOKE UPDATE ON remarks FROM motcua_app")', "contracts", "remarks"),
        ("op.execute(\"DO $$ BEGIN EXECUTE format('DROP TABLE %I', 'x'); END $$\")", "hidden", ""),
    ],
)
def test_what_would_stop_the_offices_is_found(tmp_path: Path, body: str, rule: str, table: str) -> None:
    faults, _ = lint(migration(tmp_path, body))
    assert (rule, table) in {(fault.rule, fault.table) for fault in faults}


def test_what_harms_nobody_is_not(tmp_path: Path) -> None:
    assert lint(migration(tmp_path, HARMLESS)) == ([], [])


def test_what_is_meant_says_why_and_what_was_taken_away_needs_a_floor(tmp_path: Path) -> None:
    accepted = '[[accepted]]\nrevision = "9999"\nrule = "index"\ntable = "tasks"\nwhy = "Few rows."\n'
    assert lint(migration(tmp_path, 'op.create_index("ix", "tasks", ["step"])', accepted)) == ([], [])
    faults, stale = lint(migration(tmp_path, "pass", accepted))
    assert (faults, [one.rule for one in stale]) == ([], ["index"])
    drop = 'op.drop_column("tasks", "step")\nop.execute("INSERT INTO schema_floor (revision) VALUES (\'9998\')")'
    assert lint(migration(tmp_path, drop)) == ([], [])


def test_our_own_migrations_stop_nobody() -> None:
    done = CliRunner().invoke(motcua, ["db", "lint"])
    assert done.exit_code == 0, done.output


def test_a_fault_is_told_with_what_to_do_and_the_command_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.commands import db

    folder = migration(tmp_path, 'op.create_index("ix", "tasks", ["step"])')
    monkeypatch.setattr(db, "lint", lambda: lint(folder))
    done = CliRunner().invoke(motcua, ["db", "lint"])
    assert done.exit_code == 1
    assert "9999 index tasks" in done.output
    assert "CONCURRENTLY" in done.output


@pytest.mark.parametrize(
    ("found", "needed", "floor", "serves"),
    [
        (None, "0034", None, False),
        ("0033", "0034", None, False),
        ("0034", "0034", None, True),
        ("0040", "0034", "0034", True),
        ("0040", "0034", "0035", False),
    ],
)
def test_older_code_serves_on_a_newer_schema_down_to_its_floor(
    found: str | None, needed: str, floor: str | None, serves: bool
) -> None:
    assert SchemaState(found, needed, floor).serves is serves


@pytest.fixture
def engine(empty_database_urls: Urls) -> Iterator[Engine]:
    made = create_engine(sqlalchemy_url(empty_database_urls.owner))
    yield made
    made.dispose()


COLUMNS = """
SELECT table_name, column_name, data_type, is_nullable,
       column_default IS NOT NULL OR is_identity = 'YES' OR is_generated = 'ALWAYS'
  FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE 'procrastinate%'
"""
GRANTS = """
SELECT table_name, privilege_type FROM information_schema.role_table_grants
 WHERE grantee = 'motcua_app' AND table_schema = 'public'
"""


def described(connection: Connection) -> tuple[dict[tuple[str, str], tuple[str, str, bool]], set[tuple[str, str]]]:
    columns = {(row[0], row[1]): (row[2], row[3], row[4]) for row in connection.execute(text(COLUMNS))}
    return columns, {(row[0], row[1]) for row in connection.execute(text(GRANTS))}


@pytest.mark.rule("HT-15.3")
def test_the_former_release_reads_and_writes_on_the_newest_schema(empty_database_urls: Urls, engine: Engine) -> None:
    """Its tables, columns and rights are there as they were, and what is new in them need not be given."""
    config = migrate._config()
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, FORMER)
        before, rights = described(connection)
    upgrade(empty_database_urls.owner)
    with engine.connect() as connection:
        after, rights_after = described(connection)
    assert {name for name in before if name not in after} == set()
    assert {name: (kind, after[name][0]) for name, (kind, _, _) in before.items() if kind != after[name][0]} == {}
    assert {name for name, (_, empty, _) in before.items() if empty == "YES" and after[name][1] == "NO"} == set()
    assert {name for name, (_, _, given) in before.items() if given and not after[name][2]} == set()
    tables = {table for table, _ in before}
    assert {
        name
        for name, (_, empty, given) in after.items()
        if name[0] in tables and name not in before and empty == "NO" and not given
    } == set()
    assert rights - rights_after == set()


def test_the_upgrade_script_puts_workers_before_web_servers() -> None:
    script = (PROJECT_ROOT / "ops" / "systemd" / "motcua-upgrade").read_text(encoding="utf-8")
    order = [script.index(word) for word in ("db lint", "db upgrade", "motcua-worker@", "'motcua-web@*'", "/readyz")]
    assert order == sorted(order)


def test_a_migration_gives_up_on_a_table_that_is_busy_and_can_be_run_again(
    empty_database_urls: Urls, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.errors import DomainError

    monkeypatch.setattr(migrate, "LONGEST_WAIT", "50ms")
    config = migrate._config()
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, FORMER)
    with engine.begin() as connection:
        connection.execute(text("LOCK TABLE accounts, tokens, history IN ACCESS SHARE MODE"))
        with pytest.raises(DomainError, match="bận"):
            upgrade(empty_database_urls.owner)
    upgrade(empty_database_urls.owner)
    assert migrate.revision(empty_database_urls.owner) == migrate.script().get_current_head()
