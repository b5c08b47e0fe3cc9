"""`scene`: the application with a small province on an empty database, its clock on a Monday at 08:00."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import create_engine, text

from app.embedded import Urls
from app.engine.guard import Guard
from app.store.database import sqlalchemy_url
from tests import factories
from tests.actions.scene import Scene
from tests.factories import Clock
from tests.fixtures.application import KEPT, SignIn, Writing

_REFERENCES = text(
    "SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint"
    " WHERE contype = 'f' AND connamespace = 'public'::regnamespace AND conrelid <> confrelid"
)
_TABLES = text("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL(:kept)")


@pytest.fixture(scope="session")
def emptying(database_urls: Urls) -> Iterator[Callable[[], None]]:
    """Empties every table as the owner, referring tables first: for a few rows that costs a hundredth of a TRUNCATE."""
    engine = create_engine(sqlalchemy_url(database_urls.owner))
    with engine.connect() as connection:
        references = {(row[0], row[1]) for row in connection.execute(_REFERENCES)}
        left = set(connection.execute(_TABLES, {"kept": list(KEPT)}).scalars())
    statements = []
    while left:
        free = {table for table in left if not any(to == table and by in left for by, to in references)}
        assert free, f"tables refer to each other in a circle: {left}"
        statements += [f"DELETE FROM {table}" for table in sorted(free)]  # noqa: S608 - names from the catalogue
        left -= free

    def empty() -> None:
        with engine.begin() as connection:
            connection.exec_driver_sql("; ".join(statements))

    yield empty
    engine.dispose()


@pytest.fixture(scope="session")
def guard() -> Iterator[Guard]:
    """The gate, its process started once."""
    with Guard() as guard:
        yield guard


@pytest.fixture
def scene(app: Flask, clock: Clock, guard: Guard, writing: Writing, sign_in: SignIn) -> Iterator[Scene]:
    with writing() as connection:
        province = factories.small_province(connection)
    usual = app.extensions["motcua"]
    yield Scene(app, clock, guard, sign_in, province)
    app.extensions["motcua"] = usual
