"""A batch's tasks wait for the disk together: nothing is answered as done before all of it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from app.actions import batch
from app.store import transaction as module
from app.store.transaction import durable_together, transaction
from tests.actions.scene import Scene
from tests.actions.test_batch import KEY, batch_of, waiting
from tests.fixtures.statements import counted_statements

SHOW = text("SHOW synchronous_commit")


def test_transactions_of_the_block_do_not_wait_and_its_end_does(scene: Scene) -> None:
    with scene.app.app_context():
        with transaction() as connection:
            usual = connection.execute(SHOW).scalar_one()
            connection.execute(text("SET LOCAL synchronous_commit TO on"))
        with durable_together():
            for _ in range(2):
                with transaction() as connection:
                    assert connection.execute(SHOW).scalar_one() == "off"
        with transaction() as connection:
            assert connection.execute(SHOW).scalar_one() == usual


def test_after_the_block_everything_is_on_disk(scene: Scene) -> None:
    with scene.app.app_context(), transaction() as outside:
        outside.execute(text("SELECT 1"))
        with durable_together():
            with transaction() as connection:
                connection.execute(text("SELECT pg_logical_emit_message(true, 'test', 'x')"))
                connection.execute(text("SET LOCAL synchronous_commit TO off"))
            written = outside.execute(text("SELECT pg_current_wal_insert_lsn()")).scalar_one()
            with transaction() as connection:  # as on a server that waits, unlike that of the tests
                connection.execute(text("SELECT pg_logical_emit_message(true, 'test', 'y')"))
                connection.execute(text("SET LOCAL synchronous_commit TO on"))
        flushed = outside.execute(text("SELECT pg_current_wal_flush_lsn() >= :lsn"), {"lsn": written}).scalar_one()
    assert flushed


def test_a_batch_waits_once(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    tasks = waiting(scene, 3)
    begun: list[bytes] = []
    begin_with = module.begin_with

    def begin(connection: Connection, command: bytes) -> None:
        begun.append(command)
        begin_with(connection, command)

    monkeypatch.setattr(module, "begin_with", begin)
    with counted_statements(scene.app) as seen:
        results = batch_of(scene, "binh", "claim", [task.id for task in tasks], KEY)
    assert [result["status"] for result in results] == [200] * 3
    assert sum("pg_logical_emit_message" in one for one in seen) == 1
    assert sum(b"synchronous_commit" in one for one in begun) == 3


def test_what_may_be_lost_is_not_answered_as_done(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = waiting(scene, 2)
    batch_of(scene, "chi", "claim", [second.id])

    @contextmanager
    def broken() -> Iterator[None]:
        with durable_together():
            yield
        raise OperationalError("COMMIT", None, Exception("connection lost"))

    with monkeypatch.context() as patch:
        patch.setattr(batch, "durable_together", broken)
        results = batch_of(scene, "binh", "claim", [first.id, second.id], KEY)
    assert [result["status"] for result in results] == [503, 409]
    again = batch_of(scene, "binh", "claim", [first.id, second.id], KEY)
    assert [result["status"] for result in again] == [200, 409]
