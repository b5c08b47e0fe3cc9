"""Two things at once: a correction on a calendar that has just changed, a request that is open already."""

from __future__ import annotations

from tests import factories
from tests.actions.calendars import announce, work_through
from tests.actions.scene import Scene


def test_a_correction_takes_in_the_calendar_that_changed_just_before(scene: Scene) -> None:
    with scene.writing() as connection:
        desk = scene.province.accounts["desk"]
        factories.set_columns(connection, "accounts", desk, permissions=["dossier.register", "dossier.correct"])
    code = scene.register()["code"]
    (accepted,) = [row for row in scene.history(code) if row.kind == "accepted"]
    scene.clock.move(hours=3)
    change = announce(scene, holidays=["2026-11-26"])
    body = {"seq": accepted.seq, "reason": "Ghi nhầm giờ.", "at": "2026-11-23T08:00:00+07:00"}
    answer = scene.client("desk").post(f"/api/v1/dossiers/{code}/corrections", json=body)
    assert answer.status_code == 200, answer.text
    assert scene.kinds(code)[-2:] == ["calendar_changed", "corrected"]
    scene.sound(code)
    deadline = scene.dossier(code).deadline_at
    work_through(scene, change)
    assert scene.dossier(code).deadline_at == deadline
    scene.sound(code)


def test_a_visit_that_is_on_its_way_is_not_offered_again(scene: Scene) -> None:
    code = scene.at_step("process", scene.publish("linear"))
    task = scene.task(code, "process").id
    body = {
        "comment": "Đo đạc.",
        "visit_at": "2026-12-01T09:00:00+07:00",
        "place": "Thửa 12",
        "participants": "Hai bên",
    }
    scene.do("arrange-visit", "binh", task, body)
    (offer,) = [one for one in scene.get("binh", f"/tasks/{task}")["actions"] if one["name"] == "arrange-visit"]
    assert not offer["allowed"]
    refused = scene.refused(409, "wrong_state", "arrange-visit", "binh", task, body)
    assert (refused["detail"], refused["rule"]) == (offer["why"], "ST-14.3b")
