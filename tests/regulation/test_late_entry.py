"""Requirements group 1: what was done by hand in an outage is entered with its true time; mistakes are put right (QT-28.5c)."""

from __future__ import annotations

from typing import Any

import pytest

from tests import factories
from tests.actions.scene import Scene

WHY = "Mất điện toàn tỉnh."


def may(scene: Scene, *permissions: str, username: str = "desk") -> None:
    with scene.writing() as connection:
        factories.set_columns(
            connection,
            "accounts",
            scene.province.accounts[username],
            permissions=["dossier.register", "task.work", *permissions],
        )


def late(at: str) -> dict[str, str]:
    return {"happened_at": f"{at}:00+07:00", "late_reason": WHY}


def correct(scene: Scene, code: str, username: str = "desk", **body: Any) -> Any:
    body = {"reason": "Ghi nhầm giờ."} | body
    return scene.client(username).post(f"/api/v1/dossiers/{code}/corrections", json=body)


# Late entry --------------------------------------------------------------------------------------------------------------


@pytest.mark.rule("QT-28.5c")
def test_what_was_received_by_hand_counts_from_its_true_time(scene: Scene) -> None:
    may(scene, "dossier.late_entry")
    scene.clock.set_local("2026-11-25 09:00")
    registered = scene.register(**late("2026-11-23T08:00"))
    code = registered["code"]
    assert "-261123-" in code, "the code's day is that of receipt"
    assert registered["received_at"] == "2026-11-23T08:00:00+07:00"
    dossier = scene.dossier(code)
    assert dossier.deadline_at == scene.clock.set_local("2026-12-07 08:00")
    row = scene.last(code, "accepted")
    assert (row.data["late_reason"], row.data["entered_at"]) == (WHY, "2026-11-25T02:00:00+00:00")
    lines = scene.get("desk", f"/dossiers/{code}/clock")["lines"]
    assert any("Nhập bù" in line["text"] for line in lines)
    scene.sound(code)


@pytest.mark.rule("QT-28.5c")
def test_a_step_is_done_when_it_was_really_done_and_its_time_is_charged_so(scene: Scene) -> None:
    may(scene, "dossier.late_entry", username="binh")
    code = scene.at_step("process")
    task = scene.task(code, "process")
    scene.clock.set_local("2026-11-24 16:00")
    scene.do("forward", "binh", task.id, late("2026-11-23T10:00"))
    (segment,) = [part for part in scene.segments(code) if part.step == "process"]
    assert (segment.seconds, segment.to_at) == (2 * 3600, scene.clock.set_local("2026-11-23 10:00"))
    scene.clock.set_local("2026-11-24 16:00")
    timeline = scene.get("desk", f"/dossiers/{code}/timeline")["data"]
    (row,) = [one for one in timeline if one["kind"] == "forwarded" and one["task"] == task.id]
    assert (row["at"], row["details"]["late_reason"]) == ("2026-11-23T10:00:00+07:00", WHY)
    scene.sound(code)


@pytest.mark.rule("QT-28.5c")
@pytest.mark.parametrize(
    ("given", "field"),
    [
        (late("2026-11-25T09:01"), "happened_at"),  # to come
        (late("2026-11-23T07:59"), "happened_at"),  # before the last event
        ({"happened_at": "2026-11-24T10:00:00+07:00"}, "late_reason"),
        ({"late_reason": WHY}, "happened_at"),
        ({"happened_at": "hôm qua", "late_reason": WHY}, "happened_at"),
    ],
)
def test_the_true_time_has_to_be_possible_and_explained(scene: Scene, given: dict[str, str], field: str) -> None:
    may(scene, "dossier.late_entry", username="binh")
    task = scene.task(scene.at_step("process"), "process").id
    scene.clock.set_local("2026-11-25 09:00")
    problem = scene.refused(422, "invalid", "forward", "binh", task, given)
    assert list(problem["errors"]) == [field]


@pytest.mark.rule("QT-28.5c")
def test_not_by_everybody_and_not_from_long_ago(scene: Scene) -> None:
    code = scene.at_step("process")
    task = scene.task(code, "process").id
    scene.clock.set_local("2027-01-25 09:00")
    problem = scene.refused(403, "forbidden", "forward", "binh", task, late("2027-01-22T09:00"))
    assert problem["rule"] == "QT-28.5c"
    may(scene, "dossier.late_entry", username="binh")
    scene.refused(422, "invalid", "forward", "binh", task, late("2026-12-01T09:00"))
    scene.do("forward", "binh", task, late("2027-01-22T09:00"))


@pytest.mark.rule("QT-28.5c")
def test_a_batch_is_entered_late_as_a_whole(scene: Scene) -> None:
    may(scene, "dossier.late_entry", username="binh")
    codes = [scene.at_step("process") for _ in range(2)]
    ids = [scene.task(code, "process").id for code in codes]
    scene.clock.set_local("2026-11-24 16:00")
    asked = {"action": "forward", "ids": ids, "body": late("2026-11-23T10:00")}
    answer = scene.client("binh").post("/api/v1/tasks/batch", json=asked)
    assert [one["status"] for one in answer.json["results"]] == [200, 200]  # type: ignore[index]
    assert all(scene.last(code, "forwarded").data["late_reason"] == WHY for code in codes)


# Corrections -------------------------------------------------------------------------------------------------------------


@pytest.mark.rule("QT-28.5c")
def test_a_wrong_time_is_put_right_and_everything_is_counted_anew(scene: Scene) -> None:
    may(scene, "dossier.correct")
    scene.clock.set_local("2026-11-23 10:00")
    code = scene.register()["code"]
    accepted = scene.last(code, "accepted")
    scene.clock.set_local("2026-11-24 08:00")
    for row in (scene.last(code, "registered"), accepted):
        assert correct(scene, code, seq=row.seq, at="2026-11-23T08:00:00+07:00").status_code == 200
    dossier = scene.dossier(code)
    assert dossier.deadline_at == scene.clock.set_local("2026-12-07 08:00")
    assert dossier.received_at == scene.clock.set_local("2026-11-23 08:00")
    assert scene.timers(code)["deadline_reached"] == dossier.deadline_at
    assert scene.task(code, "receive").due_at is not None
    scene.clock.set_local("2026-11-24 08:00")
    row = scene.last(code, "corrected")
    assert (row.username, row.data["corrected"], row.data["comment"]) == ("desk", "accepted", "Ghi nhầm giờ.")
    assert row.data["moved"]["deadline_at"] == ["2026-12-07T03:00:00+00:00", "2026-12-07T01:00:00+00:00"]
    assert scene.last(code, "accepted") == accepted, "what was recorded stays to be read"
    scene.sound(code)


@pytest.mark.rule("QT-28.5c")
def test_a_result_confirmed_by_mistake_never_was(scene: Scene) -> None:
    may(scene, "dossier.correct")
    code = scene.at_step("return_result")
    before = scene.dossier(code)
    task = scene.task(code, "return_result").id
    scene.do("confirm-result", "desk", task)
    assert scene.timers(code) == {}
    scene.clock.move(hours=1)
    answer = correct(scene, code, seq=scene.last(code, "result_confirmed").seq, void=True)
    assert answer.status_code == 200, answer.text
    after = scene.dossier(code)
    assert (after.status, after.result_at, after.outcome) == (4, None, None)
    assert (after.deadline_at, after.appointment_at) == (before.deadline_at, before.appointment_at)
    assert "deadline_reached" in scene.timers(code)
    scene.sound(code)
    scene.do("confirm-result", "desk", task)
    scene.do("deliver-result", "desk", task)
    assert correct(scene, code, seq=scene.last(code, "result_confirmed").seq, void=True).status_code == 409
    scene.sound(code)


@pytest.mark.rule("QT-28.5c")
def test_only_who_may_with_a_reason_and_what_can_be_put_right(scene: Scene) -> None:
    code = scene.at_step("process")
    seq = scene.last(code, "accepted").seq
    at = "2026-11-23T07:30:00+07:00"
    scene.client("desk"), scene.client("binh")
    with scene.unchanged():
        assert correct(scene, code, seq=seq, at=at).status_code == 403
    may(scene, "dossier.correct")
    for body in (
        {"seq": seq},
        {"seq": seq, "at": at, "reason": ""},
        {"seq": 999, "at": at},
        {"seq": seq, "data": {"file": 999}},
        {"seq": seq, "data": {"limit_seconds": 1}},
        {"seq": "một", "at": at},
        {"seq": seq, "at": "hôm qua"},
    ):
        with scene.unchanged():
            assert correct(scene, code, **body).status_code == 422, body
    for body in ({"seq": seq, "void": True}, {"seq": seq, "at": "2026-11-30T07:30:00+07:00"}):
        with scene.unchanged():
            assert correct(scene, code, **body).status_code == 409, body
