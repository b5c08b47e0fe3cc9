"""History in partitions: a dossier's chain in one of them, months ahead, and an archive of an older release taken along."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from alembic import command
from psycopg.types.json import Jsonb
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from app.embedded import Urls
from app.store import history, history_partitions, migrate
from app.store.database import sqlalchemy_url
from app.store.history import GENESIS, link
from app.store.migrate import upgrade
from app.store.transaction import reading, transaction
from app.views.audit_faults import Asked, Checked
from app.views.audit_verify import faults
from tests.actions.conftest import emptying, guard, scene
from tests.actions.scene import Scene

__all__ = ["emptying", "guard", "scene"]

MONTH = 10_000_000


def this_month() -> int:
    """The first number of the month that it is in Việt Nam by the server's clock, which is this machine's."""
    local = datetime.now(UTC) + timedelta(hours=7)
    return int(f"{local:%Y%m}") * MONTH


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    engine = create_engine(sqlalchemy_url(url))
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def test_the_months_ahead_are_there_and_join_without_a_gap(scene: Scene) -> None:
    with scene.app.app_context(), transaction() as connection:
        assert history_partitions.prepare(connection) == 0
        parts = history_partitions.partitions(connection)
    assert [part.from_id for part in parts[1:]] == [part.to_id for part in parts[:-1]]
    assert parts[0].name == "history_earlier"
    assert parts[0].from_id == 0
    assert this_month() + 2 * MONTH <= parts[-1].to_id
    assert parts[1].name == f"history_{parts[1].from_id // MONTH}"


def relations(node: dict[str, Any]) -> list[str]:
    """The tables that a plan looks into."""
    own = [node["Relation Name"]] if "Relation Name" in node else []
    return own + [name for inner in node.get("Plans", []) for name in relations(inner)]


def test_a_forward_and_a_timeline_touch_one_partition(scene: Scene, database_urls: Urls) -> None:
    """The rows of an action go into one partition; reading a dossier's looks into the same one, however often it is asked."""
    code = scene.at_step("process", scene.publish("linear"))
    with scene.app.app_context(), reading() as connection:
        where = "SELECT DISTINCT h.tableoid::regclass::text FROM history h JOIN dossiers d ON d.id = h.dossier_id"
        (partition,) = connection.execute(text(f"{where} WHERE d.code = :code"), {"code": code}).scalars()
        number = connection.execute(text("SELECT id FROM dossiers WHERE code = :code"), {"code": code}).scalar_one()
        for _ in range(12):  # often enough for the server to think of a plan that does not know the number
            rows = history.history_of(connection, number)
        driver: Any = connection.connection.driver_connection
        driver.execute(
            "PREPARE timeline(bigint) AS SELECT * FROM history WHERE dossier_id = $1 ORDER BY dossier_id, seq"
        )
        plans = [driver.execute(f"EXPLAIN (FORMAT JSON) EXECUTE timeline({number})").fetchone() for _ in range(12)]
    assert len(rows) > 2
    assert partition == f"history_{number // MONTH}"
    for (explained,) in plans:
        assert relations(explained[0]["Plan"]) == [partition]


LOCKED = """
    SELECT DISTINCT c.relname FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
     WHERE l.pid = pg_backend_pid() AND c.relkind = 'r' AND c.relispartition AND c.relname LIKE 'history%'
"""


def test_an_action_writes_to_one_partition_and_locks_no_other(scene: Scene) -> None:
    code = scene.at_step("process", scene.publish("linear"))
    with scene.app.app_context(), reading() as connection:
        number = connection.execute(text("SELECT id FROM dossiers WHERE code = :code"), {"code": code}).scalar_one()
    row = {
        "seq": 99,
        "at": scene.clock(),
        "kind": "forwarded",
        "account_id": None,
        "task_id": None,
        "data": {},
        "hash": b"",
    }
    with scene.app.app_context(), transaction() as connection:
        history.append(connection, [{"dossier_id": number, **row}])
        assert list(connection.execute(text(LOCKED)).scalars()) == [f"history_{number // MONTH}"]


def test_a_late_worker_leaves_the_numbers_in_the_former_month(scene: Scene, database_urls: Urls) -> None:
    """Numbers only ever go forward, and wherever they stand there is a partition for them."""
    with connected(database_urls.owner) as connection:
        before = history_partitions.numbers_given(connection)
    try:
        with connected(database_urls.owner) as connection:
            connection.execute(text("SELECT setval('dossiers_id_seq', 41)"))
        late = scene.register()["code"]
        with scene.app.app_context(), transaction() as connection:
            history_partitions.prepare(connection)
        ahead = scene.register()["code"]
        with scene.app.app_context(), transaction() as connection:
            history_partitions.prepare(connection)
        after = scene.register()["code"]
        with scene.app.app_context(), reading() as connection:
            rows = connection.execute(
                text(
                    "SELECT d.code, d.id, h.tableoid::regclass::text FROM dossiers d JOIN history h ON h.dossier_id = d.id"
                )
            ).all()
        numbers, named = {row[0]: row[1] for row in rows}, {row[1]: row[2] for row in rows}
        assert [numbers[late], numbers[ahead], numbers[after]] == [42, this_month(), this_month() + 1]
        assert named[42] == "history_earlier"
        assert named[this_month()] == f"history_{this_month() // MONTH}"
    finally:
        with connected(database_urls.owner) as connection:
            connection.execute(text("SELECT setval('dossiers_id_seq', :number)"), {"number": before})


@pytest.mark.rule("QT-6")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE seals SET hash = ''",
        "DELETE FROM seals",
        "UPDATE seal_leaves SET hash = ''",
        "DELETE FROM seal_leaves",
        "DELETE FROM seal_blocks",
        "INSERT INTO dropped_histories (partition, from_id, to_id, dossiers, rows, seal, dropped_at)"
        " VALUES ('history_earlier', 0, 9, 1, 1, 1, now())",
        "INSERT INTO history_earlier SELECT * FROM history",
        "DELETE FROM history_earlier",
        "TRUNCATE history_earlier",
        "DROP TABLE history_earlier",
        "ALTER TABLE history DETACH PARTITION history_earlier",
        "SELECT setval('dossiers_id_seq', 1)",
    ],
)
def test_the_application_adds_seals_and_changes_none(database_urls: Urls, statement: str) -> None:
    engine = create_engine(sqlalchemy_url(database_urls.app), connect_args={"options": "-c role=motcua_app"})
    try:
        with engine.connect() as connection, pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
            connection.execute(text(statement))
    finally:
        engine.dispose()


def test_only_logs_can_be_asked_to_settle(database_urls: Urls) -> None:
    engine = create_engine(sqlalchemy_url(database_urls.app), connect_args={"options": "-c role=motcua_app"})
    try:
        with engine.connect() as connection, pytest.raises(DBAPIError, match="no such log"):
            connection.execute(text("SELECT motcua_settled('accounts')"))
    finally:
        engine.dispose()


def add_dossier(connection: Connection, number: int, rows: int) -> None:
    """A dossier with a whole chain, as an earlier release left it."""
    at, previous = datetime(2026, 3, 2, 1, 2, 3, 456789, tzinfo=UTC), GENESIS
    connection.execute(
        text(
            "INSERT INTO dossiers (id, code, token, procedure_id, version_id, agency_id, profile, channel, status,"
            " received_at, clock, overdue, history_seq, history_hash, version, closed_at)"
            " VALUES (:id, :code, '', 1, 1, 1, 'quang_tri', 'counter', 10, :at, '{}', false, :rows, '', 1, :at)"
        ),
        {"id": number, "code": f"D{number}", "at": at, "rows": rows},
    )
    driver: Any = connection.connection.driver_connection
    for seq in range(1, rows + 1):
        data = {"comment": f"Bước {seq} “xong”", "n": seq / 4}
        previous = link(previous, number, seq, at, "forwarded", None, seq, data)
        driver.execute(
            "INSERT INTO history (dossier_id, seq, at, kind, task_id, data, hash) VALUES (%s, %s, %s, %s, %s, %s, %s)",
            (number, seq, at, "forwarded", seq, Jsonb(data), previous),
        )
    connection.execute(
        text("UPDATE dossiers SET history_hash = :hash WHERE id = :id"), {"hash": previous, "id": number}
    )


def test_an_archive_of_an_older_release_is_taken_along_as_it_is(empty_database_urls: Urls, scene: Scene) -> None:
    """What was there becomes the first partition without being written anew; its chains go on, sound."""
    with connected(empty_database_urls.owner) as connection:
        config = migrate._config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0030")
    with connected(empty_database_urls.owner) as connection:
        for name in ("procedure_id", "version_id", "agency_id"):
            connection.execute(text(f"ALTER TABLE dossiers DROP CONSTRAINT fk_dossiers_{name}"))
        for number in range(1, 31):
            add_dossier(connection, number, 4)
        connection.execute(text("SELECT setval('dossiers_id_seq', 30)"))
        file = connection.execute(text("SELECT pg_relation_filenode('history')")).scalar_one()
    upgrade(empty_database_urls.owner)
    with connected(empty_database_urls.owner) as connection:
        assert connection.execute(text("SELECT pg_relation_filenode('history_earlier')")).scalar_one() == file
        assert connection.execute(text("SELECT count(*) FROM history_earlier")).scalar_one() == 120
        checked = Checked()
        assert list(faults(connection, Asked(), datetime(2026, 3, 2, 9, tzinfo=UTC), checked)) == []
        assert (checked.dossiers, checked.rows) == (30, 120)
        new = connection.execute(text("SELECT nextval('dossiers_id_seq')")).scalar_one()
        add_dossier(connection, new, 3)
        assert new == this_month()
        assert connection.execute(text("SELECT count(*) FROM history_earlier")).scalar_one() == 120
    with connected(empty_database_urls.owner) as connection:
        checked = Checked()
        assert list(faults(connection, Asked(), datetime(2026, 3, 2, 9, tzinfo=UTC), checked)) == []
        assert checked.rows == 123
