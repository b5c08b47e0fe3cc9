"""What heads look at costs the same with six times the dossiers: open work by index, a period's totals by that period."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import create_engine, text

from app.embedded import Urls
from app.store import monitor, trends, workload
from app.store.database import sqlalchemy_url
from app.store.inbox import Filters, Scope, task_page
from app.store.transaction import reading
from app.store.trends import Wanted
from tests import factories
from tests.factories import START, Province
from tests.fixtures.application import Writing
from tests.store.test_list_costs import add_closed, touched

TODAY = (START - timedelta(hours=8), START + timedelta(hours=16))
MONTH = (START - timedelta(days=22), START + timedelta(days=8))


DONE = (
    "UPDATE dossiers SET received_at = :at, result_at = :at, timeliness = 'on_time'"
    " WHERE closed_at IS NOT NULL AND result_at IS NULL",
    "UPDATE tasks SET finished_at = :at, finished_by = :account WHERE state = 'done' AND coalesce(finished_at, now()) > :at",
)


def add_done(writing: Writing, owner: str, province: Province, many: int, start: int) -> None:
    """Closed dossiers of the year before the one that is asked for."""
    add_closed(writing, owner, province, many, start)
    with writing() as connection:
        for statement in DONE:
            values = {"at": START - timedelta(days=400), "account": province.accounts["binh"]}
            connection.execute(text(statement), {name: values[name] for name in text(statement).compile().params})
    engine = create_engine(sqlalchemy_url(owner), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("VACUUM ANALYZE dossiers, tasks"))
    engine.dispose()


def buffers(app: Flask, province: Province) -> dict[str, int]:
    scope = Scope(0, (), (province.positions["officer"], province.positions["head"]), (province.health,))
    late = Filters(fact="overdue", now=START)
    health, units = (province.health,), tuple(province.units.values())
    came = Wanted("received", *MONTH, health)
    questions: dict[str, Any] = {
        "who finished what": lambda c: workload.flows(c, units, MONTH[0], MONTH[0]),
        "medians of steps": lambda c: workload.step_times(c, units, MONTH[0]),
        "what came": lambda c: trends.received(c, health, "month", *MONTH),
        "what was resolved": lambda c: trends.resolved(c, None, "week", *MONTH),
        "what is open": lambda c: trends.open_now(c, health),
        "whose time a month was": lambda c: trends.steps_done(c, units, "week", *MONTH),
        "dossiers of a month": lambda c: trends.period_page(c, came, health, None, 26),
        "dossiers and tasks of a list": lambda c: monitor.count_watched(c, "agency", scope, late),
        "groups of an agency": lambda c: monitor.groups(c, "agency", scope, START, TODAY, False),
        "groups of a unit": lambda c: monitor.groups(c, "unit", scope, START, TODAY, False),
        "agencies of the province": lambda c: monitor.agency_loads(c, None, START, TODAY),
        "a month's totals": lambda c: monitor.agency_totals(c, None, *MONTH),
        "a month's steps": lambda c: monitor.officer_totals(c, tuple(province.units.values()), *MONTH),
        "list of what is overdue": lambda c: task_page(c, ("agency",), scope, late, "due_at", None, 51),
    }
    with app.app_context(), reading() as connection:
        return {name: touched(connection, ask) for name, ask in questions.items()}


def test_what_heads_see_costs_the_same_with_six_times_the_dossiers(
    app: Flask, database_urls: Urls, writing: Writing
) -> None:
    with writing() as connection:
        province = factories.small_province(connection)
        for _ in range(60):
            found = factories.dossier(connection, province.health, province.procedure, province.version)
            running = factories.instance(connection, found, province.version)
            factories.task(connection, found, running, province.positions["officer"], due_at=START)
    add_done(writing, database_urls.owner, province, 2_000, 0)
    before = buffers(app, province)
    add_done(writing, database_urls.owner, province, 10_000, 2_000)
    after = buffers(app, province)
    grown = {name: (before[name], after[name]) for name in before if after[name] > 1.6 * before[name] + 60}
    assert grown == {}
