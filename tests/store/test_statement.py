"""Prepared statements sent past the driver's cursors: the same values, errors and transactions as through them."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from select import select as select_readable
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import Connection, bindparam, insert, literal_column, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DataError, IntegrityError, NoResultFound, OperationalError, ProgrammingError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import BigInteger, DateTime, LargeBinary, Text

from app.store.database import db
from app.store.statement import Statement
from app.store.transaction import reading, transaction

pytestmark = pytest.mark.database

TYPES: tuple[Any, ...] = (BigInteger(), Text(), DateTime(timezone=True), JSONB(), LargeBinary())
ECHO = Statement(select(*(bindparam(f"v{number}", type_=kind) for number, kind in enumerate(TYPES))))
DIVIDE = Statement(select(literal_column("1") / bindparam("by", type_=BigInteger())))
MAKE = "CREATE TEMPORARY TABLE tried (id bigint PRIMARY KEY) ON COMMIT DROP"
KEPT = "CREATE TEMPORARY TABLE kept (id serial, tries int NOT NULL, name text) ON COMMIT DROP"
ADD = text("INSERT INTO pg_temp.tried VALUES (:id)").bindparams(bindparam("id", type_=BigInteger()))
VALUES = {
    "v0": 5,
    "v1": "Nguyễn",
    "v2": datetime(2026, 11, 22, 8, 30, tzinfo=UTC),
    "v3": {"a": [1, None]},
    "v4": b"\0x",
}


def _both(connection: Connection, first: Statement, second: Statement) -> None:
    first.one(connection, VALUES)
    second.one(connection, {"by": 0})


def _add_twice(connection: Connection, add: Statement) -> None:
    connection.execute(text(MAKE))
    assert add.run(connection, {"id": 1}) == 1
    add.run(connection, {"id": 1})


def test_values_come_back_as_they_went(app: Flask) -> None:
    with app.app_context(), reading() as connection:
        for values in (VALUES, dict.fromkeys(VALUES), VALUES):
            assert ECHO.one(connection, values) == tuple(values.values())


def test_an_error_is_of_the_family_that_handlers_know(app: Flask) -> None:
    with app.app_context():
        with transaction() as connection:
            ECHO.one(connection, VALUES)
        with pytest.raises(DataError), transaction() as connection:
            _both(connection, ECHO, DIVIDE)
        with transaction() as connection:
            assert DIVIDE.one(connection, {"by": 1}) == (1,)


def test_a_row_that_breaks_a_rule_leaves_nothing(app: Flask) -> None:
    add = Statement(ADD)
    with app.app_context():
        with pytest.raises(IntegrityError), transaction() as connection:
            _add_twice(connection, add)
        with reading() as connection:
            assert connection.execute(text("SELECT to_regclass('pg_temp.tried')")).scalar_one() is None


@pytest.mark.parametrize("savepoint", [False, True])
def test_what_was_prepared_may_be_forgotten_at_a_rollback(app: Flask, savepoint: bool) -> None:
    """The driver lets the server forget every prepared statement after a rollback, with a statement of its own later."""
    with app.app_context(), db.engine.connect() as connection:
        for _ in range(3):
            with connection.begin():
                for _ in range(7):  # the driver prepares what it has seen some times
                    connection.execute(text("SELECT 1"))
                    ECHO.one(connection, VALUES)
                if savepoint:
                    connection.begin_nested().rollback()
                    assert ECHO.one(connection, VALUES) == tuple(VALUES.values())
            if not savepoint:
                connection.begin().rollback()
                with connection.begin() as lost:
                    ECHO.one(connection, VALUES)
                    DIVIDE.one(connection, {"by": 1})
                    lost.rollback()
            with connection.begin():
                assert DIVIDE.one(connection, {"by": 1}) == (1,)
                assert [ECHO.one(connection, VALUES) for _ in range(2)] == [tuple(VALUES.values())] * 2


def test_a_connection_mends_itself_when_its_statements_are_gone_for_another_reason(app: Flask) -> None:
    with app.app_context():
        with reading() as connection:
            _forget(connection)
            assert [ECHO.one(connection, VALUES) for _ in range(2)] == [tuple(VALUES.values())] * 2
        with pytest.raises(ProgrammingError), transaction() as connection:
            _ask_after(connection, _forget)
        with transaction() as connection:
            assert ECHO.one(connection, VALUES) == tuple(VALUES.values())


def _ask_after(connection: Connection, happened: Callable[[Connection], None]) -> None:
    happened(connection)
    ECHO.one(connection, VALUES)


def _forget(connection: Connection) -> None:
    ECHO.one(connection, VALUES)
    ECHO.one(connection, VALUES)
    driver: Any = connection.connection.driver_connection
    driver.execute("DEALLOCATE ALL")


def test_a_connection_that_comes_back_in_the_middle_is_no_trouble(app: Flask) -> None:
    with app.app_context():
        for _ in range(3):
            raw = db.engine.raw_connection()
            raw.cursor().execute("SELECT 1")
            raw.close()
            with transaction() as connection:
                ECHO.one(connection, VALUES)
                assert ECHO.all(connection, VALUES) == [tuple(VALUES.values())]


def test_a_connection_that_is_lost_is_told_as_the_driver_tells_it(app: Flask) -> None:
    """As an OperationalError, which is answered with 503: the server said nothing that would make it anything else."""
    with app.app_context(), pytest.raises(OperationalError), reading() as connection:
        _lose(connection)


def _lose(connection: Connection) -> None:
    ECHO.one(connection, VALUES)
    driver: Any = connection.connection.driver_connection
    with socket.socket(fileno=os.dup(driver.fileno())) as line:
        line.shutdown(socket.SHUT_RDWR)
    ECHO.one(connection, VALUES)


def test_a_connection_that_could_not_be_written_to_is_lost_although_something_could_be_read(app: Flask) -> None:
    """libpq goes on calling such a connection good, and tells of it by an error without a code."""
    with app.app_context():
        with pytest.raises(OperationalError), reading() as connection:
            _lose_after_a_notification(connection)
        with reading() as connection:
            assert ECHO.one(connection, VALUES) is not None


def _lose_after_a_notification(connection: Connection) -> None:
    ECHO.one(connection, VALUES)
    driver: Any = connection.connection.driver_connection
    driver.execute("LISTEN lost")
    with psycopg.connect(driver.info.dsn, password=driver.info.password, autocommit=True) as other:
        other.execute("NOTIFY lost")
    select_readable([driver], [], [], 10)
    with socket.socket(fileno=os.dup(driver.fileno())) as line:
        line.shutdown(socket.SHUT_WR)
    ECHO.one(connection, VALUES)


class _Thing(DeclarativeBase):
    pass


class _Kept(_Thing):
    __tablename__ = "kept"
    id: Mapped[int] = mapped_column(primary_key=True)
    tries: Mapped[int] = mapped_column(default=3)
    name: Mapped[str]


class _Made(_Thing):
    __tablename__ = "made"
    id: Mapped[int] = mapped_column(primary_key=True)
    data: Mapped[str] = mapped_column(default=str)


def test_a_column_that_is_not_named_has_the_models_default(app: Flask) -> None:
    add = Statement(insert(_Kept).values(name=bindparam("called")).returning(_Kept.tries, _Kept.name))
    with app.app_context(), transaction() as connection:
        connection.execute(text(KEPT))
        assert add.the(connection, {"called": "a"}) == (3, "a")


def test_a_default_that_is_reckoned_has_to_be_named() -> None:
    with pytest.raises(TypeError, match=r"made\.data"):
        Statement(insert(_Made).values(id=bindparam("number")))


def test_the_row_that_must_be_there(app: Flask) -> None:
    none = Statement(select(literal_column("1")).where(bindparam("wanted", type_=BigInteger()) == 2))
    with app.app_context(), reading() as connection:
        assert none.the(connection, {"wanted": 2}) == (1,)
        with pytest.raises(NoResultFound):
            none.the(connection, {"wanted": 1})


def test_a_transaction_begins_by_a_command_of_its_own(app: Flask) -> None:
    isolation = text("SELECT current_setting('transaction_isolation'), current_setting('synchronous_commit')")
    with app.app_context():
        with transaction() as connection:
            assert ECHO.the(connection, VALUES) == tuple(VALUES.values())
            assert connection.execute(isolation).scalar_one() == "read committed"
            assert connection.execute(text("SELECT pg_current_xact_id_if_assigned()")).scalar_one() is None
        with pytest.raises(IntegrityError), transaction() as connection:
            _add_twice(connection, Statement(ADD))
        with transaction() as connection:
            assert connection.execute(text("SELECT to_regclass('pg_temp.tried')")).scalar_one() is None
