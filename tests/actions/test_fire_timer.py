"""Timers under a moved clock: each takes effect once, whoever ticks, and one that fails never stops the others."""

from __future__ import annotations

from itertools import chain, repeat

import pytest
from sqlalchemy import select, text

from app.actions.fire_timer import MOST_ATTEMPTS, fire
from app.errors import DomainError
from app.jobs import ticker
from app.store import timers
from app.store.deliveries import Delivery
from app.store.transaction import transaction
from tests import factories
from tests.actions.scene import Scene


def mails(scene: Scene, code: str, template: str) -> list[str]:
    query = select(Delivery.recipient).where(
        Delivery.dossier_id == scene.dossier(code).id, Delivery.template == template
    )
    with scene.reading() as connection:
        return sorted(connection.execute(query).scalars())


def fired(scene: Scene, code: str) -> list[str]:
    return [row.data["element"] for row in scene.history(code) if row.kind == "timer_fired"]


# The deadline watch ------------------------------------------------------------------------------------------------------


@pytest.mark.rule("QT-21", "QT-21a", "QT-21b", "QT-18.6")
def test_the_watch_warns_marks_and_opens_the_desks_task_each_at_its_instant(scene: Scene) -> None:
    with scene.writing() as connection:  # the room and the department have somebody at their head
        factories.set_columns(connection, "positions", scene.province.positions["head"], head=True)
        factories.set_columns(connection, "positions", scene.province.positions["director"], head=True)
    code = scene.at_step("process")
    scene.do("claim", "chi", scene.task(code, "process").id)
    due = scene.timers(code)

    for element, at in (
        ("due_soon_reached", "2026-12-04 13:30"),
        ("deadline_reached", "2026-12-07 08:00"),
        ("appointment_reached", "2026-12-07 13:30"),
    ):
        assert due[element] == scene.clock.set_local(at)
        scene.clock.move(seconds=-1)
        scene.tick()
        assert element not in fired(scene, code)
        scene.clock.move(seconds=1)
        scene.tick()
        assert fired(scene, code)[-1] == element
        scene.sound(code)

    example = "@example.org"
    assert mails(scene, code, "deadline_due_soon") == [f"chi{example}", f"head{example}"]
    assert mails(scene, code, "deadline_passed") == [f"{name}{example}" for name in ("chi", "desk", "director", "head")]
    assert mails(scene, code, "appointment_passed") == [f"{name}{example}" for name in ("desk", "director")]
    contact = scene.task(code, "contact_applicant")
    assert (contact.position, contact.agency, contact.due_at) == ("desk_officer", "SYT", None)
    scene.do("forward", "desk", contact.id, {"comment": "Đã gọi điện xin lỗi."})
    assert scene.open_steps(code) == ["process"]
    assert fired(scene, code) == ["due_soon_reached", "deadline_reached", "appointment_reached"]
    scene.clock.move(days=100)
    scene.tick()
    assert len(fired(scene, code)) == 3
    scene.sound(code)


def test_a_worker_that_was_away_fires_all_of_them_in_their_order(scene: Scene) -> None:
    code = scene.at_step("process")
    scene.clock.set_local("2027-01-15 10:00")
    assert scene.tick() == 5
    kinds = [row.data.get("element", row.kind) for row in scene.history(code) if row.account_id is None]
    order = ["step_due_soon", "step_overdue", "due_soon_reached", "deadline_reached", "appointment_reached"]
    assert [kind for kind in kinds if kind in order] == order
    assert scene.timers(code) == {}
    assert scene.tick() == 0
    scene.sound(code)


def test_a_worker_that_is_told_to_stop_begins_no_further_timer(scene: Scene) -> None:
    code = scene.at_step("process")
    scene.clock.set_local("2027-01-15 10:00")
    told = chain([False] * 3, repeat(True))  # asked before the round and before each timer
    with scene.app.app_context():
        assert ticker.tick(scene.clock(), lambda: next(told)) == 2
    assert scene.tick() == 3, "the others stay due"
    scene.sound(code)


def test_nothing_is_due_before_its_time(scene: Scene) -> None:
    scene.register()
    scene.client("desk")
    with scene.unchanged():
        assert scene.tick() == 0


# A step's alarms ---------------------------------------------------------------------------------------------------------


@pytest.mark.rule("QT-21c")
def test_a_steps_alarms_are_written_down_once(scene: Scene) -> None:
    code = scene.at_step("assign")  # 4 working hours from Monday 08:00
    scene.do("claim", "head", scene.task(code, "assign").id)
    assert scene.timers(code)["step_due_soon:assign"] == scene.clock.set_local("2026-11-23 10:00")
    assert scene.tick() == 1
    assert scene.timers(code)["step_overdue:assign"] == scene.clock.set_local("2026-11-23 14:00")
    for _ in range(3):
        scene.tick()
    rows = [row for row in scene.history(code) if row.kind.startswith("step_")]
    assert [(row.kind, row.data["assignee"], row.account_id) for row in rows] == [
        ("step_due_soon", "head", None),
        ("step_overdue", "head", None),
    ]
    assert {row.task_id for row in rows} == {scene.task(code, "assign").id}
    scene.sound(code)


@pytest.mark.rule("QT-21c")
def test_a_step_that_is_done_in_time_is_never_alarmed(scene: Scene) -> None:
    code = scene.at_step("assign")
    scene.clock.set_local("2026-11-23 09:00")
    scene.do("forward", "head", scene.task(code, "assign").id)
    scene.clock.set_local("2026-11-24 17:00")
    assert scene.tick() == 0
    assert not any(row.kind.startswith("step_") for row in scene.history(code))


@pytest.mark.rule("QT-20.1b")
def test_a_step_that_comes_back_with_its_limit_used_up_is_overdue_at_once(scene: Scene) -> None:
    code = scene.at_step("assign")
    scene.clock.set_local("2026-11-24 08:00")
    scene.tick()
    scene.do("forward", "head", scene.task(code, "assign").id)
    scene.do("return", "binh", scene.task(code, "process").id, {"comment": "Phân công lại."})
    assert {name for name in scene.timers(code) if name.startswith("step")} == {"step_overdue:assign"}
    assert scene.tick() == 1
    assert scene.kinds(code).count("step_overdue") == 2
    scene.sound(code)


# Timers that a procedure draws -------------------------------------------------------------------------------------------


def test_an_interrupting_timer_escalates_the_step(scene: Scene) -> None:
    code = scene.at_step("process", scene.publish("escalation"))
    task = scene.task(code, "process")
    scene.do("claim", "binh", task.id)
    assert scene.timers(code)["too_long"] == scene.clock.set_local("2026-11-24 08:00"), "8 working hours"
    scene.clock.move(seconds=-1)
    scene.tick()
    assert scene.open_steps(code) == ["process"]
    scene.clock.move(seconds=1)
    scene.tick()
    assert scene.open_steps(code) == ["take_over"]
    ended = [found for found in scene.every_task(code) if found.id == task.id]
    assert [(found.state, found.outcome, found.finished_by) for found in ended] == [("cancelled", "timer_fired", None)]
    scene.refused(409, "task_finished", "forward", "binh", task.id)
    assert {name for name in scene.timers(code) if "process" in name or name == "too_long"} == set()
    assert [(part.step, part.account, part.seconds) for part in scene.segments(code)] == [("process", "binh", 28800)]
    scene.sound(code)
    scene.do("forward", "head", scene.task(code, "take_over").id)
    task = scene.task(code, "give_back")
    scene.do("confirm-result", "desk", task.id)
    scene.do("deliver-result", "desk", task.id)
    scene.sound(code)


def test_a_timer_beside_the_step_tells_and_opens_another_one(scene: Scene) -> None:
    with scene.writing() as connection:
        factories.set_columns(connection, "positions", scene.province.positions["head"], head=True)
    person = {"name": "Trần Văn Bình", "email": "binh.tran@example.org"}
    code = scene.at_step("process", scene.publish("reminder"), applicant=person, notify=["email"])
    assert scene.timers(code)["half_time"] == scene.clock.set_local("2026-11-23 14:00")
    scene.tick()
    assert scene.open_steps(code) == ["look", "process"]
    assert mails(scene, code, "deadline_due_soon") == ["binh.tran@example.org", "head@example.org"]
    assert scene.last(code, "notice_sent").data["to"] == ["holder_head", "applicant"]
    scene.sound(code)
    scene.do("forward", "head", scene.task(code, "look").id)
    scene.do("forward", "binh", scene.task(code, "process").id)
    assert scene.open_steps(code) == ["give_back"]
    scene.sound(code)


def test_a_timer_goes_with_its_step_and_comes_back_with_it(scene: Scene) -> None:
    code = scene.at_step("process", scene.publish("reminder"))
    scene.clock.move(hours=1)
    scene.do("forward", "binh", scene.task(code, "process").id)
    assert "half_time" not in scene.timers(code)
    scene.do("return", "desk", scene.task(code, "give_back").id, {"comment": "Thiếu chữ ký."})
    assert scene.timers(code)["half_time"] == scene.clock.set_local("2026-11-23 15:00"), "four hours from 09:00 on"
    scene.sound(code)


def test_fifteen_days_by_the_calendar_pass_weekends_and_nights(scene: Scene) -> None:
    code = scene.register(procedure=scene.publish("posting"))["code"]
    scene.do("forward", "desk", scene.task(code, "receive").id)
    assert scene.open_steps(code) == []
    assert scene.timers(code)["posted"] == scene.clock.set_local("2026-12-08 08:00")
    scene.tick()
    assert scene.open_steps(code) == ["conclude", "contact_applicant"]
    assert scene.dossier(code).status == 4
    scene.sound(code)


# Workers at once, and trouble --------------------------------------------------------------------------------------------


def test_two_workers_at_once_each_timer_once(scene: Scene) -> None:
    codes = [scene.at_step("process") for _ in range(6)]
    scene.clock.set_local("2027-01-15 10:00")
    for _ in range(3):
        counts = scene.at_once(scene.tick, scene.tick)
        if sum(counts) == 0:
            break
    for code in codes:
        assert sorted(fired(scene, code)) == ["appointment_reached", "deadline_reached", "due_soon_reached"]
        assert scene.kinds(code).count("step_overdue") == scene.kinds(code).count("step_due_soon") == 1
        assert scene.timers(code) == {}
        scene.sound(code)


@pytest.mark.parametrize("attempt", range(4))
def test_the_officer_and_the_timer_that_takes_the_step_away_at_once_one_of_them_wins(
    scene: Scene, attempt: int
) -> None:
    code = scene.at_step("process", scene.publish("escalation"))
    task = scene.task(code, "process")
    scene.clock.set_local("2026-11-24 08:00")
    scene.client("binh")
    answer, _ = scene.at_once(lambda: scene.try_to("forward", "binh", task.id), scene.tick)
    scene.tick()
    if answer.status_code == 200:
        assert (scene.open_steps(code), fired(scene, code)) == (["give_back"], []), attempt
    else:
        assert (answer.status_code, answer.json["code"]) == (409, "task_finished")
        assert (scene.open_steps(code), fired(scene, code)) == (["take_over"], ["too_long"])
    assert "too_long" not in scene.timers(code)
    scene.sound(code)


def test_a_dossier_that_somebody_has_locked_is_left_for_the_next_tick(scene: Scene) -> None:
    code, other = scene.at_step("process"), scene.at_step("process")
    scene.clock.set_local("2026-12-04 13:30")
    with scene.app.app_context(), transaction() as connection:
        connection.execute(text("SELECT 1 FROM dossiers WHERE code = :code FOR UPDATE"), {"code": code})
        scene.at_once(scene.tick)
    assert (fired(scene, code), fired(scene, other)) == ([], ["due_soon_reached"])
    scene.tick()
    assert fired(scene, code) == ["due_soon_reached"]


def test_a_timer_that_somebody_elses_action_has_taken_away_does_nothing(scene: Scene) -> None:
    code = scene.at_step("process")
    scene.clock.set_local("2026-12-04 13:30")
    row = scene.timer_row(code, "due_soon_reached")
    with scene.writing() as connection:
        timers.drop_timers(connection, [row.id])
    scene.client("desk")
    with scene.unchanged(), scene.app.app_context():
        assert fire(row.id, row.dossier_id, scene.clock()) is False


def test_a_timer_that_was_moved_away_meanwhile_does_not_fire(scene: Scene) -> None:
    code = scene.at_step("process")
    row = scene.timer_row(code, "deadline_reached")
    with scene.unchanged(), scene.app.app_context():
        assert fire(row.id, row.dossier_id, scene.clock()) is False


def test_a_failing_timer_counts_attempts_becomes_an_incident_and_stops_nobody(scene: Scene) -> None:
    broken, sound = scene.at_step("process"), scene.at_step("process")
    with scene.writing() as connection:
        connection.execute(
            text("UPDATE instances SET state = '\\x00' WHERE dossier_id = :dossier AND kind = 'deadline_watch'"),
            {"dossier": scene.dossier(broken).id},
        )
    version = scene.dossier(broken).version
    scene.clock.set_local("2026-12-04 13:30")
    scene.tick()
    assert fired(scene, sound) == ["due_soon_reached"]
    for attempt in range(1, MOST_ATTEMPTS + 1):
        row = scene.timer_row(broken, "due_soon_reached")
        assert row.attempts == attempt
        assert (row.incident is None) == (attempt < MOST_ATTEMPTS)
        assert scene.tick() == 0, "not again before a minute has passed"
        scene.clock.move(seconds=61)
        scene.tick()
    assert row.incident
    assert scene.timer_row(broken, "due_soon_reached").attempts == MOST_ATTEMPTS, "it waits for a person"
    assert scene.kinds(broken).count("timer_fired") == 0
    alarms = [row for row in scene.history(broken) if row.kind.startswith("step_")]
    assert scene.dossier(broken).version == version + len(alarms) + 1, "the incident stands in its history"
    assert scene.kinds(broken).count("incident_opened") == 1
    scene.sound(sound)


def test_a_failure_does_not_pull_a_moved_timer_back(scene: Scene) -> None:
    """While one worker fails with a timer, an action may have given it a later time: that one counts."""
    code = scene.at_step("process")
    row = scene.timer_row(code, "deadline_reached")
    now = scene.clock.move(hours=1)
    with scene.writing() as connection:
        timers.count_attempt(connection, row.id, "hỏng", MOST_ATTEMPTS, now, scene.clock.move(minutes=1))
    after = scene.timer_row(code, "deadline_reached")
    assert (after.due_at, after.attempts) == (row.due_at, 0)


def test_that_the_database_is_away_is_no_fault_of_the_timer(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    code = scene.at_step("process")
    scene.clock.set_local("2026-12-04 13:30")

    def away(*_: object) -> bool:
        raise DomainError("unavailable", "Không kết nối được cơ sở dữ liệu.")

    with monkeypatch.context() as patch:
        patch.setattr(ticker, "fire", away)
        with pytest.raises(DomainError):
            scene.tick()
    assert scene.timer_row(code, "due_soon_reached").attempts == 0
    assert scene.tick() > 0


def test_a_timer_that_stands_still_since_the_worker_saw_it_due_does_not_fire(scene: Scene) -> None:
    scene.publish("reminder")
    code = scene.at_step("process", "reminder")
    row = scene.timer_row(code, "half_time")
    scene.do("request-supplement", "binh", scene.task(code, "process").id, {"reason": "Thiếu giấy"})
    with scene.app.app_context():
        assert not fire(row.id, row.dossier_id, row.due_at)
    assert "look" not in scene.open_steps(code)
    scene.sound(code)
