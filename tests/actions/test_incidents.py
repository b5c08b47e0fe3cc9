"""What the engine cannot go on with: the dossier alone stands, everybody is told, and an administrator gets it going again."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from app.actions.fire_timer import MOST_ATTEMPTS
from tests import factories
from tests.actions.scene import Scene, is_problem
from tests.actions.standing import AGREE, at_gateway, every, leave, manage, review, the_one

# An official's action ----------------------------------------------------------------------------------------------------


def test_an_action_that_the_engine_cannot_carry_out_stands_written_down(scene: Scene) -> None:
    code = at_gateway(scene)
    task = scene.task(code, "review")
    problem = scene.stopped("forward", "head", task.id, AGREE)
    row = the_one(scene, code)
    assert (row.kind, row.task_id, row.attempts, row.reason) == ("action", task.id, 1, problem["detail"])
    assert row.details["account"] == "head"
    assert scene.last(code, "incident_opened").data["reason"] == problem["detail"]
    assert scene.dossier(code).incidents == 1
    scene.sound(code)


def test_trying_again_counts_on_the_same_incident(scene: Scene) -> None:
    code = at_gateway(scene)
    task = scene.task(code, "review")
    for _ in range(3):
        scene.stopped("forward", "head", task.id, AGREE)
        scene.clock.move(minutes=5)
    row = the_one(scene, code)
    assert row.attempts == 3
    assert row.last_at > row.opened_at
    assert scene.kinds(code).count("incident_opened") == 1


def test_it_resolves_itself_when_the_step_goes_on(scene: Scene) -> None:
    code = at_gateway(scene)
    task = scene.task(code, "review")
    scene.stopped("forward", "head", task.id, AGREE)
    scene.do("forward", "head", task.id, AGREE | {"data": {"amount": 12}})
    (row,) = every(scene, code)
    assert (row.resolution, row.resolved_by) == ("continued", scene.province.accounts["head"])
    assert scene.dossier(code).incidents == 0
    assert scene.open_steps(code) == ["issue"]
    assert scene.kinds(code)[-1] == "incident_resolved"
    scene.sound(code)


@pytest.mark.parametrize("data", [{"owner": "NOWHERE"}, {"owner": "VPUBND"}, {}])
def test_an_agency_that_is_not_there_or_a_position_that_it_does_not_have_is_an_incident(
    scene: Scene, data: dict[str, Any]
) -> None:
    code = scene.at_step("opinion", scene.publish("elsewhere"), data=data)
    task = scene.task(code, "opinion")
    scene.stopped("forward", "official", task.id, code="position_vacant" if data == {"owner": "VPUBND"} else "incident")
    row = the_one(scene, code)
    manage(scene, "repair", row.id, data={"owner": "SYT"})
    assert scene.open_steps(code) == ["book"]
    (ended,) = every(scene, code)
    assert (ended.resolution, ended.resolved_by) == ("repaired", scene.province.accounts["admin"])
    scene.sound(code)


def test_an_instant_that_is_not_known_is_an_incident(scene: Scene) -> None:
    """A dossier without a deadline cannot wait for it; it is moved past."""
    code = scene.register(procedure=scene.publish("until_deadline", limit="none"))["code"]
    problem = scene.stopped("forward", "desk", scene.task(code, "receive").id)
    assert "deadline_at" in problem["detail"]
    manage(scene, "repair", the_one(scene, code).id, to_step="conclude")
    assert scene.open_steps(code) == ["conclude"]
    assert scene.dossier(code).incidents == 0
    scene.sound(code)


def test_a_retry_is_the_officials_own_action(scene: Scene) -> None:
    code = at_gateway(scene)
    task = scene.task(code, "review")
    scene.stopped("forward", "head", task.id, AGREE)
    number = the_one(scene, code).id
    problem = manage(scene, "retry", number, 409)
    assert (problem["code"], the_one(scene, code).attempts) == ("incident", 2)
    with scene.writing() as connection:
        connection.execute(text("UPDATE dossier_contents SET data = jsonb_set(data, '{amount}', '12')"))
    assert manage(scene, "retry", number, reason="Đã sửa số tiền")["resolved"]
    assert scene.open_steps(code) == ["issue"]
    done = scene.last(code, "forwarded")
    assert (done.username, done.data["comment"], done.data["decision"]) == ("head", "Đồng ý", "agree")
    retried = scene.last(code, "incident_retried")
    assert (retried.username, retried.data["reason"]) == ("admin", "Đã sửa số tiền")
    (row,) = every(scene, code)
    assert (row.resolution, row.resolved_by, row.resolution_reason) == (
        "retried",
        scene.province.accounts["admin"],
        "Đã sửa số tiền",
    )
    scene.sound(code)
    assert manage(scene, "retry", number, 409)["code"] == "settled"


def test_an_action_is_not_done_again_once_the_step_has_changed(scene: Scene) -> None:
    code = at_gateway(scene)
    task = scene.task(code, "review")
    scene.stopped("forward", "head", task.id, AGREE)
    number = the_one(scene, code).id
    scene.do("claim", "head", task.id)
    with scene.unchanged("tokens"):
        assert manage(scene, "retry", number, 409)["code"] == "wrong_state"
    assert manage(scene, "close", number)["resolved"]
    assert scene.dossier(code).incidents == 0
    scene.sound(code)


def test_who_may_not_do_it_any_more_is_not_made_to(scene: Scene) -> None:
    code = at_gateway(scene)
    scene.stopped("forward", "head", scene.task(code, "review").id, AGREE)
    number = the_one(scene, code).id
    leave(scene, "head")
    problem = manage(scene, "repair", number, 409, data={"amount": 12})
    assert problem["code"] == "wrong_state"
    assert "Nguyễn Thị head" in problem["detail"]
    assert scene.open_steps(code) == ["review"], "all or nothing"
    manage(scene, "repair", number, data={"amount": 12}, retry=False)
    assert scene.last(code, "repaired").data["data"] == {"amount": ["nhiều", 12]}
    assert the_one(scene, code).id == number
    scene.sound(code)


def test_a_repair_sets_variables_and_says_what_they_were(scene: Scene) -> None:
    code = at_gateway(scene)
    scene.stopped("forward", "head", scene.task(code, "review").id, AGREE)
    number = the_one(scene, code).id
    assert manage(scene, "repair", number, set={"amount": 5000})["resolved"]
    assert scene.open_steps(code) == ["approve"]
    row = scene.last(code, "repaired")
    assert (row.username, row.data["set"]) == ("admin", {"amount": [None, 5000]})
    scene.sound(code)


@pytest.mark.parametrize(
    ("to_step", "how"), [("receive", "back"), ("issue", "jump"), ("explain", "jump"), ("give_back", "jump")]
)
def test_a_repair_goes_to_another_step(scene: Scene, to_step: str, how: str) -> None:
    code = at_gateway(scene)
    scene.clock.move(hours=1)
    scene.stopped("forward", "head", scene.task(code, "review").id, AGREE)
    number = the_one(scene, code).id
    offered = scene.get("admin", f"/incidents/{number}")["to_steps"]
    assert {"id": to_step, "name": f"Bước {to_step}", "how": how} in offered
    manage(scene, "repair", number, to_step=to_step, reason="Sơ đồ thiếu nhánh")
    assert scene.open_steps(code) == [to_step]
    assert scene.last(code, "repaired").data["to_step"] == to_step
    assert [task.outcome for task in scene.every_task(code) if task.state == "cancelled"] == ["repaired"]
    assert scene.dossier(code).incidents == 0
    scene.sound(code)
    task = scene.task(code, to_step)
    if to_step != "give_back":
        scene.do("forward", scene.holder(task), task.id, AGREE if to_step == "review" else {})
    scene.sound(code)


def test_a_step_that_cannot_be_gone_to_is_named(scene: Scene) -> None:
    code = at_gateway(scene)
    scene.stopped("forward", "head", scene.task(code, "review").id, AGREE)
    problem = manage(scene, "repair", the_one(scene, code).id, 422, to_step="nowhere")
    assert "to_step" in problem["errors"]
    assert "receive" in problem["detail"]


@pytest.mark.parametrize(
    "body",
    [{}, {"set": {"a b": 1}}, {"data": {"": 1}}, {"set": {"long": "x" * 20_000}}, {"reason": " ", "set": {"a": 1}}],
)
def test_a_repair_that_says_nothing_usable_is_refused(scene: Scene, body: dict[str, Any]) -> None:
    code = at_gateway(scene)
    scene.stopped("forward", "head", scene.task(code, "review").id, AGREE)
    assert manage(scene, "repair", the_one(scene, code).id, 422, **body)["code"] == "invalid"


def test_a_state_that_cannot_be_read_is_told(scene: Scene) -> None:
    code = scene.at_step("process")
    with scene.writing() as connection:
        connection.execute(text("UPDATE instances SET state = '\\x00' WHERE kind = 'main'"))
    scene.stopped("forward", "binh", scene.task(code, "process").id)
    number = the_one(scene, code).id
    found = scene.get("admin", f"/incidents/{number}")
    assert found["unreadable"] == found["may"]["repair"]["why"]
    assert manage(scene, "repair", number, 409, set={"amount": 1})["code"] == "incident"


def test_in_a_batch_the_others_go_on(scene: Scene) -> None:
    scene.publish("decision")
    codes = [scene.at_step("review", "decision", data={"amount": amount}) for amount in (5, "nhiều", 5000)]
    ids = [scene.task(code, "review").id for code in codes]
    answer = scene.client("head").post(
        "/api/v1/tasks/batch", json={"action": "forward", "ids": ids, "body": {"decision": "agree"}}
    )
    assert [one["status"] for one in answer.json["results"]] == [200, 409, 200]
    assert [scene.dossier(code).incidents for code in codes] == [0, 1, 0]
    assert [scene.open_steps(code) for code in codes] == [["issue"], ["review"], ["approve"]]
    for code in codes:
        scene.sound(code)


def test_a_retry_under_one_key_is_done_once(scene: Scene) -> None:
    code = at_gateway(scene)
    scene.stopped("forward", "head", scene.task(code, "review").id, AGREE)
    number = the_one(scene, code).id
    body = {"reason": "Đã sửa", "data": {"amount": 12}}
    answers = [
        scene.client("admin").post(
            f"/api/v1/incidents/{number}/repair", json=body, headers={"Idempotency-Key": "sua-1"}
        )
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json == answers[1].json
    assert scene.kinds(code).count("repaired") == 1


# A timer -----------------------------------------------------------------------------------------------------------------


def give_up(scene: Scene) -> None:
    """Tick until the worker has given up on what is due."""
    for _ in range(MOST_ATTEMPTS):
        scene.tick()
        scene.clock.move(seconds=61)


def test_a_timer_that_failed_five_times_is_an_incident_and_can_be_tried_again(scene: Scene) -> None:
    """Behind the timer no branch can be decided; once the data says which, the worker goes on."""
    code = scene.register(procedure=scene.publish("timer_gateway"), data={"amount": "nhiều"})["code"]
    scene.do("forward", "desk", scene.task(code, "receive").id)
    scene.clock.set_local("2026-11-24 10:00")
    give_up(scene)
    row = the_one(scene, code)
    assert (row.kind, row.element, row.attempts) == ("timer", "posted", 1)
    assert row.reason == scene.timer_row(code, "posted").incident
    assert scene.last(code, "incident_opened").account_id is None
    scene.sound(code)
    assert manage(scene, "close", row.id, 409)["code"] == "wrong_state"
    assert manage(scene, "repair", row.id, data={"amount": 12})["resolved"]
    assert scene.timer_row(code, "posted").attempts == 0
    scene.sound(code)
    assert scene.tick() == 1
    assert scene.open_steps(code) == ["small"]
    (ended,) = every(scene, code)
    assert ended.resolution == "repaired"
    scene.sound(code)


def test_a_timer_that_fails_again_after_a_retry_is_another_incident(scene: Scene) -> None:
    code = scene.register(procedure=scene.publish("timer_gateway"), data={"amount": "nhiều"})["code"]
    scene.do("forward", "desk", scene.task(code, "receive").id)
    scene.clock.set_local("2026-11-24 10:00")
    give_up(scene)
    manage(scene, "retry", the_one(scene, code).id)
    assert scene.dossier(code).incidents == 0
    give_up(scene)
    assert [row.resolution for row in every(scene, code)] == ["retried", None]
    scene.sound(code)


def test_going_to_a_step_past_a_timer_that_failed_ends_it(scene: Scene) -> None:
    code = scene.at_step("process", scene.publish("reminder"))
    with scene.writing() as connection:
        connection.execute(text("UPDATE instances SET state = '\\x00' WHERE kind = 'deadline_watch'"))
    scene.clock.set_local("2026-12-04 13:30")
    give_up(scene)
    row = the_one(scene, code)
    assert row.element == "due_soon_reached"
    scene.do("forward", "head", scene.task(code, "look").id)
    scene.do("forward", "binh", scene.task(code, "process").id)
    assert scene.dossier(code).incidents == 1, "the watch is still broken"
    assert scene.open_steps(code) == ["give_back"]


# A vacancy ---------------------------------------------------------------------------------------------------------------


def test_a_step_that_nobody_can_take_waits_and_says_so(scene: Scene) -> None:
    code = scene.at_step("process")
    leave(scene, "head")
    answer = scene.do("forward", "binh", scene.task(code, "process").id)
    assert answer["led_to"] == []
    assert scene.open_steps(code) == []
    (task,) = [task for task in scene.live_tasks(code) if task.step == "review"]
    assert (task.state, task.position) == ("vacant", "assigned_room_head")
    row = the_one(scene, code)
    assert (row.kind, row.element, row.task_id) == ("vacancy", "review", task.id)
    assert "Sở Y tế" in row.reason
    assert not any("review" in name for name in scene.timers(code)), "its alarms wait"
    assert task.due_at is not None, "its time does not"
    scene.sound(code)
    with scene.writing() as connection:
        factories.account(connection, "moi", scene.province.health, permissions=("task.work", "task.assign"))
    for who in ("head", "binh", "moi"):
        assert scene.client(who).get("/api/v1/tasks?inbox=position").json["data"] == []
        for action, body in {
            "claim": {},
            "forward": {},
            "return": {"comment": "Thử"},
            "reassign": {"account": "binh", "comment": "Thử"},
        }.items():
            assert scene.try_to(action, who, task.id, body).status_code in (403, 409)
    assert scene.get("binh", f"/tasks/{task.id}")["state"] == "vacant"


def test_it_opens_when_somebody_holds_the_position(scene: Scene) -> None:
    code = scene.at_step("process")
    leave(scene, "head")
    scene.do("forward", "binh", scene.task(code, "process").id)
    assert review(scene) == 0
    scene.clock.move(hours=1)
    with scene.writing() as connection:
        factories.hold(connection, scene.province.accounts["chi"], scene.province.positions["head"])
    assert review(scene) == 1
    assert review(scene) == 0
    task = scene.task(code, "review")
    assert {name for name in scene.timers(code) if "review" in name} == {"step_due_soon:review", "step_overdue:review"}
    assert scene.last(code, "vacancy_filled").task_id == task.id
    (row,) = every(scene, code)
    assert (row.resolution, row.resolved_by) == ("continued", None)
    scene.sound(code)
    scene.do("forward", "chi", task.id)
    scene.sound(code)


def test_a_position_that_begins_tomorrow_is_held_tomorrow(scene: Scene) -> None:
    code = scene.at_step("process")
    leave(scene, "head")
    with scene.writing() as connection:
        factories.hold(
            connection, scene.province.accounts["chi"], scene.province.positions["head"], since=date(2026, 11, 24)
        )
    scene.do("forward", "binh", scene.task(code, "process").id)
    assert scene.open_steps(code) == []
    number = the_one(scene, code).id
    problem = manage(scene, "retry", number, 409)
    assert problem["code"] == "wrong_state"
    assert the_one(scene, code).attempts == 1
    scene.clock.set_local("2026-11-24 08:00")
    assert manage(scene, "retry", number)["resolved"]
    assert scene.open_steps(code) == ["review"]
    assert scene.last(code, "incident_retried").username == "admin"
    scene.sound(code)


@pytest.mark.parametrize("unfit", [{"active": False}, {"permissions": ["report.view"]}])
def test_who_cannot_work_does_not_hold_a_position(scene: Scene, unfit: dict[str, Any]) -> None:
    code = scene.at_step("process")
    with scene.writing() as connection:
        factories.set_columns(connection, "accounts", scene.province.accounts["head"], **unfit)
    scene.do("forward", "binh", scene.task(code, "process").id)
    assert the_one(scene, code).kind == "vacancy"
    scene.sound(code)


def test_a_timer_may_lead_to_a_vacancy(scene: Scene) -> None:
    code = scene.at_step("process", scene.publish("escalation"))
    leave(scene, "head")
    scene.clock.set_local("2026-11-24 08:00")
    assert scene.tick() > 0
    assert the_one(scene, code).element == "take_over"
    scene.sound(code)


def test_a_registration_may_lead_to_a_vacancy(scene: Scene) -> None:
    """An online dossier at a desk where nobody is left to check it."""
    desk = scene.client("desk")
    with scene.writing() as connection:
        empty = factories.position(connection, scene.province.health, scene.province.units["desk"], "other_desk")
        official = scene.province.positions["desk_officer"]
        factories.set_columns(connection, "positions", official, code="held")
        factories.set_columns(connection, "positions", empty, code="desk_officer")
    assert desk is not None
    code = scene.register(channel="online")["code"]
    assert the_one(scene, code).kind == "vacancy"
    assert scene.open_steps(code) == []
    with scene.writing() as connection:
        factories.hold(connection, scene.province.accounts["desk"], empty)
    assert review(scene) == 1
    scene.do("accept", "desk", scene.open_tasks(code)[0].id)
    scene.sound(code)


def test_what_was_forwarded_into_a_vacancy_can_be_recalled_or_moved_on(scene: Scene) -> None:
    code, other = scene.at_step("process"), scene.at_step("process")
    leave(scene, "head")
    tasks = [scene.task(one, "process").id for one in (code, other)]
    for task in tasks:
        scene.do("forward", "binh", task)
    scene.do("recall", "binh", tasks[0])
    assert scene.open_steps(code) == ["process"]
    assert [row.resolution for row in every(scene, code)] == ["continued"]
    manage(scene, "repair", the_one(scene, other).id, to_step="approve", reason="Trưởng phòng nghỉ hưu")
    assert scene.open_steps(other) == ["approve"]
    for one in (code, other):
        scene.sound(one)


def test_an_open_step_whose_position_empties_waits_too(scene: Scene) -> None:
    code, taken = scene.at_step("review"), scene.at_step("review")
    scene.do("claim", "head", scene.task(taken, "review").id)
    leave(scene, "head")
    assert review(scene) == 1
    assert (scene.open_steps(code), scene.open_steps(taken)) == ([], ["review"])
    assert the_one(scene, code).kind == "vacancy"
    scene.sound(code)
    with scene.writing() as connection:
        factories.hold(connection, scene.province.accounts["chi"], scene.province.positions["head"])
    assert review(scene) == 1
    assert scene.open_steps(code) == ["review"]
    scene.sound(code)


def test_a_vacant_step_stands_still_with_a_dossier_that_is_held(scene: Scene) -> None:
    """Two branches: one asks for a supplement while the other waits for a person."""
    code = scene.at_step("assign", scene.publish("branches"))
    leave(scene, "clerk")
    scene.do("forward", "head", scene.task(code, "assign").id)
    assert scene.open_steps(code) == ["process"]
    scene.do("request-supplement", "binh", scene.task(code, "process").id, {"reason": "Thiếu giấy"})
    scene.sound(code)
    with scene.writing() as connection:
        factories.hold(connection, scene.province.accounts["chi"], scene.province.positions["clerk"])
    assert review(scene) == 1
    assert not any("book" in name for name in scene.timers(code))
    scene.sound(code)


def test_a_vacancy_cannot_be_closed_away(scene: Scene) -> None:
    code = scene.at_step("process")
    leave(scene, "head")
    scene.do("forward", "binh", scene.task(code, "process").id)
    assert manage(scene, "close", the_one(scene, code).id, 409)["code"] == "wrong_state"


# A message ---------------------------------------------------------------------------------------------------------------


def told(scene: Scene, code: str, **body: Any) -> Any:
    return scene.client("platform").post(
        f"/api/v1/dossiers/{code}/messages", json={"name": "tax_assessed", "data": {}} | body
    )


def test_a_message_that_the_diagram_cannot_go_on_with_is_an_incident(scene: Scene) -> None:
    """Behind it comes a step of an agency that nobody has named yet."""
    with scene.writing() as connection:
        factories.account(connection, "platform", scene.province.health, permissions=("dossier.message",))
    code = scene.register(procedure=scene.publish("message_elsewhere"))["code"]
    scene.do("forward", "desk", scene.task(code, "receive").id)
    for _ in range(2):
        is_problem(told(scene, code, data={"amount": 5}), 409, "incident")
    row = the_one(scene, code)
    assert (row.kind, row.attempts, row.details["message"]) == ("message", 2, "tax_assessed")
    scene.sound(code)
    found = scene.get("admin", f"/incidents/{row.id}")
    assert (found["account"], found["may"]["retry"]["allowed"]) == ("platform", True)
    assert manage(scene, "repair", row.id, data={"owner": "SYT"})["resolved"]
    assert scene.open_steps(code) == ["book"]
    assert scene.last(code, "message_received").username == "platform"
    assert scene.last(code, "incident_retried").username == "admin"
    scene.sound(code)


def test_a_message_that_arrives_after_all_resolves_its_incident(scene: Scene) -> None:
    with scene.writing() as connection:
        factories.account(connection, "platform", scene.province.health, permissions=("dossier.message",))
    code = scene.register(procedure=scene.publish("message_elsewhere"))["code"]
    scene.do("forward", "desk", scene.task(code, "receive").id)
    is_problem(told(scene, code), 409, "incident")
    with scene.writing() as connection:
        connection.execute(text("""UPDATE dossier_contents SET data = '{"owner": "SYT"}'"""))
    assert told(scene, code).status_code == 200
    (row,) = every(scene, code)
    assert row.resolution == "continued"
    scene.sound(code)
