"""Whether two databases hold the same, table by table."""

from __future__ import annotations

import psycopg
from psycopg import sql

OWN_AFFAIRS = ("tokens", "backups", "restores")
_TABLES = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1"
_SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1"


def state(url: str) -> dict[str, object]:
    """A hash of the rows of every table, and where every sequence stands."""
    with psycopg.connect(url, autocommit=True, options="-c timezone=UTC") as connection:
        tables = [row[0] for row in connection.execute(_TABLES)]
        found: dict[str, object] = {}
        for table in tables:
            query = sql.SQL("SELECT count(*), md5(string_agg(t::text, chr(10) ORDER BY t::text)) FROM {} t")
            if table not in OWN_AFFAIRS:
                found[table] = connection.execute(query.format(sql.Identifier(table))).fetchone()
        for name, value in connection.execute(_SEQUENCES):
            if not name.startswith((*OWN_AFFAIRS, "deliveries")):  # whose numbers go on far ahead
                found[name] = value
    return found


def schema(url: str) -> list[tuple[object, ...]]:
    """Columns, constraints, indexes, functions and what the application's role may do."""
    with psycopg.connect(url, autocommit=True) as connection:
        return [
            *connection.execute(
                "SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns"
                " WHERE table_schema = 'public' ORDER BY 1, 2"
            ),
            *connection.execute(
                "SELECT conrelid::regclass::text, CASE WHEN conparentid = 0 THEN conname ELSE '' END, pg_get_constraintdef(oid)"
                " FROM pg_constraint"
                " WHERE connamespace = 'public'::regnamespace AND contype <> 'n' ORDER BY 1, 2, 3"
            ),
            *connection.execute(
                "SELECT indexname, split_part(indexdef, ' WHERE ', 1) FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1"
            ),
            *connection.execute(
                "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1, 2"
            ),
            *connection.execute(
                "SELECT c.relname, p.privilege_type FROM pg_class c, aclexplode(c.relacl) p, pg_roles r"
                " WHERE r.oid = p.grantee AND r.rolname = 'motcua_app' AND c.relnamespace = 'public'::regnamespace"
                " ORDER BY 1, 2"
            ),
        ]
