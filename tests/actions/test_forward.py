"""Forward: who may, what may be chosen, where the dossier goes, and that nothing changes when it is refused."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest

from tests.actions.scene import Scene


@pytest.mark.rule("ST-12.2")
@pytest.mark.rule("QT-20.1", "QT-22.2")
def test_the_next_step_of_the_diagram_opens_for_its_position(scene: Scene) -> None:
    code = scene.register()["code"]
    received = scene.task(code, "receive")
    scene.clock.move(minutes=30)
    answer = scene.do("forward", "desk", received.id, {"comment": "Đủ thành phần hồ sơ."})
    (led,) = answer["led_to"]
    assert (answer["state"], answer["outcome"], answer["assignee"]) == ("done", "forwarded", "desk")
    assert (led["step"], led["position"], led["assignee"]) == ("assign", "assigned_room_head", None)
    assert led["note"] == "Đủ thành phần hồ sơ."
    assert answer["status"]["number"] == 4
    row = scene.last(code, "forwarded")
    assert (row.task_id, row.account_id) == (received.id, scene.province.accounts["desk"])
    assert row.data["comment"] == "Đủ thành phần hồ sơ."
    (segment,) = scene.segments(code)
    assert (segment.step, segment.account, segment.seconds, segment.charged) == ("receive", "desk", 1800, True)
    scene.sound(code)


def test_acting_on_an_unclaimed_task_claims_it(scene: Scene) -> None:
    code = scene.at_step("process")
    task = scene.task(code, "process")
    answer = scene.do("forward", "chi", task.id)
    assert answer["assignee"] == "chi"
    (done,) = [found for found in scene.every_task(code) if found.id == task.id]
    assert done.finished_by == done.assignee_id == scene.province.accounts["chi"]


@pytest.mark.rule("QT-22.2a")
@pytest.mark.parametrize("username", ["desk", "head", "director", "clerk"])
def test_another_position_may_not(scene: Scene, username: str) -> None:
    task = scene.task(scene.at_step("process"), "process")
    problem = scene.refused(403, "not_a_candidate", "forward", username, task.id)
    assert problem["rule"] == "QT-22.2a"


def test_of_a_dossier_without_a_part_not_even_the_step_exists(scene: Scene) -> None:
    task = scene.task(scene.at_step("process"), "process")
    scene.refused(404, "not_found", "forward", "official", task.id)


@pytest.mark.parametrize("username", ["control", "admin"])
def test_without_the_permission_the_path_is_closed(scene: Scene, username: str) -> None:
    task = scene.task(scene.at_step("process"), "process")
    scene.refused(403, "forbidden", "forward", username, task.id)


@pytest.mark.rule("QT-22.2b")
def test_a_task_that_a_colleague_has_taken_is_409(scene: Scene) -> None:
    task = scene.task(scene.at_step("process"), "process")
    scene.do("claim", "binh", task.id)
    scene.refused(409, "task_taken", "forward", "chi", task.id)


def test_a_finished_task_is_409(scene: Scene) -> None:
    code = scene.at_step("process")
    task = scene.task(code, "process")
    scene.do("forward", "binh", task.id)
    scene.refused(409, "task_finished", "forward", "binh", task.id)
    scene.refused(409, "task_finished", "forward", "chi", task.id)
    scene.sound(code)


def test_a_task_that_does_not_exist_is_404(scene: Scene) -> None:
    scene.refused(404, "not_found", "forward", "desk", 987654321)


@pytest.mark.rule("QT-22.2b")
def test_to_one_account_of_the_next_position(scene: Scene) -> None:
    code = scene.at_step("assign")
    answer = scene.do("forward", "head", scene.task(code, "assign").id, {"assignee": "chi", "comment": "Chị xử lý."})
    (led,) = answer["led_to"]
    assert (led["assignee"], led["version"]) == ("chi", 2)
    scene.refused(409, "task_taken", "forward", "binh", led["id"])
    scene.clock.move(hours=1)
    scene.do("forward", "chi", led["id"])
    assert [(found.step, found.account) for found in scene.segments(code)] == [("process", "chi")]
    scene.sound(code)


@pytest.mark.parametrize("assignee", ["head", "official", "nobody", "Chi"])
def test_not_to_somebody_without_that_position(scene: Scene, assignee: str) -> None:
    task = scene.task(scene.at_step("assign"), "assign")
    problem = scene.refused(422, "invalid", "forward", "head", task.id, {"assignee": assignee})
    assert set(problem["errors"]) == {"assignee"}


def test_not_to_one_account_when_several_steps_follow(scene: Scene) -> None:
    code = scene.at_step("assign", scene.publish("branches"))
    task = scene.task(code, "assign")
    problem = scene.refused(422, "invalid", "forward", "head", task.id, {"assignee": "binh"})
    assert set(problem["errors"]) == {"assignee"}


# Decisions ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("decision", "amount", "path"),
    [
        ("agree", 5000, ["approve", "give_back"]),
        ("agree", 1000, ["issue", "give_back"]),
        ("reject", 5000, ["explain", "give_back"]),
    ],
)
def test_the_decision_and_the_dossiers_data_choose_the_branch(
    scene: Scene, decision: str, amount: int, path: list[str]
) -> None:
    code = scene.at_step("review", scene.publish("decision"), data={"amount": amount})
    scene.do("forward", "head", scene.task(code, "review").id, {"decision": decision})
    for step in path:
        assert scene.open_steps(code) == [step]
        task = scene.task(code, step)
        if step != "give_back":
            scene.do("forward", scene.holder(task), task.id)
    assert [row.data.get("decision") for row in scene.history(code) if row.kind == "forwarded"][1] == decision
    scene.sound(code)


def test_data_entered_at_the_step_counts_for_the_branch(scene: Scene) -> None:
    code = scene.at_step("review", scene.publish("decision"), data={"amount": 1, "place": "Đông Hà"})
    body = {"decision": "agree", "data": {"amount": 2000}}
    scene.do("forward", "head", scene.task(code, "review").id, body)
    assert scene.open_steps(code) == ["approve"]
    assert scene.get("desk", f"/dossiers/{code}")["data"] == {"amount": 2000, "place": "Đông Hà"}
    assert scene.last(code, "forwarded").data["fields"] == ["amount"]


@pytest.mark.parametrize("decision", [None, "", "maybe", "Đồng ý"])
def test_a_decision_must_be_one_of_those_offered(scene: Scene, decision: str | None) -> None:
    task = scene.task(scene.at_step("review", scene.publish("decision"), data={"amount": 1}), "review")
    offer = next(o for o in scene.get("head", f"/tasks/{task.id}")["actions"] if o["name"] == "forward")
    assert offer["needs"] == ["decision"]
    assert [choice["value"] for choice in offer["decisions"]] == ["agree", "reject"]
    body = {} if decision is None else {"decision": decision}
    problem = scene.refused(422, "decision_required", "forward", "head", task.id, body)
    assert "agree (Đồng ý)" in problem["detail"]


def test_a_decision_where_there_is_none_is_refused(scene: Scene) -> None:
    task = scene.task(scene.at_step("assign"), "assign")
    problem = scene.refused(422, "invalid", "forward", "head", task.id, {"decision": "agree"})
    assert set(problem["errors"]) == {"decision"}


def test_what_the_diagram_cannot_decide_is_an_incident_and_changes_nothing(scene: Scene) -> None:
    code = scene.at_step("review", scene.publish("decision"), data={"amount": "nhiều"})
    task = scene.task(code, "review")
    scene.stopped("forward", "head", task.id, {"decision": "agree"})
    scene.do("forward", "head", task.id, {"decision": "agree", "data": {"amount": 12}})
    assert scene.open_steps(code) == ["issue"]


# Branches ----------------------------------------------------------------------------------------------------------------


def test_branches_run_side_by_side_and_meet(scene: Scene) -> None:
    code = scene.at_step("assign", scene.publish("branches"))
    answer = scene.do("forward", "head", scene.task(code, "assign").id, {"comment": "Làm song song."})
    assert sorted(led["step"] for led in answer["led_to"]) == ["book", "process"]
    scene.clock.move(hours=1)
    assert scene.do("forward", "clerk", scene.task(code, "book").id)["led_to"] == []
    assert scene.open_steps(code) == ["process"]
    scene.sound(code)
    scene.clock.move(hours=1)
    scene.do("forward", "binh", scene.task(code, "process").id)
    assert scene.open_steps(code) == ["approve"]
    assert {(found.step, found.seconds) for found in scene.segments(code)} == {("book", 3600), ("process", 7200)}
    scene.sound(code)


def test_the_last_two_branches_at_once_both_arrive(scene: Scene) -> None:
    code = scene.at_step("assign", scene.publish("branches"))
    scene.do("forward", "head", scene.task(code, "assign").id)
    book, process = scene.task(code, "book"), scene.task(code, "process")
    for username in ("clerk", "binh"):
        scene.client(username)
    answers = scene.at_once(
        lambda: scene.try_to("forward", "clerk", book.id), lambda: scene.try_to("forward", "binh", process.id)
    )
    assert [answer.status_code for answer in answers] == [200, 200]
    assert scene.open_steps(code) == ["approve"]
    scene.sound(code)


@pytest.mark.rule("QT-20.2a")
def test_a_step_of_another_agency_goes_there(scene: Scene) -> None:
    code = scene.at_step("opinion", scene.publish("elsewhere"), data={"owner": "SYT"})
    task = scene.task(code, "opinion")
    assert (task.agency, task.position) == ("VPUBND", "office_specialist")
    scene.clock.move(hours=2)
    scene.do("forward", "official", task.id)
    assert scene.task(code, "book").agency == "SYT"
    assert [(found.agency, found.seconds) for found in scene.segments(code)] == [("VPUBND", 7200)]
    scene.sound(code)


@pytest.mark.parametrize(
    ("owner", "code"), [("NOWHERE", "incident"), ("VPUBND", "position_vacant"), (None, "incident")]
)
def test_a_step_that_nobody_could_ever_see_is_not_opened(scene: Scene, owner: str | None, code: str) -> None:
    data = {} if owner is None else {"owner": owner}
    task = scene.task(scene.at_step("opinion", scene.publish("elsewhere"), data=data), "opinion")
    scene.stopped("forward", "official", task.id, code=code)


# Attachments -------------------------------------------------------------------------------------------------------------


def test_attachments_must_be_the_dossiers_own(scene: Scene) -> None:
    mine, other = scene.at_step("process"), scene.at_step("process")
    paper = {"file": (BytesIO(b"%PDF-1.4 du thao"), "du-thao.pdf")}
    sent = scene.client("binh").post(f"/api/v1/dossiers/{mine}/attachments", data=paper)
    assert sent.status_code == 201, sent.text
    number = (sent.json or {})["id"]
    problem = scene.refused(
        422, "invalid", "forward", "binh", scene.task(other, "process").id, {"attachments": [number]}
    )
    assert set(problem["errors"]) == {"attachments"}
    scene.do("forward", "binh", scene.task(mine, "process").id, {"attachments": [number]})
    assert scene.last(mine, "forwarded").data["attachments"] == [number]
    scene.sound(mine)


# Versions and rivals -----------------------------------------------------------------------------------------------------


def test_if_match_lets_only_the_version_that_was_seen_act(scene: Scene) -> None:
    code = scene.at_step("process")
    task = scene.task(code, "process")
    seen = scene.client("binh").get(f"/api/v1/tasks/{task.id}").headers["ETag"]
    assert seen == '"1"'
    scene.do("claim", "binh", task.id)
    scene.do("release", "binh", task.id)
    problem = scene.refused(412, "stale_version", "forward", "binh", task.id, if_match=seen)
    assert problem["version"] == 3
    for tag in ('"0"', '"abc"', "W/", '"99999999999999999999"'):
        scene.refused(412, "stale_version", "forward", "binh", task.id, if_match=tag)
    answer = scene.try_to("forward", "binh", task.id, if_match='W/"3"')
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"4"')


@pytest.mark.parametrize("first", ["binh", "chi"])
def test_two_people_on_one_task_exactly_one_wins(scene: Scene, first: str) -> None:
    code = scene.at_step("process")
    task = scene.task(code, "process")
    second = "chi" if first == "binh" else "binh"
    for username in (first, second):
        scene.client(username)
    answers = scene.at_once(
        *(lambda username=username: scene.try_to("forward", username, task.id) for username in (first, second))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    (loser,) = [answer.json for answer in answers if answer.status_code == 409]
    assert loser["code"] == "task_finished"
    assert scene.open_steps(code) == ["review"]
    assert scene.kinds(code).count("forwarded") == 3
    scene.sound(code)


@pytest.mark.rule("QT-18.2")
def test_a_step_done_outside_hours_counts_from_the_next_opening(scene: Scene) -> None:
    code = scene.at_step("process")
    scene.clock.set_local("2026-11-23 20:15")
    scene.do("forward", "binh", scene.task(code, "process").id)
    (segment,) = scene.segments(code)
    assert segment.seconds == 7 * 3600  # Monday 08:00-11:30 and 13:30-17:00
    assert segment.to_at - segment.from_at == timedelta(hours=23)
    assert scene.task(code, "review").due_at == scene.clock.set_local("2026-11-24 15:00"), "six hours from 07:00 on"
    scene.sound(code)
