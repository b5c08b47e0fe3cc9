"""Fixtures of the whole suite; each kind lives in a module of `tests/fixtures`."""

from __future__ import annotations

import pytest
from hypothesis import settings

# How long an example takes says something of the machine, not of us.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

pytest_plugins = (
    "tests.fixtures.application",
    "tests.fixtures.browser",
    "tests.fixtures.network",
    "tests.fixtures.postgres",
)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever uses the server is marked `database`, so that the second round on Debian's PostgreSQL cannot miss a test."""
    for item in items:
        if {"postgres_server", "postgres_binaries"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("database")
