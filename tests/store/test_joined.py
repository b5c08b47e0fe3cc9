"""Many actions as one transaction: visible together, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from threading import Thread

import pytest
from flask import Flask
from sqlalchemy import Connection, text

from app.store.organisation import add_calendar, calendar_ids
from app.store.transaction import joined, reading, take_turn, transaction


def add(code: str) -> None:
    with transaction() as connection:
        add_calendar(connection, code, code, {})


def add_and_fail(block: Callable[[], AbstractContextManager[Connection]]) -> None:
    with block() as connection:
        add_calendar(connection, "failed", "failed", {})
        raise ZeroDivisionError


def stored(app: Flask) -> set[str]:
    """What another connection sees."""
    found: set[str] = set()

    def look() -> None:
        with app.app_context(), reading() as connection:
            found.update(calendar_ids(connection))

    thread = Thread(target=look)
    thread.start()
    thread.join()
    return found


def test_nothing_is_seen_outside_until_all_is_done(app: Flask) -> None:
    with app.app_context():
        with joined():
            add("one")
            add("two")
            with reading() as connection:
                assert set(calendar_ids(connection)) == {"one", "two"}
            assert stored(app) == set()
        assert stored(app) == {"one", "two"}
        add("three")
    assert stored(app) == {"one", "two", "three"}


def test_an_error_that_ends_the_block_leaves_nothing(app: Flask) -> None:
    with app.app_context():
        with pytest.raises(ZeroDivisionError):
            add_and_fail(joined)
        assert stored(app) == set()
        add("two")
    assert stored(app) == {"two"}


def test_an_action_that_fails_is_undone_alone(app: Flask) -> None:
    with app.app_context(), joined():
        add("one")
        with pytest.raises(ZeroDivisionError):
            add_and_fail(transaction)
        add("three")
    assert stored(app) == {"one", "three"}


def test_a_turn_is_kept_until_its_transaction_ends(app: Flask) -> None:
    free: list[bool] = []

    def try_to_take() -> None:
        with app.app_context(), reading() as connection:
            taken = text("SELECT pg_try_advisory_xact_lock(hashtextextended('test', 0))")
            free.append(connection.execute(taken).scalar_one())

    def somebody_tries() -> None:
        thread = Thread(target=try_to_take)
        thread.start()
        thread.join()

    with app.app_context(), transaction() as connection:
        take_turn(connection, "test")
        somebody_tries()
    somebody_tries()
    assert free == [False, True]
