"""What a page costs does not grow with the number of dossiers: pages of the buffer cache touched, before and after."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import Connection, create_engine, event, text

from app.embedded import Urls
from app.store.database import db, sqlalchemy_url
from app.store.dossier_lists import DossierFilters, count_dossiers, dossier_page
from app.store.handled_tasks import count_handled, handled_page, handled_steps
from app.store.inbox import (
    INBOXES,
    Filters,
    Scope,
    count_colours,
    count_each,
    count_lists,
    count_tasks,
    open_steps,
    task_page,
)
from app.store.transaction import reading
from tests import factories
from tests.factories import START, Province
from tests.fixtures.application import Writing

BULK = (
    """
    INSERT INTO dossiers (code, token, procedure_id, version_id, agency_id, profile, channel, status, received_at,
                          limit_seconds, clock, overdue, history_seq, history_hash, version, closed_at)
    SELECT 'H50-bulk-' || :from_ + n, 't', :procedure, :version, :health, 'quang_tri', 'counter', 10, now(), 1, '{}', false,
           0, '', 1, now()
      FROM generate_series(1, :many) n
    """,
    """
    INSERT INTO dossier_contents (dossier_id, applicant, components, notify, deliver, data, applicant_name, code)
    SELECT id, jsonb_build_object('name', 'Trần ' || md5(id::text), 'id_number', '0451' || lpad(id::text, 8, '0'),
                                  'phone', '0912' || lpad(id::text, 6, '0')),
           '[]', '{}', '{}', '{}', 'Trần ' || md5(id::text), code FROM dossiers d
     WHERE NOT EXISTS (SELECT 1 FROM dossier_contents c WHERE c.dossier_id = d.id)
    """,
    """
    INSERT INTO instances (dossier_id, version_id, process, kind, state, started_at)
    SELECT id, version_id, 'p', 'main', '', now() FROM dossiers d
     WHERE NOT EXISTS (SELECT 1 FROM instances i WHERE i.dossier_id = d.id)
    """,
    """
    INSERT INTO tasks (dossier_id, instance_id, engine_task, step, step_name, stage, position_id, agency_id, unit_id,
                       assignee_id, finished_by, finished_at, entered_at, due_at, state, version)
    SELECT i.dossier_id, i.id, 'e', 's', 'S', 'resolve', p.id, p.agency_id, p.unit_id,
           :account, :account, now(), now(), now(), 'done', 1
      FROM instances i, positions p
     WHERE p.id IN (:officer, :official) AND NOT EXISTS (SELECT 1 FROM tasks t WHERE t.dossier_id = i.dossier_id)
    """,
)


def add_closed(writing: Writing, owner: str, province: Province, many: int, start: int) -> None:
    values = {
        "from_": start,
        "many": many,
        "procedure": province.procedure,
        "version": province.version,
        "health": province.health,
        "account": province.accounts["binh"],
        "officer": province.positions["officer"],
        "official": province.positions["official"],
    }
    with writing() as connection:
        for statement in BULK:
            names = set(text(statement).compile().params)
            connection.execute(text(statement), {name: values[name] for name in names})
    engine = create_engine(sqlalchemy_url(owner), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("VACUUM ANALYZE dossiers, dossier_contents, instances, tasks"))
    engine.dispose()


def buffers(app: Flask, province: Province) -> dict[str, int]:
    """Buffer pages touched by each kind of question."""
    scope = Scope(
        province.accounts["binh"],
        (province.positions["officer"],),
        (province.positions["officer"], province.positions["head"]),
        (province.health,),
    )
    questions: dict[str, Any] = {
        "tasks": lambda c: task_page(c, ("mine", "position"), scope, Filters(), "due_at", None, 51),
        "tasks, newest": lambda c: task_page(c, ("agency",), scope, Filters(), "-due_at", None, 51),
        "tasks with words": lambda c: task_page(c, ("unit",), scope, Filters(words="binh"), "due_at", None, 51),
        "count": lambda c: count_tasks(c, ("mine", "position"), scope, Filters()),
        "colours": lambda c: [count_colours(c, inbox, scope, START) for inbox in INBOXES],
        "the tabs": lambda c: count_each(c, INBOXES, scope, START),
        "saved filters": lambda c: count_lists(
            c, [(("mine", "position"), Filters(step="review")), (("agency",), Filters(words="binh"))], scope, 100
        ),
        "what is new": lambda c: count_lists(c, [(("mine", "position"), Filters(entered_after=START))], scope, 100),
        "waiting for others": lambda c: handled_page(c, "waiting", scope, Filters(), None, 26),
        "waiting, counted": lambda c: count_handled(c, "waiting", scope, Filters(), 1001),
        "what I did": lambda c: handled_page(c, "done", scope, Filters(), None, 26),
        "what I did, with words": lambda c: handled_page(c, "done", scope, Filters(words="binh"), None, 26),
        "what I did, choices": lambda c: handled_steps(c, "done", scope),
        "choices": lambda c: open_steps(c, ("mine", "position", "unit"), scope),
        "results to confirm": lambda c: task_page(
            c, ("unit",), scope, Filters(stage="return", result=False), "entered_at", None, 51
        ),
        "results to hand out, counted": lambda c: count_tasks(
            c, ("unit",), scope, Filters(stage="return", result=True, result_before=START), "entered_at"
        ),
        "dossiers": lambda c: dossier_page(c, DossierFilters((province.health,)), None, 51),
        "dossiers of a partner": lambda c: dossier_page(c, DossierFilters((province.office,)), None, 51),
        "closed dossiers": lambda c: dossier_page(c, DossierFilters((province.office,), status=10), None, 51),
        "open dossiers": lambda c: dossier_page(c, DossierFilters(None, status=4), None, 51),
        "all dossiers": lambda c: dossier_page(c, DossierFilters(None), None, 51),
        "dossiers counted": lambda c: count_dossiers(c, DossierFilters((province.health,))),
    }
    with app.app_context(), reading() as connection:
        return {name: touched(connection, ask) for name, ask in questions.items()}


def touched(connection: Connection, ask: Any) -> int:
    """Buffer pages that the statements of `ask(connection)` touch."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        sent.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        ask(connection)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    touched = 0
    for statement, parameters in sent:
        cursor = connection.connection.cursor()
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", parameters)
        (row,) = cursor.fetchall()
        plan = row[0][0]["Plan"]
        touched += plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
    return touched


def test_pages_and_counts_cost_the_same_with_six_times_the_dossiers(
    app: Flask, database_urls: Urls, writing: Writing
) -> None:
    with writing() as connection:
        province = factories.small_province(connection)
        for _ in range(60):
            found = factories.dossier(connection, province.health, province.procedure, province.version)
            running = factories.instance(connection, found, province.version)
            factories.task(connection, found, running, province.positions["officer"], due_at=START)
    add_closed(writing, database_urls.owner, province, 2_000, 0)
    before = buffers(app, province)
    add_closed(writing, database_urls.owner, province, 10_000, 2_000)
    after = buffers(app, province)
    grown = {name: (before[name], after[name]) for name in before if after[name] > 1.6 * before[name] + 60}
    assert grown == {}
