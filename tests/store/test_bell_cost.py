"""What the bell costs does not grow with the tasks that wait opened, nor with the notices that were read."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import create_engine, text

from app.embedded import Urls
from app.store.database import sqlalchemy_url
from app.store.inbox import Scope
from app.store.new_steps import unread_and_new
from app.store.transaction import reading
from tests import factories
from tests.factories import START, Province
from tests.fixtures.application import Writing
from tests.store.test_list_costs import touched

_OPENED = text(
    "INSERT INTO tasks (dossier_id, instance_id, engine_task, step, step_name, stage, position_id, agency_id, unit_id,"
    " entered_at, opened_at, due_at, state, version)"
    " SELECT t.dossier_id, t.instance_id, 'e', 's', 'S', 'resolve', t.position_id, t.agency_id, t.unit_id, :at, :at, :at,"
    " 'open', 1 FROM (SELECT * FROM tasks ORDER BY id LIMIT 1) t, generate_series(1, :many)"
)
_READ = text(
    "INSERT INTO official_notices (account_id, event, data, created_at, read_at)"
    " SELECT :account, 'pressed', '{}', :at, :at FROM generate_series(1, :many)"
)


def more(writing: Writing, owner: str, province: Province, many: int) -> None:
    with writing() as connection:
        connection.execute(_OPENED, {"at": START, "many": many})
        connection.execute(_READ, {"account": province.accounts["binh"], "at": START, "many": many})
    engine = create_engine(sqlalchemy_url(owner), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("VACUUM ANALYZE tasks, official_notices"))
    engine.dispose()


def test_the_bell_costs_the_same_with_twenty_times_the_tasks(app: Flask, database_urls: Urls, writing: Writing) -> None:
    with writing() as connection:
        province = factories.small_province(connection)
        found = factories.dossier(connection, province.health, province.procedure, province.version)
        running = factories.instance(connection, found, province.version)
        for _ in range(3):
            factories.task(connection, found, running, province.positions["officer"], due_at=START)
    scope = Scope(province.accounts["binh"], (province.positions["officer"],))

    def cost() -> int:
        with app.app_context(), reading() as connection:
            assert unread_and_new(connection, scope, 100) == (0, 3)
            return touched(connection, lambda c: unread_and_new(c, scope, 100))

    more(writing, database_urls.owner, province, 500)
    before = cost()
    more(writing, database_urls.owner, province, 10_000)
    assert cost() < before + 30
