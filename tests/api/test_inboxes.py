"""Inboxes: whose tasks, in which order, in pages that miss nothing, with colours that agree."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, func, insert, select, true

from app.api.present import TaskSchema
from app.rules.clock import ClockState
from app.store.tasks import Task
from app.views.cursors import make_cursor
from tests import factories
from tests.api.lifecycle import act, body_of, open_task, register
from tests.factories import START, Clock, Province
from tests.fixtures.application import SignIn, Writing
from tests.fixtures.statements import counted_statements


@pytest.fixture
def province(writing: Writing) -> Province:
    with writing() as connection:
        return factories.small_province(connection)


def add_task(connection: Connection, province: Province, position: str, applicant: str = "Bình", **values: Any) -> int:
    found = factories.dossier(connection, province.health, province.procedure, province.version, applicant=applicant)
    running = factories.instance(connection, found, province.version)
    return factories.task(connection, found, running, province.positions[position], **values)


def ids(client: FlaskClient, query: str = "") -> list[int]:
    page = body_of(client.get(f"/api/v1/tasks?{query}"))
    assert page["total"] == len(page["data"])
    for task in page["data"]:
        TaskSchema().load(task)
    return [task["id"] for task in page["data"]]


def test_each_inbox_holds_its_own(province: Province, writing: Writing, sign_in: SignIn) -> None:
    binh, chi = province.accounts["binh"], province.accounts["chi"]
    with writing() as connection:
        waiting = add_task(connection, province, "officer")
        mine = add_task(connection, province, "officer", assignee_id=binh)
        others = add_task(connection, province, "officer", assignee_id=chi)
        of_head = add_task(connection, province, "head")
        of_desk = add_task(connection, province, "desk_officer")
        elsewhere = add_task(connection, province, "official")
        add_task(connection, province, "officer", state="done", assignee_id=binh, finished_at=START)
        add_task(connection, province, "officer", state="cancelled")
    client = sign_in("binh")
    assert ids(client) == [waiting, mine]
    assert ids(client, "inbox=mine") == [mine]
    assert ids(client, "inbox=position") == [waiting]
    assert ids(client, "inbox=unit") == [waiting, mine, others, of_head]
    assert ids(client, "inbox=agency") == [waiting, mine, others, of_head, of_desk]
    assert ids(sign_in("official"), "inbox=agency") == [elsewhere]
    assert ids(sign_in("control")) == []
    assert ids(sign_in("control"), "inbox=agency&agency=SYT") == [waiting, mine, others, of_head, of_desk]
    assert sign_in("official").get("/api/v1/tasks?inbox=agency&agency=SYT").status_code == 403


def test_a_task_given_to_me_stays_mine_when_i_leave_the_position(
    province: Province, writing: Writing, sign_in: SignIn
) -> None:
    with writing() as connection:
        task = add_task(connection, province, "head", assignee_id=province.accounts["binh"])
    assert ids(sign_in("binh"), "inbox=mine") == [task]


@pytest.mark.parametrize("sort", ["due_at", "-due_at", "entered_at", "-entered_at"])
def test_pages_hold_every_task_once_in_order(province: Province, writing: Writing, sign_in: SignIn, sort: str) -> None:
    with writing() as connection:
        made = []
        for number in range(17):
            due = None if number % 4 == 0 else START + timedelta(hours=number // 3)
            entered = START - timedelta(hours=number % 5)
            assignee = province.accounts["binh"] if number % 3 == 0 else None
            made.append(
                (
                    add_task(connection, province, "officer", due_at=due, entered_at=entered, assignee_id=assignee),
                    due,
                    entered,
                )
            )
    client = sign_in("binh")
    found: list[int] = []
    cursor = ""
    while True:
        page = body_of(client.get(f"/api/v1/tasks?sort={sort}&page_size=4{cursor}"))
        assert page["total"] == 17
        found += [task["id"] for task in page["data"]]
        if page["next"] is None:
            break
        assert len(page["data"]) == 4
        cursor = f"&cursor={page['next']}"
    backwards = sort.startswith("-")
    if sort.endswith("entered_at"):
        expected = sorted(made, key=lambda one: (one[2], one[0]), reverse=backwards)
    else:
        dated = sorted((one for one in made if one[1]), key=lambda one: (one[1], one[0]), reverse=backwards)
        undated = sorted((one for one in made if one[1] is None), key=lambda one: one[0], reverse=backwards)
        expected = dated + undated
    assert found == [one[0] for one in expected]


def test_a_page_goes_on_although_its_last_task_was_done_meanwhile(
    province: Province, writing: Writing, sign_in: SignIn
) -> None:
    with writing() as connection:
        made = [
            add_task(connection, province, "officer", due_at=START + timedelta(hours=number)) for number in range(4)
        ]
    client = sign_in("binh")
    first = body_of(client.get("/api/v1/tasks?page_size=2"))
    with writing() as connection:
        factories.set_columns(connection, "tasks", made[1], state="done")
    second = body_of(client.get(f"/api/v1/tasks?page_size=2&cursor={first['next']}"))
    assert [task["id"] for task in second["data"]] == made[2:]


def test_a_cursor_of_another_order_or_list_is_refused(province: Province, writing: Writing, sign_in: SignIn) -> None:
    with writing() as connection:
        for _ in range(3):
            add_task(connection, province, "officer")
    client = sign_in("binh")
    cursor = body_of(client.get("/api/v1/tasks?page_size=1"))["next"]
    for path in (f"tasks?sort=-due_at&cursor={cursor}", f"dossiers?cursor={cursor}", f"procedures?cursor={cursor}"):
        answer: Any = client.get(f"/api/v1/{path}")
        assert answer.status_code == 422
        assert list(answer.json["errors"]) == ["cursor"]


def test_a_cursor_behind_the_undated_ends_a_list_of_dated_ones(
    province: Province, writing: Writing, sign_in: SignIn
) -> None:
    with writing() as connection:
        add_task(connection, province, "officer", due_at=START)
    client = sign_in("binh")
    for query, kind in (("due=today", "tasksdue_at"), ("sort=entered_at", "tasksentered_at")):
        page = body_of(client.get(f"/api/v1/tasks?{query}&cursor={make_cursor(kind, None, 1)}"))
        assert (page["data"], page["next"]) == ([], None)


def test_filters_by_due_time(province: Province, writing: Writing, sign_in: SignIn, clock: Clock) -> None:
    with writing() as connection:
        passed = add_task(connection, province, "officer", due_at=START - timedelta(minutes=1))
        now = add_task(connection, province, "officer", due_at=START)
        today = add_task(connection, province, "officer", due_at=START + timedelta(hours=9))  # 17:00
        tomorrow = add_task(connection, province, "officer", due_at=START + timedelta(hours=24))
        add_task(connection, province, "officer", due_at=START + timedelta(days=9))
        add_task(connection, province, "officer")
    client = sign_in("binh")
    assert ids(client, "due=overdue") == [passed]
    assert ids(client, "due=today") == [passed, now, today]
    soon = ids(client, "due=soon")
    assert soon[0] == now
    assert passed not in soon
    assert set(soon) <= {now, today, tomorrow}
    clock.move(hours=16)  # past midnight, local time
    assert ids(client, "due=today") == [tomorrow]


def test_filters_by_procedure_step_and_words(province: Province, writing: Writing, sign_in: SignIn) -> None:
    with writing() as connection:
        anh = add_task(connection, province, "officer", "Đỗ Thị Ánh", step="review")
        binh = add_task(connection, province, "officer", "Lê Văn Bình", step="assign")
        odd = add_task(connection, province, "officer", "100%_thử\\nghiệm")
    client = sign_in("binh")
    assert ids(client, "q=do%20thi") == [anh]
    assert ids(client, "q=Ánh%20ĐỖ") == [anh]
    assert ids(client, "q=BÌNH") == [binh]
    assert ids(client, "q=100%25_th") == [odd]
    assert ids(client, "q=%5Cnghiem") == [odd]
    assert ids(client, "q=_") == [odd]
    assert ids(client, "q=%20") == [anh, binh, odd]
    assert ids(client, "step=assign") == [binh]
    assert ids(client, "procedure=1.000001&step=assign") == [binh]
    assert ids(client, "procedure=9.999999") == []


def test_a_name_longer_than_an_index_takes_is_found_too(province: Province, writing: Writing, sign_in: SignIn) -> None:
    letters = Random(1)  # noqa: S311 - no secret
    alphabet = [chr(letter) for letter in range(0x4E00, 0x4E00 + 3000)]  # 9,000 bytes that nothing makes shorter
    with writing() as connection:
        long = add_task(connection, province, "officer", "Hợp tác xã " + "".join(letters.sample(alphabet, 3000)))
        short = add_task(connection, province, "officer", "Hợp tác xã Bình Minh")
    client = sign_in("binh")
    assert ids(client, "q=hop%20tac") == [long, short]
    assert ids(client, "q=binh%20minh") == [short]


@pytest.mark.rule("QT-21a", "QT-21b", "QT-21c")
def test_counts_agree_with_the_colours_of_the_list_as_time_goes_on(
    province: Province, writing: Writing, sign_in: SignIn, clock: Clock
) -> None:
    desk = sign_in("desk")
    codes = [register(desk)["code"] for _ in range(3)]
    act(desk, open_task(desk, codes[0])["id"], "forward")
    with writing() as connection:
        paused = ClockState(started_at=START, paused_at=START).to_dict()
        stopped: dict[str, Any] = {"clock": paused, "paused_at": START}
        for values in (stopped, {}):
            found = factories.dossier(connection, province.health, province.procedure, province.version, **values)
            running = factories.instance(connection, found, province.version)
            factories.task(connection, found, running, province.positions["clerk"], due_at=START + timedelta(hours=1))
    seen: set[str] = set()
    client = sign_in("head")
    for step in (0, 1, 60, 24 * 60, 9 * 24 * 60, 3 * 24 * 60, 24 * 60, 9 * 24 * 60):
        clock.move(minutes=step)
        listed = body_of(client.get("/api/v1/tasks?inbox=agency"))["data"]
        counted = body_of(client.get("/api/v1/tasks/counts"))["agency"]
        by_colour: dict[str, int] = {}
        for task in listed:
            by_colour[task["colour"]] = by_colour.get(task["colour"], 0) + 1
            assert task["note"]
        assert {name: number for name, number in counted.items() if number and name != "total"} == by_colour
        assert counted["total"] == len(listed) == 5
        seen |= set(by_colour)
    assert seen == {"on_time", "due_soon", "late", "step_late", "paused"}


def test_notes_say_the_colour_in_words(province: Province, sign_in: SignIn, clock: Clock) -> None:
    desk = sign_in("desk")
    code = register(desk)["code"]

    def note() -> str:
        (task,) = body_of(desk.get("/api/v1/tasks?inbox=mine"))["data"]
        assert task["dossier"] == code
        assert task["words"] == task["note"]
        return str(task["note"])

    assert note() == "Còn 2 giờ làm việc"
    clock.move(hours=1, minutes=15)
    assert note() == "Còn 45 phút làm việc"
    clock.move(minutes=45)
    assert note() == "Quá hạn bước 1 phút làm việc"
    clock.set_local("2026-11-25 09:00")
    assert note() == "Quá hạn bước 1 ngày 7 giờ làm việc"
    clock.set_local("2026-12-07 07:30")
    assert note() == "Đến hẹn trả kết quả còn 4 giờ làm việc"
    clock.set_local("2026-12-08 07:30")
    assert note() == "Quá hẹn trả kết quả 4 giờ làm việc"
    act(desk, open_task(desk, code)["id"], "forward", comment="Xem lại mục 2")
    (waiting,) = body_of(sign_in("head").get("/api/v1/tasks?inbox=position"))["data"]
    assert (waiting["note"], waiting["words"]) == ("Xem lại mục 2", "Quá hẹn trả kết quả 4 giờ làm việc")


def test_counts_are_polled_with_an_etag(province: Province, writing: Writing, sign_in: SignIn) -> None:
    client = sign_in("binh")
    first = client.get("/api/v1/tasks/counts")
    again = client.get("/api/v1/tasks/counts", headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code) == (200, 304)
    with writing() as connection:
        add_task(connection, province, "officer")
    changed = client.get("/api/v1/tasks/counts", headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert changed.json is not None
    assert changed.json["position"]["total"] == 1


def test_counting_stops_at_a_thousand(province: Province, writing: Writing, sign_in: SignIn) -> None:
    with writing() as connection:
        found = factories.dossier(connection, province.health, province.procedure, province.version)
        running = factories.instance(connection, found, province.version)
        factories.task(connection, found, running, province.positions["officer"])
        columns = [column for column in Task.__table__.columns if column.name != "id"]
        copies = select(*columns).select_from(Task).join(func.generate_series(1, 1000).alias(), true())
        connection.execute(insert(Task).from_select(columns, copies))
    page = body_of(sign_in("binh").get("/api/v1/tasks?page_size=1"))
    assert (page["total"], page["total_is"]) == (1000, "at_least")
    counts = body_of(sign_in("binh").get("/api/v1/tasks/counts"))
    assert (counts["unit"]["total"], counts["unit"]["total_is"]) == (1000, "at_least")
    assert "total_is" not in counts["mine"]


def test_a_page_costs_the_same_statements_whatever_it_holds(
    province: Province, writing: Writing, sign_in: SignIn
) -> None:
    client = sign_in("binh")

    def statements() -> int:
        with counted_statements(client.application) as seen:
            body_of(client.get("/api/v1/tasks?page_size=100"))
        return len(seen)

    with writing() as connection:
        add_task(connection, province, "officer")
    statements()  # the calendar is read once a process
    few = statements()
    with writing() as connection:
        for _ in range(60):
            add_task(connection, province, "officer")
    assert statements() == few
    assert few <= 4
