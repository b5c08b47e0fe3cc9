"""A step once for each item of a list that the dossier's data names: agency, limit, handler and due time are each one's own."""

from __future__ import annotations

from typing import Any

import pytest

from tests import factories
from tests.actions.scene import Scene

ASKED = [{"agency": "SYT", "limit": "PT4H"}, {"agency": "VPUBND", "limit": "P3D"}]


@pytest.fixture
def town(scene: Scene) -> Scene:
    """Both agencies have somebody who answers: an in the department, yen in the office."""
    with scene.writing() as connection:
        province = scene.province
        for name, home, room in (("an", province.health, "room"), ("yen", province.office, "office")):
            place = factories.position(connection, home, province.units[room], "consulted")
            province.accounts[name] = factories.account(connection, name, home, [place])
    scene.publish("asked")
    return scene


def asked(town: Scene, *data: dict[str, str]) -> str:
    return town.at_step("answer", "asked", data={"asked": list(data)})


def answers(town: Scene, code: str) -> dict[str, Any]:
    return {task.agency: task for task in town.open_tasks(code) if task.step == "answer"}


@pytest.mark.rule("ST-14.3c")
def test_each_agency_of_the_list_has_the_step_with_its_own_limit(town: Scene) -> None:
    code = asked(town, *ASKED)  # Monday 08:00
    opened = answers(town, code)
    assert opened["SYT"].due_at == town.clock.set_local("2026-11-23 14:00")
    assert opened["VPUBND"].due_at == town.clock.set_local("2026-11-26 08:00")
    town.sound(code)


def test_only_whoever_holds_the_position_in_that_agency_answers(town: Scene) -> None:
    code = asked(town, *ASKED)
    opened = answers(town, code)
    town.refused(403, "not_a_candidate", "forward", "an", opened["VPUBND"].id)
    town.do("forward", "yen", opened["VPUBND"].id)
    assert town.open_steps(code) == ["answer"]
    town.do("forward", "an", opened["SYT"].id)
    assert town.open_steps(code) == ["review"]
    town.sound(code)


def test_the_time_of_each_is_its_own_agencys(town: Scene) -> None:
    code = asked(town, *ASKED)
    opened = answers(town, code)
    town.clock.move(hours=1)
    town.do("forward", "an", opened["SYT"].id)
    town.clock.move(hours=1)
    town.do("forward", "yen", opened["VPUBND"].id)
    found = [(part.agency, part.seconds) for part in town.segments(code) if part.step == "answer"]
    assert sorted(found) == [("SYT", 3600), ("VPUBND", 7200)]
    town.sound(code)


def test_one_answer_is_asked_for_again_and_the_other_stands(town: Scene) -> None:
    code = asked(town, *ASKED)
    for agency, task in answers(town, code).items():
        town.do("forward", {"SYT": "an", "VPUBND": "yen"}[agency], task.id)
    review = town.task(code, "review")
    offered = town.get("head", f"/tasks/{review.id}")["actions"]
    (back,) = [offer for offer in offered if offer["name"] == "return"]
    assert [step["id"] for step in back["to_steps"]] == ["answer#1", "answer#2", "process", "receive"]
    town.do("return", "head", review.id, {"to_step": "answer#2", "comment": "Chưa rõ ý kiến."})
    (again,) = town.open_tasks(code)
    assert (again.agency, again.assignee) == ("VPUBND", "yen")
    town.sound(code)
    town.do("forward", "yen", again.id)
    assert town.open_steps(code) == ["review"]
    town.sound(code)


def test_nobody_asked_nothing_waited_for(town: Scene) -> None:
    code = town.register(procedure="asked", data={"asked": []})["code"]
    for step, who in (("receive", "desk"), ("process", "binh")):
        town.do("forward", who, town.task(code, step).id)
    assert town.open_steps(code) == ["review"]
    town.sound(code)


@pytest.mark.parametrize("data", [{}, {"asked": "SYT"}, {"asked": [{"agency": "SYT", "limit": "soon"}]}])
def test_a_list_that_is_none_stops_this_dossier_with_a_reason(town: Scene, data: dict[str, Any]) -> None:
    code = town.at_step("process", "asked", data=data)
    answer = town.client("binh").post(f"/api/v1/tasks/{town.task(code, 'process').id}/forward", json={})
    assert (answer.status_code, answer.json["code"]) == (409, "incident"), answer.text
    assert town.open_steps(code) == ["process"]
    town.sound(code)


def test_a_reminder_comes_every_working_day_three_times_and_misses_what_nobody_ticked(town: Scene) -> None:
    code = asked(town, *ASKED)
    for day in ("2026-11-24", "2026-11-25"):
        assert town.timer_row(code, "again").due_at == town.clock.set_local(f"{day} 08:00")
        town.tick()
    assert town.timer_row(code, "again").due_at == town.clock.set_local("2026-11-26 08:00")
    town.clock.set_local("2026-11-27 10:00")
    town.tick()
    assert "again" not in town.timers(code)
    town.sound(code)


def test_a_round_that_nobody_ticked_is_passed_over(town: Scene) -> None:
    code = asked(town, *ASKED)
    town.clock.set_local("2026-11-27 10:00")
    town.tick()
    assert town.timer_row(code, "again").due_at == town.clock.set_local("2026-11-30 10:00")
    town.sound(code)


def test_two_items_of_one_agency_have_their_own_limits_also_after_a_pause(town: Scene) -> None:
    code = asked(
        town, {"agency": "SYT", "limit": "PT4H"}, {"agency": "SYT", "limit": "PT2H"}, {"agency": "SYT", "limit": "P3D"}
    )
    dues = [town.clock.set_local(text) for text in ("2026-11-23 10:00", "2026-11-23 14:00", "2026-11-26 08:00")]
    town.clock.set_local("2026-11-23 08:00")
    opened = sorted(town.open_tasks(code), key=lambda task: task.due_at or dues[0])
    assert [task.due_at for task in opened] == dues
    town.sound(code)
    town.clock.move(hours=1)
    town.do("forward", "an", opened[0].id)
    assert [task.due_at for task in sorted(town.open_tasks(code), key=lambda task: task.due_at or dues[0])] == dues[1:]
    town.do("request-supplement", "an", opened[1].id, {"comment": "Thiếu bản vẽ."})
    town.clock.move(hours=1)
    (asked_for,) = [task for task in town.open_tasks(code) if task.instance_kind == "supplement"]
    town.do("return", town.holder(asked_for), asked_for.id, {"comment": "Không cần."})
    later = [town.clock.set_local(text) for text in ("2026-11-23 15:00", "2026-11-26 09:00")]
    assert sorted(task.due_at for task in town.open_tasks(code) if task.due_at) == later, "an hour later each"
    town.sound(code)
