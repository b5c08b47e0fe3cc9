"""Absences: between the dates the work goes to the substitute, and when they end everything is as before (QT-22.4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import Connection, text

from app.store.statement import Statement
from tests.actions.away import allow, away, day, try_away
from tests.actions.scene import Scene, is_problem
from tests.fixtures.statements import counted_statements

# Holding what she holds ---------------------------------------------------------------------------------------------------


@pytest.mark.rule("QT-22.2a", "QT-22.4")
def test_between_the_dates_the_substitute_holds_the_positions(scene: Scene) -> None:
    allow(scene, "director", "task.assign")
    code = scene.at_step("review")
    task = scene.task(code, "review")
    away(scene, "head", "chi", 1, 2, by="director")
    scene.refused(403, "not_a_candidate", "forward", "chi", task.id)
    scene.clock.set_local("2026-11-24 08:00")
    me = scene.get("chi", "/me")
    assert me["stands_in_for"] == [{"username": "head", "name": "Nguyễn Thị head"}]
    assert [(held["code"], held["instead_of"]) for held in me["positions"]] == [
        ("assigned_room_head", "head"),
        ("assigned_room_officer", None),
    ]
    assert [found["id"] for found in scene.get("chi", "/tasks?inbox=position")["data"]] == [task.id]
    (opened,) = scene.get("director", f"/dossiers/{code}")["open_tasks"]
    assert opened["candidates"] == ["chi", "head"]
    answer = scene.do("forward", "chi", task.id)
    assert answer["assignee"] == "chi"
    row = scene.last(code, "forwarded")
    assert (row.username, row.data["instead_of"]) == ("chi", "head")
    scene.sound(code)


def test_when_it_has_passed_everything_is_as_before(scene: Scene) -> None:
    allow(scene, "director", "task.assign")
    task = scene.task(scene.at_step("review"), "review")
    away(scene, "head", "chi", 0, 0, by="director")
    scene.clock.set_local("2026-11-24 08:00")
    assert scene.get("chi", "/me")["stands_in_for"] == []
    assert scene.get("chi", "/tasks")["data"] == []
    scene.refused(403, "not_a_candidate", "claim", "chi", task.id)
    scene.do("forward", "head", task.id)


def test_ending_it_early_counts_from_that_day_on(scene: Scene) -> None:
    allow(scene, "director", "task.assign")
    task = scene.task(scene.at_step("review"), "review")
    entered = away(scene, "head", "chi", 0, 3, by="director")
    scene.clock.set_local("2026-11-24 08:00")
    ended = scene.client("head").post(f"/api/v1/absences/{entered['id']}/end", json={})
    assert (ended.status_code, ended.json["state"], ended.json["ended_by_name"]) == (200, "ended", "Nguyễn Thị head")
    scene.refused(403, "not_a_candidate", "claim", "chi", task.id)
    again = scene.client("head").post(f"/api/v1/absences/{entered['id']}/end", json={})
    is_problem(again, 409, "settled")
    with scene.reading() as connection:
        days = connection.execute(text("SELECT from_day, to_day FROM substitutions")).all()
    assert days == [(day(scene, -1), day(scene, -1))], "the day that has passed stays as it was"


def test_who_is_away_may_still_act_herself(scene: Scene) -> None:
    task = scene.task(scene.at_step("process"), "process")
    away(scene, "binh", "chi")
    scene.do("claim", "binh", task.id)
    assert scene.do("forward", "binh", task.id)["assignee"] == "binh"


def test_a_substitute_who_is_away_passes_it_on(scene: Scene) -> None:
    allow(scene, "director", "task.assign")
    away(scene, "head", "binh", 0, 2, by="director")
    away(scene, "binh", "chi", 1, 1)
    assert [one["username"] for one in scene.get("binh", "/me")["stands_in_for"]] == ["head"]
    scene.clock.set_local("2026-11-24 08:00")
    assert scene.get("binh", "/me")["stands_in_for"] == []
    assert [one["username"] for one in scene.get("chi", "/me")["stands_in_for"]] == ["binh", "head"]
    scene.clock.set_local("2026-11-25 08:00")
    assert [one["username"] for one in scene.get("binh", "/me")["stands_in_for"]] == ["head"]


def test_a_substitute_counts_as_somebody_who_holds_the_position(scene: Scene) -> None:
    """What opens while the only holder's account is closed, and somebody stands in, is no incident."""
    allow(scene, "director", "task.assign")
    code = scene.at_step("process")
    away(scene, "head", "chi", by="director")
    with scene.writing() as connection:
        connection.execute(text("UPDATE accounts SET active = false WHERE username = 'head'"))
    scene.do("forward", "binh", scene.task(code, "process").id)
    assert scene.task(code, "review").state == "open"
    scene.do("forward", "chi", scene.task(code, "review").id)


# Steps that she has -------------------------------------------------------------------------------------------------------


@pytest.fixture
def taken(scene: Scene) -> tuple[str, int]:
    """A dossier whose step `process` binh has taken: its code and the task."""
    code = scene.at_step("process")
    task = scene.task(code, "process")
    scene.do("claim", "binh", task.id)
    return code, task.id


def test_what_she_has_is_listed_for_the_substitute_and_may_be_done_by_her(scene: Scene, taken: tuple[str, int]) -> None:
    code, task = taken
    scene.refused(409, "task_taken", "forward", "chi", task)
    scene.clock.move(hours=1)
    away(scene, "binh", "chi")
    for asked in ("?inbox=substituted", ""):
        assert [found["id"] for found in scene.get("chi", f"/tasks{asked}")["data"]] == [task]
    assert scene.get("chi", "/tasks?inbox=mine")["data"] == []
    assert scene.get("chi", "/tasks/counts")["substituted"]["total"] == 1
    assert scene.get("binh", "/tasks/counts")["substituted"]["total"] == 0
    offers = {offer["name"]: offer["allowed"] for offer in scene.get("chi", f"/tasks/{task}")["actions"]}
    assert [offers[name] for name in ("claim", "forward", "return", "release")] == [True] * 4
    scene.do("forward", "chi", task, {"comment": "Làm thay chị Bình."})
    row = scene.last(code, "forwarded")
    assert (row.username, row.data["instead_of"]) == ("chi", "binh")
    assert [found.account for found in scene.segments(code)] == ["binh"], "hers until somebody takes it over"
    scene.sound(code)


def test_taking_it_over_gives_the_time_from_then_on_to_who_took_it(scene: Scene, taken: tuple[str, int]) -> None:
    code, task = taken
    scene.clock.move(hours=1)
    away(scene, "binh", "chi")
    claimed = scene.do("claim", "chi", task)
    assert claimed["assignee"] == "chi"
    assert scene.last(code, "claimed").data["instead_of"] == "binh"
    scene.clock.move(hours=2)
    scene.do("forward", "chi", task)
    spent = [(found.account, found.seconds) for found in scene.segments(code) if found.step == "process"]
    assert spent == [("binh", 3600), ("chi", 7200)]
    scene.sound(code)


def test_releasing_it_leaves_it_to_the_whole_position(scene: Scene, taken: tuple[str, int]) -> None:
    code, task = taken
    away(scene, "binh", "chi")
    assert scene.do("release", "chi", task)["assignee"] is None
    assert scene.last(code, "released").data["instead_of"] == "binh"
    scene.sound(code)


def test_afterwards_what_nobody_took_over_is_hers_as_before(scene: Scene, taken: tuple[str, int]) -> None:
    _, task = taken
    away(scene, "binh", "chi")
    scene.clock.set_local("2026-11-24 08:00")
    scene.refused(409, "task_taken", "forward", "chi", task)
    assert [found["id"] for found in scene.get("binh", "/tasks?inbox=mine")["data"]] == [task]


# Steps that are given to her ----------------------------------------------------------------------------------------------


def test_a_step_given_to_her_by_name_goes_to_the_substitute_and_says_so(scene: Scene) -> None:
    code = scene.at_step("assign")
    away(scene, "binh", "chi")
    task = scene.task(code, "assign").id
    offer = next(o for o in scene.get("head", f"/tasks/{task}")["actions"] if o["name"] == "forward")
    assert {one["username"]: one["name"] for one in offer["accounts"]} == {
        "binh": "Nguyễn Thị binh (vắng mặt, Nguyễn Thị chi làm thay)",
        "chi": "Nguyễn Thị chi",
    }
    (led,) = scene.do("forward", "head", task, {"assignee": "binh"})["led_to"]
    assert (led["assignee"], led["instead_of"]) == ("chi", {"username": "binh", "name": "Nguyễn Thị binh"})
    row = scene.last(code, "claimed")
    assert (row.data["assigned_to"], row.data["to_instead_of"]) == ("chi", "binh")
    scene.clock.move(hours=1)
    scene.do("forward", "chi", led["id"])
    assert "instead_of" not in scene.last(code, "forwarded").data, "it was hers by name"
    assert [(found.step, found.account) for found in scene.segments(code)] == [("process", "chi")]
    scene.sound(code)


def test_a_step_that_is_returned_to_her_goes_to_the_substitute(scene: Scene) -> None:
    allow(scene, "director", "task.assign")
    code = scene.at_step("approve")
    away(scene, "head", "chi", by="director")
    answer = scene.do("return", "director", scene.task(code, "approve").id, {"comment": "Bổ sung căn cứ."})
    (led,) = answer["led_to"]
    assert (led["step"], led["assignee"], led["instead_of"]["username"]) == ("review", "chi", "head")
    assert scene.last(code, "returned").data["given"] == [{"step": "review", "to": "chi", "instead_of": "head"}]
    scene.sound(code)


def test_handing_over_and_reassigning_to_her_go_to_the_substitute(scene: Scene, taken: tuple[str, int]) -> None:
    allow(scene, "director", "task.assign")
    allow(scene, "clerk", "task.assign")
    code, task = taken
    away(scene, "head", "clerk", by="director")
    answer = scene.do("handoff", "binh", task, {"account": "head", "reason": "Đi công tác"})
    assert (answer["assignee"], answer["instead_of"]["username"]) == ("clerk", "head")
    row = scene.last(code, "handed_off")
    assert (row.data["to"], row.data["to_instead_of"]) == ("clerk", "head")
    scene.do("reassign", "director", task, {"account": "binh", "reason": "Trả lại"})
    assert "to_instead_of" not in scene.last(code, "handed_off").data
    scene.do("reassign", "director", task, {"account": "head", "reason": "Giao lại"})
    problem = scene.refused(409, "wrong_state", "reassign", "director", task, {"account": "head", "reason": "Lần nữa"})
    assert "đang vắng mặt" in problem["detail"]
    scene.sound(code)


def test_a_request_of_hers_that_comes_back_comes_to_the_substitute(scene: Scene, taken: tuple[str, int]) -> None:
    code, task = taken
    with scene.writing() as connection:
        connection.execute(text("UPDATE units SET kind = 'room' WHERE code = 'clerks'"))
    scene.do("request-supplement", "binh", task, {"comment": "Thiếu giấy khai sinh.", "items": ["Giấy khai sinh"]})
    away(scene, "binh", "chi")
    scene.do("forward", "head", scene.task(code, "approve_by_head").id, {"decision": "agree"})
    scene.do("forward", "director", scene.task(code, "approve_by_leader").id, {"decision": "agree"})
    assert scene.task(code, "issue_by_asker").assignee == "chi"
    scene.sound(code)


def test_notices_of_a_step_that_she_has_reach_the_substitute_too(scene: Scene, taken: tuple[str, int]) -> None:
    code, task = taken
    away(scene, "binh", "chi")
    scene.do("press", "head", task, {"comment": "Sắp hết hạn."})
    with scene.reading() as connection:
        told = connection.execute(text("SELECT recipient FROM deliveries ORDER BY id DESC LIMIT 2")).scalars().all()
    assert sorted(told) == ["binh@example.org", "chi@example.org"]
    assert scene.last(code, "pressed").data.get("instead_of") is None


# Who may enter what ---------------------------------------------------------------------------------------------------------


def test_oneself_with_somebody_of_the_same_unit(scene: Scene) -> None:
    entered = away(scene, "binh", "chi", 0, 4, account=None)
    assert (entered["account"], entered["substitute_name"], entered["state"], entered["may_end"]) == (
        "binh", "Nguyễn Thị chi", "current", True,
    )  # fmt: skip
    problem = is_problem(try_away(scene, "chi", "director"), 422, "invalid")
    assert "cùng phòng" in problem["errors"]["substitute"][0]
    is_problem(try_away(scene, "binh", "chi", by="chi"), 403, "forbidden")


def test_who_shares_out_the_work_enters_it_for_her_agency_only(scene: Scene) -> None:
    allow(scene, "director", "task.assign")
    away(scene, "binh", "clerk", by="director")
    is_problem(try_away(scene, "official", "clerk", by="director"), 422, "invalid")
    is_problem(try_away(scene, "nobody", "clerk", by="director"), 422, "invalid")
    away(scene, "chi", "clerk", by="admin")
    assert [one["account"] for one in scene.get("admin", "/absences")["data"]] == ["binh", "chi"]
    assert [one["account"] for one in scene.get("director", "/absences")["data"]] == ["binh", "chi"]
    assert [one["account"] for one in scene.get("clerk", "/absences")["data"]] == ["binh", "chi"]
    assert [one["account"] for one in scene.get("binh", "/absences")["data"]] == ["binh"]
    assert scene.get("official", "/absences")["data"] == []


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"from_day": "2026-11-22"}, "from_day"),
        ({"from_day": "2026-11-25", "to_day": "2026-11-24"}, "to_day"),
        ({"to_day": "2028-01-01"}, "to_day"),
        ({"from_day": "hôm nay"}, "from_day"),
        ({"substitute": "binh"}, "substitute"),
        ({"substitute": "official"}, "substitute"),
        ({"substitute": "nobody"}, "substitute"),
        ({"reason": ""}, "reason"),
        ({"until": "2026-11-25"}, "until"),
    ],
)
def test_what_cannot_be_is_refused_and_says_where(scene: Scene, fields: dict[str, Any], wrong: str) -> None:
    problem = is_problem(try_away(scene, "binh", "chi", 0, 1, **fields), 422, "invalid")
    assert set(problem["errors"]) == {wrong}


def test_a_substitute_must_be_able_to_work(scene: Scene) -> None:
    with scene.writing() as connection:
        connection.execute(text("UPDATE accounts SET permissions = '{report.view}' WHERE username = 'chi'"))
    problem = is_problem(try_away(scene, "binh", "chi", by="admin"), 422, "invalid")
    assert "quyền" in problem["errors"]["substitute"][0]


def test_no_two_absences_on_one_day_and_no_circle(scene: Scene) -> None:
    away(scene, "binh", "chi", 1, 3)
    problem = is_problem(try_away(scene, "binh", "chi", 3, 5), 422, "invalid")
    assert "24/11/2026 – 26/11/2026" in problem["errors"]["from_day"][0]
    away(scene, "binh", "chi", 4, 5)
    problem = is_problem(try_away(scene, "chi", "binh", 0, 1), 422, "invalid")
    assert "hãy chọn người khác" in problem["errors"]["substitute"][0]
    away(scene, "chi", "binh", 0, 0)


def test_two_entered_at_once_for_one_day_are_one(scene: Scene) -> None:
    for username in ("binh", "admin"):
        scene.client(username)
    answers = scene.at_once(lambda: try_away(scene, "binh", "chi"), lambda: try_away(scene, "binh", "chi", by="admin"))
    assert sorted(answer.status_code for answer in answers) == [201, 422]


def test_a_key_enters_it_once(scene: Scene) -> None:
    body = {"substitute": "chi", "from_day": "2026-11-24", "to_day": "2026-11-24", "reason": "Ốm"}
    answers = [
        scene.client("binh").post("/api/v1/absences", json=body, headers={"Idempotency-Key": "k-1"}) for _ in range(2)
    ]
    assert [answer.json["id"] for answer in answers] == [answers[0].json["id"]] * 2


def test_only_who_could_enter_it_ends_it(scene: Scene) -> None:
    entered = away(scene, "binh", "chi", 2, 3)
    for username in ("chi", "official"):
        is_problem(scene.client(username).post(f"/api/v1/absences/{entered['id']}/end", json={}), 404, "not_found")
    ended = scene.client("admin").post(f"/api/v1/absences/{entered['id']}/end", json={})
    assert ended.status_code == 200, ended.text
    assert scene.get("binh", "/absences")["data"] == []
    (past,) = scene.get("binh", "/absences?when=past")["data"]
    assert (past["state"], past["may_end"]) == ("ended", False)
    away(scene, "binh", "chi", 2, 3)


# What it costs ---------------------------------------------------------------------------------------------------------------


def test_the_usual_way_asks_the_database_nothing_more(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Signing in is one statement as ever, and a forward sends the same eleven whether anybody is away or not.

    That a session was used is written every five minutes at most (docs/audit.md): she has just looked at her work.
    """
    prepared: list[str] = []
    execute = Statement._execute

    def note(statement: Statement, connection: Connection, values: Mapping[str, Any]) -> Any:
        prepared.append(statement.sql)
        return execute(statement, connection, values)

    monkeypatch.setattr(Statement, "_execute", note)
    scene.client("binh")
    sent: list[tuple[int, int]] = []
    for _ in range(3):
        code = scene.at_step("process")
        task = scene.task(code, "process").id
        scene.get("binh", "/me")
        prepared.clear()
        with counted_statements(scene.app) as statements:
            scene.do("forward", "binh", task)
        sent.append((len(statements), len(prepared)))
        if len(sent) == 1:
            away(scene, "chi", "binh", 1, 2)
        if len(sent) == 2:
            scene.clock.set_local("2026-11-24 08:00")
    assert sent == [(0, 12)] * 3, "the sign-in, and the forward's own transaction"
