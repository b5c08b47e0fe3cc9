"""Duties handed over within limits: what a delegate may do is exactly what they cover, in the delegator's name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.actions import checks
from app.actions.work import Work
from app.rules.legality import TaskFacts
from app.store.statement import Statement
from app.store.tasks import TaskRow
from tests.actions.away import allow, away, day
from tests.actions.delegating import DECISION, delegate, end, try_delegate
from tests.actions.scene import Scene, is_problem
from tests.fixtures.statements import counted_statements


def inbox(scene: Scene, username: str, name: str = "delegated") -> list[int]:
    return [row["id"] for row in scene.get(username, f"/tasks?inbox={name}")["data"]]


def test_a_delegate_does_the_work_and_history_says_for_whom(scene: Scene) -> None:
    code = scene.at_step("approve")
    task = scene.task(code, "approve")
    scene.refused(403, "not_a_candidate", "forward", "binh", task.id)
    given_one = delegate(scene, "director", "binh", "principal")
    assert (given_one["state"], given_one["role"], given_one["worked"]) == ("current", "given", 0)
    assert inbox(scene, "binh") == [task.id]
    assert [row["id"] for row in scene.get("binh", "/tasks")["data"]] == [task.id]
    assert inbox(scene, "director", "position") == [task.id], "the delegator goes on seeing it"
    scene.do("forward", "binh", task.id)
    row = scene.last(code, "forwarded")
    assert (row.username, row.data["delegated_by"], row.data["decision_number"]) == ("binh", "director", DECISION)
    assert inbox(scene, "binh") == []
    assert scene.get("binh", f"/delegations/{given_one['id']}")["worked"] == 1
    scene.sound(code)


def test_time_is_that_of_who_acted(scene: Scene) -> None:
    code = scene.at_step("approve")
    delegate(scene, "director", "binh", "principal")
    scene.clock.move(hours=1)
    scene.do("forward", "binh", scene.task(code, "approve").id)
    done = next(task for task in scene.every_task(code) if task.step == "approve")
    assert (done.assignee, done.finished_by) == ("binh", scene.province.accounts["binh"])


def test_the_delegator_goes_on_working(scene: Scene) -> None:
    code = scene.at_step("approve")
    delegate(scene, "director", "binh", "principal")
    scene.do("forward", "director", scene.task(code, "approve").id)
    assert "delegated_by" not in scene.last(code, "forwarded").data


def test_what_the_delegator_has_by_name_is_done_too_but_not_what_another_has(scene: Scene) -> None:
    code = scene.at_step("process")
    task = scene.task(code, "process").id
    scene.do("claim", "chi", task)
    delegate(scene, "director", "clerk", "principal")
    hers = scene.at_step("approve")
    approve = scene.task(hers, "approve").id
    scene.do("claim", "director", approve)
    assert inbox(scene, "clerk") == [approve]
    scene.refused(403, "not_a_candidate", "forward", "clerk", task)
    scene.do("forward", "clerk", approve)


def test_nothing_is_left_over_because_nothing_is_taken(scene: Scene) -> None:
    code = scene.at_step("approve")
    task = scene.task(code, "approve").id
    delegate(scene, "director", "binh", "principal")
    for action in ("claim", "release"):
        scene.refused(409, "wrong_state", action, "binh", task)
    scene.refused(409, "wrong_state", "handoff", "binh", task, {"account": "chi", "comment": "x"})


def test_ended_means_ended_at_once(scene: Scene) -> None:
    code = scene.at_step("approve")
    task = scene.task(code, "approve").id
    made = delegate(scene, "director", "binh", "principal")
    opened = scene.get("binh", f"/tasks/{task}")
    assert next(one for one in opened["actions"] if one["name"] == "forward")["allowed"]
    end(scene, "binh", made["id"])
    scene.refused(403, "not_a_candidate", "forward", "binh", task)
    assert inbox(scene, "binh") == []
    again = scene.client("director").post(f"/api/v1/delegations/{made['id']}/end")
    is_problem(again, 409, "settled")


def test_what_was_done_under_it_is_not_taken_back_after_it(scene: Scene) -> None:
    code = scene.at_step("approve")
    task = scene.task(code, "approve").id
    made = delegate(scene, "director", "binh", "principal")
    scene.do("forward", "binh", task)
    end(scene, "director", made["id"])
    scene.refused(409, "wrong_state", "recall", "binh", task)
    delegate(scene, "director", "binh", "principal")
    scene.do("recall", "binh", task)
    assert scene.task(code, "approve").assignee is None, "it waits for the position again"


def test_days_bound_it(scene: Scene) -> None:
    code = scene.at_step("approve")
    task = scene.task(code, "approve").id
    delegate(scene, "director", "binh", "principal", 1, 1)
    scene.refused(403, "not_a_candidate", "forward", "binh", task)
    scene.clock.set_local("2026-11-24 08:00")
    assert inbox(scene, "binh") == [task]
    scene.clock.set_local("2026-11-25 08:00")
    scene.refused(403, "not_a_candidate", "forward", "binh", task)


def test_a_day_has_only_so_many(scene: Scene) -> None:
    codes = [scene.at_step("approve") for _ in range(3)]
    tasks = [scene.task(code, "approve").id for code in codes]
    delegate(scene, "director", "binh", "principal", daily_most=2)
    for task in tasks[:2]:
        scene.do("forward", "binh", task)
    why = scene.refused(403, "not_a_candidate", "forward", "binh", tasks[2])
    assert "hôm nay đã đủ" in why["detail"]
    scene.clock.set_local("2026-11-24 08:00")
    scene.do("forward", "binh", tasks[2])


def test_two_at_once_do_not_pass_the_day_s_number(scene: Scene) -> None:
    tasks = [scene.task(scene.at_step("approve"), "approve").id for _ in range(2)]
    delegate(scene, "director", "binh", "principal", daily_most=1)
    scene.client("binh")
    answers = scene.at_once(*[lambda task=task: scene.try_to("forward", "binh", task) for task in tasks])
    assert sorted(answer.status_code for answer in answers) == [200, 403]


def test_the_last_of_the_day_taken_in_between_is_refused(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another act comes in after this one was judged and before it is written down."""
    first, second = (scene.task(scene.at_step("approve"), "approve").id for _ in range(2))
    made = delegate(scene, "director", "binh", "principal", daily_most=1)
    judged = checks.facts_of

    def then_another(work: Work, task: TaskRow, *rest: Any, **more: Any) -> TaskFacts:
        facts = judged(work, task, *rest, **more)
        if task.id == first:
            monkeypatch.undo()
            scene.do("forward", "binh", second)
        return facts

    monkeypatch.setattr(checks, "facts_of", then_another)
    answer = scene.try_to("forward", "binh", first)
    assert (answer.status_code, (answer.json or {}).get("code")) == (403, "not_a_candidate")
    assert scene.get("binh", f"/delegations/{made['id']}")["worked"] == 1


def test_procedures_and_steps_bound_it_with_the_reason(scene: Scene) -> None:
    scene.publish("decision")
    code = scene.at_step("approve")
    made = delegate(scene, "director", "binh", "principal", procedures=["decision"])
    assert made["procedures"] == [{"code": "decision", "name": "Thủ tục decision"}]
    why = scene.refused(403, "not_a_candidate", "forward", "binh", scene.task(code, "approve").id)
    assert "không gồm thủ tục" in why["detail"]
    assert DECISION in why["detail"]
    assert inbox(scene, "binh") == []


@pytest.mark.parametrize(
    ("by", "to", "position", "more", "field"),
    [
        ("director", "director", "principal", {}, "delegate"),
        ("director", "official", "principal", {}, "delegate"),
        ("director", "nobody", "principal", {}, "delegate"),
        ("director", "binh", "assigned_room_head", {}, "position"),
        ("director", "binh", "principal", {"procedures": ["9.999"]}, "procedures"),
        ("director", "binh", "principal", {"steps": ["no_such"]}, "steps"),
        ("director", "binh", "principal", {"daily_most": 0}, "daily_most"),
        ("director", "binh", "principal", {"form": "TM."}, "form"),
        ("director", "binh", "principal", {"decision_number": ""}, "decision_number"),
        ("director", "binh", "principal", {"to_day": "2026-11-20"}, "to_day"),
        ("director", "binh", "principal", {"from_day": "2026-11-22"}, "from_day"),
        ("director", "binh", "principal", {"to_day": "2028-01-01"}, "to_day"),
    ],
)
def test_what_may_not_be_delegated(
    scene: Scene, by: str, to: str, position: str, more: dict[str, Any], field: str
) -> None:
    answer = try_delegate(scene, by, to, position, **more)
    assert field in is_problem(answer, 422, "invalid")["errors"]


def test_only_heads_delegate_and_nothing_that_they_only_stand_in_for(scene: Scene) -> None:
    is_problem(try_delegate(scene, "binh", "chi", "assigned_room_officer"), 403, "forbidden")
    away(scene, "director", "head", 0, 3, by="admin")
    answer = try_delegate(scene, "head", "binh", "principal")
    assert "position" in is_problem(answer, 422, "invalid")["errors"]
    delegate(scene, "head", "binh", "assigned_room_head")
    is_problem(try_delegate(scene, "binh", "chi", "assigned_room_head"), 403, "forbidden")


def test_a_substitute_of_the_delegate_gets_nothing_of_it(scene: Scene) -> None:
    code = scene.at_step("approve")
    delegate(scene, "director", "binh", "principal")
    away(scene, "binh", "chi", 0, 2)
    scene.refused(403, "not_a_candidate", "forward", "chi", scene.task(code, "approve").id)


def test_who_loses_the_position_the_right_or_the_account_gives_nothing_any_more(scene: Scene) -> None:
    code = scene.at_step("approve")
    task = scene.task(code, "approve").id
    delegate(scene, "director", "binh", "principal")
    with scene.writing() as connection:
        connection.execute(text("UPDATE accounts SET active = false WHERE username = 'director'"))
    scene.refused(403, "not_a_candidate", "forward", "binh", task)
    with scene.writing() as connection:
        connection.execute(
            text("UPDATE accounts SET active = true, permissions = '{report.view}' WHERE username = 'director'")
        )
    scene.refused(403, "not_a_candidate", "forward", "binh", task)
    with scene.writing() as connection:
        connection.execute(text("UPDATE accounts SET permissions = '{task.work}' WHERE username = 'director'"))
        connection.execute(
            text("UPDATE account_positions SET valid_to = '2026-11-20' WHERE account_id = :account"),
            {"account": scene.province.accounts["director"]},
        )
    scene.refused(403, "not_a_candidate", "forward", "binh", task)


def test_a_delegate_who_leaves_or_is_locked_does_nothing(scene: Scene) -> None:
    code = scene.at_step("approve")
    task = scene.task(code, "approve").id
    delegate(scene, "director", "binh", "principal")
    with scene.writing() as connection:
        connection.execute(
            text("UPDATE accounts SET agency_id = :office WHERE username = 'binh'"), {"office": scene.province.office}
        )
    scene.refused(403, "not_a_candidate", "forward", "binh", task)
    with scene.writing() as connection:
        connection.execute(text("UPDATE accounts SET active = false WHERE username = 'binh'"))
    assert scene.try_to("forward", "binh", task).status_code == 401


def test_both_are_told_and_administration_keeps_it(scene: Scene) -> None:
    made = delegate(scene, "director", "binh", "principal", signs=True, form="KT.", daily_most=30)
    end(scene, "director", made["id"])
    for name in ("director", "binh"):
        found = [row for row in scene.get(name, "/notices")["data"] if row["event"] == "delegated"]
        assert [row["title"] for row in found] == ["Ủy quyền đã kết thúc", "Ủy quyền mới"]
    with scene.reading() as connection:
        rows = connection.execute(
            text(
                "SELECT kind, subject, before, after FROM administration_changes WHERE kind LIKE 'delegation%' ORDER BY id"
            )
        ).all()
    assert [row.kind for row in rows] == ["delegation_made", "delegation_ended"]
    assert rows[0].after["daily_most"] == 30
    assert rows[1].before["delegate"] == "binh"


def test_who_sees_and_ends_them(scene: Scene) -> None:
    made = delegate(scene, "director", "binh", "principal")
    assert scene.get("chi", "/delegations")["data"] == []
    is_problem(scene.client("chi").get(f"/api/v1/delegations/{made['id']}"), 404, "not_found")
    is_problem(scene.client("chi").post(f"/api/v1/delegations/{made['id']}/end"), 404, "not_found")
    allow(scene, "head", "task.assign")
    assert [row["role"] for row in scene.get("head", "/delegations")["data"]] == ["other"]
    is_problem(scene.client("head").post(f"/api/v1/delegations/{made['id']}/end"), 403, "forbidden")
    assert end(scene, "admin", made["id"])["state"] == "ended"
    assert [row["state"] for row in scene.get("director", "/delegations?when=past")["data"]] == ["ended"]


def test_given_twice_under_one_key_is_given_once(scene: Scene) -> None:
    body = {
        "delegate": "binh",
        "position": "principal",
        "from_day": day(scene).isoformat(),
        "to_day": day(scene, 3).isoformat(),
        "decision_number": DECISION,
        "reason": "x",
    }
    answers = [
        scene.client("director").post("/api/v1/delegations", json=body, headers={"Idempotency-Key": "once"})
        for _ in range(2)
    ]
    assert answers[0].json["id"] == answers[1].json["id"]  # type: ignore[index]


def test_the_usual_way_asks_the_database_nothing_more(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """A forward sends the same whether somebody has delegated anything or not."""
    prepared: list[str] = []
    execute = Statement._execute

    def note(statement: Statement, connection: Any, values: Mapping[str, Any]) -> Any:
        prepared.append(statement.sql)
        return execute(statement, connection, values)

    monkeypatch.setattr(Statement, "_execute", note)
    scene.client("binh")
    sent = []
    for _ in range(2):
        task = scene.task(scene.at_step("process"), "process").id
        prepared.clear()
        with counted_statements(scene.app) as statements:
            scene.do("forward", "binh", task)
        sent.append(len(statements) + len(prepared))
        delegate(scene, "director", "binh", "principal")
    assert len(set(sent)) == 1


PROCEDURES = ("linear", "decision")


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    limited=st.frozensets(st.sampled_from(PROCEDURES)),
    steps=st.frozensets(st.sampled_from(["approve", "review"])),
    days=st.tuples(st.integers(0, 2), st.integers(0, 2)),
    ended=st.booleans(),
)
def test_what_a_delegate_may_do_is_exactly_the_intersection(
    scene: Scene, limited: frozenset[str], steps: frozenset[str], days: tuple[int, int], ended: bool
) -> None:
    """Of every open task, the delegate may forward those that the delegator may and the limits cover, and sees just these."""
    if not hasattr(scene, "known"):
        scene.publish("decision")
        scene.publish("linear")
        codes = [scene.at_step("approve"), scene.at_step("review", "linear"), scene.at_step("review", "decision")]
        scene.known = codes  # type: ignore[attr-defined]
    codes = scene.known  # type: ignore[attr-defined]
    with scene.writing() as connection:
        connection.execute(text("DELETE FROM delegations"))
    position = "assigned_room_head"
    # The head's position waits at the steps "review" (of both procedures); "approve" is the director's.
    wanted = {"procedures": sorted(limited), "steps": sorted(steps - {"approve"})}
    made = delegate(scene, "head", "clerk", position, days[0], days[0] + days[1], **wanted)
    if ended:
        end(scene, "head", made["id"])
    seen = set(inbox(scene, "clerk"))
    for code in codes:
        procedure = scene.dossier(code).procedure
        for task in scene.open_tasks(code):
            hers = task.position == position
            covered = (not limited or procedure in limited) and (not wanted["steps"] or task.step in wanted["steps"])
            expected = hers and covered and days[0] == 0 and not ended
            offers = scene.get("clerk", f"/tasks/{task.id}")["actions"]
            assert next(one["allowed"] for one in offers if one["name"] == "forward") is expected
            assert (task.id in seen) is expected
