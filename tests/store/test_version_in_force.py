"""The version that the database finds is the one that the rules name, whatever was checked, corrected and repealed."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from app.rules.publication import REVIEWS
from app.rules.versions import in_force
from app.store import procedures, version_reviews
from tests import factories
from tests.fixtures.application import Writing

DAY = date(2026, 11, 23)


def test_the_database_and_the_rules_name_the_same_version(writing: Writing) -> None:
    chance = random.Random(26)  # noqa: S311 - the same versions again

    def some_day() -> date:
        return DAY + timedelta(days=chance.randint(-3, 3))

    def correction(connection: Connection, procedure: int) -> dict[str, Any]:
        """Now and then the next version puts an earlier one right."""
        earlier = version_reviews.versions_of(connection, procedure)
        if not earlier or chance.random() < 0.5:
            return {}
        wrong = chance.choice(earlier)
        return {
            "corrects": wrong.number,
            "stands_for": wrong.version.place,
            "applies_from": some_day(),
            "effective_from": wrong.effective_from,
        }

    with writing() as connection:
        for number in range(80):
            procedure = factories.procedure(connection, f"8.{number:06d}")
            for _ in range(chance.randint(0, 6)):
                repealed = some_day() if chance.random() < 0.4 else None
                columns = {"effective_from": some_day()} | correction(connection, procedure)
                factories.version(
                    connection,
                    procedure,
                    {"reduce_public_tuition.bpmn": b"<x/>"},
                    review=chance.choice(REVIEWS),
                    repealed_on=repealed,
                    **columns,
                )
            every = [row.version for row in version_reviews.versions_of(connection, procedure)]
            for day in (DAY + timedelta(days=days) for days in range(-4, 5)):
                named = in_force(every, day)
                found = procedures.version_in_force(connection, procedure, day)
                assert (found.number if found else None) == (named.number if named else None)
                assert procedures.with_process(connection, [procedure], day) == ({procedure} if named else set())
